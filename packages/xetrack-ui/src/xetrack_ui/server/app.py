"""The application: from a path to its answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, unquote

from starlette.background import BackgroundTask
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import FileResponse, Response

from xetrack_ui.answers import ROUTES
from xetrack_ui.answers.question import Binary, Download, Question, answered
from xetrack_ui.server.events import describe_changes, follow
from xetrack_ui.server.files import send_file
from xetrack_ui.server.security import Guard
from xetrack_ui.server.threads import Threads
from xetrack_ui.server.watching import Watchers
from xetrack_ui.values.cells import encode
from xetrack_ui.values.failures import answer_of, failure

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from starlette.types import ASGIApp, Receive, Scope, Send

    from xetrack_ui.server.sessions import Session
    from xetrack_ui.tables.workspace import Workspace

EVENTS = "/api/events"

_COMPRESSION = 4
"""How hard files of the page are compressed: to a third in 19 ms; 9 saves 1 % more in 33 ms.

Answers are sent as they are, as numbers shrink little.
"""

_LONGEST = 60_000
"""Characters of the parameters of a request."""


class Page:
    """Answers the requests of one page, after a `Guard` has let them through.

    Parameters
    ----------
    workspace
        Has the databases.
    """

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self.threads = Threads()
        self.watchers = Watchers(workspace, Threads(4), describe_changes)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, whatever becomes of it; see the specification of ASGI."""
        if scope["type"] == "lifespan":
            await _live(receive, send)
            return
        try:
            response = await self._answer(Request(scope))
        except Exception as error:  # noqa: BLE001 - whatever it is, the server goes on
            status, answer = answer_of(error)
            response = _json(answer, status)
        await response(scope, receive, send)

    async def _answer(self, request: Request) -> ASGIApp:
        segments = _segments(request.scope)
        if segments[:1] != ["api"]:
            file = await self.threads.run(send_file, "/".join(segments))
            return GZipMiddleware(file, compresslevel=_COMPRESSION)
        query = request.scope["query_string"].decode("ascii", "replace")
        if len(query) > _LONGEST:
            text = f"The parameters have more than {_LONGEST:,} characters."
            return _json({"error": failure("TooLongError", text, "Name fewer runs.")}, 414)
        pairs = parse_qsl(query, keep_blank_values=True)
        if f"/{'/'.join(segments)}" == EVENTS:
            question = Question(self.workspace, {}, pairs)
            return await follow(question, self.watchers, self.threads)
        for path, answer in ROUTES.items():
            names = match(path, segments)
            if names is not None:
                question = Question(self.workspace, names, pairs)
                return _response(await self.threads.run(answered, answer, question))
        text = f"There is no {request.url.path!r}."
        return _json({"error": failure("PathNotFoundError", text, "See the README.")}, 404)


def match(path: str, segments: list[str]) -> Mapping[str, str] | None:
    """Return what a request names by its path; None if that is another path.

    Parameters
    ----------
    path
        A path with names in braces.
    segments
        The segments of the request's path.
    """
    parts = path.strip("/").split("/")
    if len(parts) != len(segments):
        return None
    names = {}
    for part, segment in zip(parts, segments, strict=True):
        if part.startswith("{"):
            names[part.strip("{}")] = segment
        elif part != segment:
            return None
    return names


def _segments(scope: Scope) -> list[str]:
    """Return the segments of a path, in each of which a slash may be escaped."""
    raw = scope.get("raw_path") or scope["path"].encode()
    path = raw.decode("ascii", "replace").partition("?")[0]
    return [unquote(segment) for segment in path.strip("/").split("/")]


def _json(answer: Any, status: int = 200) -> Response:
    return Response(encode(answer), status, media_type="application/json")


def _response(answer: Any) -> Response:
    if isinstance(answer, Binary):
        return Response(answer.content, media_type="application/octet-stream")
    if isinstance(answer, Download):
        return FileResponse(
            answer.path,
            media_type=answer.media_type,
            filename=answer.name,
            content_disposition_type="inline" if answer.is_inline else "attachment",
            headers={"Content-Security-Policy": "default-src 'none'; sandbox"},
            background=BackgroundTask(answer.path.unlink, missing_ok=True),
        )
    return _json(answer)


async def _live(receive: Receive, send: Send) -> None:
    """Take part in the beginning and the end of a server, which need nothing."""
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return


def make_app(workspace: Workspace, session: Session, hosts: Collection[str]) -> tuple[Guard, Page]:
    """Return the application, and the page in it.

    Parameters
    ----------
    workspace
        Has the databases.
    session
        Knows the token.
    hosts
        Names by which the server may be called; empty for all.
    """
    page = Page(workspace)
    return Guard(page, session, hosts), page
