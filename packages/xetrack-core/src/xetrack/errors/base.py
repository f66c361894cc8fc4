"""What all errors share: facts, a text made of them, and near names; and how to warn."""

from __future__ import annotations

import sys
import warnings
from typing import TYPE_CHECKING, Any

from xetrack.errors.escapes import escaped

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from types import FrameType


_SHOWN = 12
"""Names that a text lists at most."""


def near(name: str, known: Iterable[str], *, all_else: bool = True) -> str:
    """Say which of the known names was probably meant, as a sentence that ends in a blank.

    Where none is near, the known names are listed, unless `all_else` is False.
    """
    from difflib import get_close_matches  # noqa: PLC0415 - for those who err, not for all

    names = sorted(set(known))
    close = get_close_matches(name, names, n=3, cutoff=0.6)
    if close:
        return f"Did you mean {' or '.join(repr(match) for match in close)}? "
    if not names or not all_else:
        return ""
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return f"There are: {', '.join(map(escaped, names[:_SHOWN]))}{more}. "


def _restore(cls: type[XetrackError], args: tuple[object, ...], facts: dict[str, Any]) -> Exception:
    error = cls.__new__(cls)
    error.args = args
    error.__dict__.update(facts)
    return error


def _picklable(fact: object) -> object:
    """Return a fact, or its text where it cannot go to another process."""
    import pickle  # noqa: PLC0415 - for errors that travel, not for all

    try:
        pickle.dumps(fact)
    except Exception:  # noqa: BLE001 - a user's object may raise anything
        return repr(fact)
    return fact


class XetrackError(Exception):
    """Base of all errors that xetrack raises on purpose."""

    def __init__(self, text: str) -> None:
        # It may name what a stranger named, and ends on a terminal.
        self.text = escaped(text, keep="\n\t")
        super().__init__(self.text)

    def __str__(self) -> str:
        return self.text

    def __reduce__(self) -> tuple[Callable[..., Exception], tuple[object, ...]]:
        facts = {name: _picklable(fact) for name, fact in self.__dict__.items()}
        return _restore, (type(self), self.args, facts)


class XetrackWarning(UserWarning):
    """Something was done in another way than asked; nothing was lost."""


def warn(text: str) -> None:
    """Warn a user, at the line of the user's own code that led here, where one did."""
    text = escaped(text, keep="\n\t")
    level, frame = 2, sys._getframe(1)  # noqa: SLF001 - the documented way to walk the stack
    while frame.f_back and _is_ours(_package_of(frame)):
        level, frame = level + 1, frame.f_back
    if _is_ours(package := _package_of(frame)) or package == "threading":
        # In a thread of ours, or at the end of the program.
        warnings.warn_explicit(text, XetrackWarning, "xetrack", 0)
    else:
        warnings.warn(text, XetrackWarning, stacklevel=level)


def _package_of(frame: FrameType) -> str:
    return str(frame.f_globals.get("__name__", "")).partition(".")[0]


def _is_ours(package: str) -> bool:
    """Tell whether a package is the core or a plugin, by the name that plugins have."""
    return package == "xetrack" or package.startswith("xetrack_")


def report(text: str) -> None:
    """Warn without ever raising, where that would lose the result of a function.

    Where warnings are errors (``python -W error``), it is shown instead.
    """
    try:
        warn(text)
    except XetrackWarning as error:
        warnings.showwarning(error, XetrackWarning, "xetrack", 0)
