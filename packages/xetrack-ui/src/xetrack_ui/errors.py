"""Errors that only the page can have."""

from __future__ import annotations

from xetrack.errors import XetrackError


class AddressError(XetrackError, OSError):
    """The server cannot listen where it was asked to."""

    def __init__(self, host: str, port: int, reason: str) -> None:
        super().__init__(
            f"The page cannot be served on port {port} of {host!r}: {reason}. "
            "Leave out --port for a free one, and --host for this machine alone."
        )
        self.host = host
        self.port = port
        self.reason = reason


class ExportError(XetrackError, ValueError):
    """A page cannot be written as one file."""

    def __init__(self, reason: str, hint: str) -> None:
        super().__init__(f"The page cannot be written as one file: {reason}. {hint}")
        self.reason = reason
