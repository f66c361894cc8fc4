"""Where a part is from, and the typed errors for what it raises."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

from xetrack.errors import (
    CacheFailedError,
    EngineFailedError,
    PartFailedError,
    XetrackError,
    XetrackWarning,
)
from xetrack.interfaces.component import PartKind
from xetrack.model.locations import shown_error, shown_location
from xetrack.process.signal_handlers import is_of_handler

if TYPE_CHECKING:
    from collections.abc import Sequence

_ERRORS = {PartKind.ENGINE: EngineFailedError, PartKind.CACHE: CacheFailedError}


class Origin:
    """Where a part is from, for the errors that name it.

    Parameters
    ----------
    kind
        The kind of part.
    title
        Its kind, name and distribution.
    """

    def __init__(self, kind: PartKind, title: str) -> None:
        self.kind = kind
        self.title = title

    @classmethod
    def of_class(cls, kind: PartKind, part_class: type) -> Origin:
        """Return the origin of a part that a user gave, which its class names.

        Parameters
        ----------
        kind
            The kind of part.
        part_class
            The class of the part.
        """
        title = f"the {kind} {part_class.__qualname__!r} of {part_class.__module__}"
        return cls(kind, title)

    def raise_typed(
        self, error: BaseException, part: object, method: str, passed: Sequence[object] = ()
    ) -> None:
        """Raise the typed error for an exception of the part; return where it passes unchanged.

        Parameters
        ----------
        error
            What the part raised.
        part
            The part, or what it was to be made with.
        method
            The method that raised it.
        passed
            Exceptions of the caller's own functions.
        """
        if isinstance(error, XetrackError):
            note = f"Raised by {self.title}."
            if note not in getattr(error, "__notes__", ()):
                error.add_note(note)
            return
        if isinstance(error, KeyboardInterrupt | GeneratorExit | XetrackWarning):
            return
        if any(error is each for each in passed) or is_of_handler(error):
            return
        cls = _ERRORS.get(self.kind, PartFailedError)
        reason = shown_error(error).removesuffix(".")
        raise cls(self.title, _location_of(part), method, reason) from error


def _location_of(part: object) -> str:
    """Return where a part works, without a password; empty where it does not say."""
    if isinstance(part, str):
        return shown_location(part)
    with suppress(Exception):  # a property of a stranger may raise anything
        place: Any = part if hasattr(part, "location") else getattr(part, "engine", None)
        return shown_location(str(place.location))
    return ""
