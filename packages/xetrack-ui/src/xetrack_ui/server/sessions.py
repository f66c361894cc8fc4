"""The secret in the URL that is printed, and the cookie that it is exchanged for."""

from __future__ import annotations

import hmac
import secrets

COOKIE = "xetrack_ui"
"""Cookies of one host are shared by all its ports, so the port follows this name."""


class Session:
    """Who may ask: whoever has the token, which only the terminal shows.

    Parameters
    ----------
    port
        The port of the server.
    token
        The token; by default a new one.
    """

    def __init__(self, port: int, token: str | None = None) -> None:
        self.token = token or secrets.token_urlsafe(24)
        self.cookie = f"{COOKIE}_{port}"

    def accepts(self, token: str | None) -> bool:
        """Return True for the token, after the same time whatever is wrong with another one.

        Parameters
        ----------
        token
            What a client sent; None for nothing.
        """
        given_token = (token or "").encode("utf-8", "surrogatepass")
        return hmac.compare_digest(given_token, self.token.encode())
