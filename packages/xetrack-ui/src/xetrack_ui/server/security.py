"""What every request has to be before anything is answered, and what every answer carries."""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from xetrack_ui.values.failures import failure

if TYPE_CHECKING:
    from collections.abc import Collection

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from xetrack_ui.server.sessions import Session

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; "
        "media-src 'self' blob:; connect-src 'self'; font-src 'self'; frame-ancestors 'none'; "
        "base-uri 'none'; form-action 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
}
"""Headers of every answer, unless the answer has one of them itself."""

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})

_ASK = "Open the URL that the terminal shows where xt ui runs."


class Guard:
    """Lets through who reads from the same host and knows the token.

    Parameters
    ----------
    app
        What answers.
    session
        Knows the token.
    hosts
        Names by which the server may be called; empty for all, where it listens on all addresses.
    """

    def __init__(self, app: ASGIApp, session: Session, hosts: Collection[str]) -> None:
        self._app = app
        self._session = session
        self._hosts = frozenset(host.casefold() for host in hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through, or refuse it; see the specification of ASGI."""
        if scope["type"] != "http":
            if scope["type"] == "lifespan":
                await self._app(scope, receive, send)
            return

        async def send_safely(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
                headers.setdefault("Cache-Control", "no-store")
            await send(message)

        response = self._refuse(Request(scope))
        await (response or self._app)(scope, receive, send_safely)

    def _refuse(self, request: Request) -> Response | None:
        """Return the answer for a request that goes no further."""
        host = _host(request.headers.get("host", ""))
        if not self._is_own(host):
            text = f"The server has another name than {host!r}"
            return _refusal(403, "ForeignHostError", text, _ASK)
        if request.method != "GET":
            response = _refusal(405, "MethodNotAllowedError", "Only GET is answered.", "")
            response.headers["Allow"] = "GET"
            return response
        if not _is_same_origin(request, host):
            text = "The request comes from another site"
            return _refusal(403, "ForeignOriginError", text, _ASK)
        token = request.query_params.get("token")
        if request.url.path == "/" and token is not None:
            return self._exchange(request, token)
        if self._session.accepts(request.cookies.get(self._session.cookie)):
            return None
        text = "The token is missing or not that of this server."
        return _refusal(401, "TokenError", text, _ASK)

    def _is_own(self, host: str) -> bool:
        """Return True if a name cannot be one that a stranger's site made lead here.

        Where the server listens on all addresses, it is called by names that nobody knows
        beforehand; then the token alone counts, as no other site has it.
        """
        return not self._hosts or host in self._hosts

    def _exchange(self, request: Request, token: str) -> Response:
        if not self._session.accepts(token):
            text = "The token is not that of this server."
            return _refusal(401, "TokenError", text, _ASK)
        pairs = [pair for pair in request.url.query.split("&") if not pair.startswith("token=")]
        target = f"/?{'&'.join(pairs)}" if pairs else "/"
        response: Response = RedirectResponse(target, status_code=303)
        if request.headers.get("sec-fetch-site") == "cross-site":
            # To a browser a redirect of another site's link is still of that site, and gets no
            # cookie; where a page of ours leads, it does.
            response = Response(headers={"Refresh": f"0; url={target}"})
        response.set_cookie(
            self._session.cookie, self._session.token, httponly=True, samesite="strict", path="/"
        )
        return response


def _refusal(status: int, kind: str, message: str, hint: str) -> JSONResponse:
    return JSONResponse({"error": failure(kind, message, hint)}, status_code=status)


def _host(text: str) -> str:
    """Return the name in a ``Host`` header, without the port."""
    try:
        return (urlsplit(f"//{text}").hostname or "").casefold()
    except ValueError:
        return ""


def _is_same_origin(request: Request, host: str) -> bool:
    """Return True unless a browser says that a page of another site asks.

    A person who opens the page from a bookmark or another program comes from no site.
    """
    site = request.headers.get("sec-fetch-site")
    if site not in {None, "same-origin", "none"}:
        # A link on another site may open the page, and nothing else; the page then shows itself.
        is_opened = request.headers.get("sec-fetch-mode") == "navigate"
        return is_opened and request.url.path == "/"
    origin = request.headers.get("origin")
    if origin is None:
        return True
    try:
        return (urlsplit(origin).hostname or "").casefold() == host
    except ValueError:
        return False


def is_loopback(host: str) -> bool:
    """Return True if only this machine can reach a host.

    Parameters
    ----------
    host
        A name or an address.
    """
    try:
        return host in LOOPBACK or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
