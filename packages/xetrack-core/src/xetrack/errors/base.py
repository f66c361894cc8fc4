"""The base of all errors and warnings, and functions to warn and to suggest names."""

from __future__ import annotations

import sys
import warnings
from typing import TYPE_CHECKING, Any

from xetrack.errors.escapes import escaped

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from types import FrameType


_SHOWN = 12
"""The largest number of names that a text lists."""

_LONGEST = 300
"""The largest number of characters to show of the message of an exception that is not ours."""


def near(name: str, known: Iterable[str], *, all_else: bool = True) -> str:
    """Return a sentence that suggests known names similar to a name, with a trailing space.

    Parameters
    ----------
    name
        The name that is unknown.
    known
        The known names.
    all_else
        Whether to list the known names if none is similar.

    Returns
    -------
    str
        The sentence; empty if there is nothing to suggest.

    Examples
    --------
    >>> near("los", ["loss", "epoch"])
    "Did you mean 'loss'? "
    """
    from difflib import get_close_matches  # noqa: PLC0415 - for those who err, not for all

    name, names = str(name), sorted(set(known))
    close = get_close_matches(name, names, n=3, cutoff=0.6)
    if close:
        return f"Did you mean {' or '.join(repr(match) for match in close)}? "
    if not names or not all_else:
        return ""
    omitted = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return f"There are: {', '.join(map(escaped, names[:_SHOWN]))}{omitted}. "


def _restore(cls: type[XetrackError], args: tuple[object, ...], facts: dict[str, Any]) -> Exception:
    error = cls.__new__(cls)
    error.args = args
    error.__dict__.update(facts)
    return error


def _picklable(fact: object) -> object:
    """Return an attribute of an error, or its text if it cannot be pickled."""
    import pickle  # noqa: PLC0415 - for errors that travel, not for all

    try:
        pickle.dumps(fact)
    except Exception:  # noqa: BLE001 - a user's object may raise anything
        return repr(fact)
    return fact


class XetrackError(Exception):
    """Base of all errors that xetrack raises on purpose.

    Its attributes are the facts, and its text is made from them. It can be pickled.
    """

    exit_code = 1
    """The exit code of ``xt``, if the error ends it."""

    def __init__(self, text: str) -> None:
        # It may contain names of strangers, and is printed on a terminal.
        self.text = escaped(text, keep="\n\t")
        super().__init__(self.text)

    def __str__(self) -> str:
        return self.text

    def __reduce__(self) -> tuple[Callable[..., Exception], tuple[object, ...]]:
        facts = {name: _picklable(fact) for name, fact in self.__dict__.items()}
        return _restore, (type(self), self.args, facts)


class XetrackWarning(UserWarning):
    """Something was done in another way than requested; no row was lost.

    Silence it with ``warnings.filterwarnings("ignore", category=XetrackWarning)``.
    """


def warn(text: str) -> None:
    """Give a `XetrackWarning` at the line of the user's own code that led here.

    Parameters
    ----------
    text
        One or more sentences, as a user reads them; what a terminal would obey is escaped.
    """
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
    """Return True if a package is the core or a plugin, by its name."""
    return package == "xetrack" or package.startswith("xetrack_")


def report(text: str) -> None:
    """Give a `XetrackWarning` that is never raised, where that would lose a result.

    Where warnings are errors (``python -W error``), it is printed instead.

    Parameters
    ----------
    text
        One or more sentences, as for `warn`.
    """
    try:
        warn(text)
    except XetrackWarning as error:
        warnings.showwarning(error, XetrackWarning, "xetrack", 0)


def describe_error(error: BaseException) -> str:
    """Return type and message of an exception in one line, even if its ``__str__`` fails.

    Parameters
    ----------
    error
        Any exception; a long message is cut.
    """
    try:
        # attrs puts further objects behind its sentence, and all of them would be shown.
        plain = type(error).__str__ is BaseException.__str__
        text = " ".join(str(error.args[0] if plain and error.args else error).split())
    except Exception:  # noqa: BLE001 - a stranger's __str__ may do anything
        text = ""
    if len(text) > _LONGEST:
        text = f"{text[:_LONGEST]}..."
    return f"{type(error).__name__}: {text}" if text else type(error).__name__
