"""Errors of parts that raised something else than an error of xetrack."""

from __future__ import annotations

from typing import ClassVar

from xetrack.errors.base import XetrackError
from xetrack.errors.objects import CacheError
from xetrack.errors.storage import StorageError


class PartFailedError(XetrackError, RuntimeError):
    """A part raised an exception of its own, such as that of a driver, which is its cause.

    Attributes
    ----------
    part
        The part as a user knows it: its kind, name, distribution and version.
    location
        Where it works: a path or URL; empty where it has none.
    method
        The method of its interface that failed.
    reason
        Type and text of the exception, in one line.
    """

    advice: ClassVar[str] = "Check that what it needs is there, then try again."

    def __init__(self, part: str, location: str, method: str, reason: str) -> None:
        self.part = part
        self.location = location
        self.method = method
        self.doing = method
        self.reason = reason
        XetrackError.__init__(self, f"{self._what()} {self.advice}")

    def _what(self) -> str:
        at = f" at {self.location!r}" if self.location else ""
        return (
            f"{self.part[:1].upper()}{self.part[1:]} failed{at} in {self.method!r}: {self.reason}."
        )


class EngineFailedError(StorageError, PartFailedError):
    """An engine raised an exception of its own.

    Attributes
    ----------
    stored
        Whether the rows of the call are stored, as the database says after the failure: True or
        False; None where it cannot be asked, or where the call was to store none.
    is_settled
        Whether the database was asked for them.
    """

    advice = (
        "Rows logged before are still there. Check that the database can be reached, then try "
        "again."
    )
    _OUTCOMES: ClassVar[dict[bool | None, str]] = {
        True: "What was to be stored is stored: do not log it again. Check the database.",
        False: "Nothing of this call was stored.",
        None: "Rows logged before are still there. It cannot be asked whether it stored the rows "
        "of this call: check that the database can be reached, and look before you log them again.",
    }

    def __init__(self, part: str, location: str, method: str, reason: str) -> None:
        PartFailedError.__init__(self, part, location, method, reason)
        self.stored: bool | None = None
        self.is_settled = False

    def with_outcome(self, stored: bool | None) -> EngineFailedError:
        """Return this error with a text that says whether the rows of the call are stored.

        Parameters
        ----------
        stored
            True or False; None where nobody knows.
        """
        error = type(self)(self.part, self.location, self.method, self.reason)
        outcome = self._OUTCOMES[stored]
        text = f"{self._what()} {outcome}" + (f" {self.advice}" if stored is False else "")
        XetrackError.__init__(error, text)
        error.stored = stored
        error.is_settled = True
        return error


class CacheFailedError(CacheError, PartFailedError):
    """A cache raised an exception of its own."""

    advice = "Check that it can be reached, or give another cache=..."

    def __init__(self, part: str, location: str, method: str, reason: str) -> None:
        PartFailedError.__init__(self, part, location, method, reason)
