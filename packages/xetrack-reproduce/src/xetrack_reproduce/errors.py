"""The error of a run that could not be run again."""

from __future__ import annotations

from xetrack.errors import XetrackError

COULD_NOT_RUN = 2
"""The exit code where nothing was compared; 1 says that something differs."""


class ReproductionError(XetrackError, RuntimeError):
    """A run could not be run again; the text says why, and what to type next."""

    exit_code = COULD_NOT_RUN

    def __init__(self, reason: str, hint: str = "") -> None:
        super().__init__(f"The run cannot be run again: {reason}. {hint}".rstrip())
        self.reason = reason
