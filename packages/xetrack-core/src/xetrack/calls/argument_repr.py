"""Functions, arguments and errors as text, bounded in length and safe to make."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from xetrack.model.kinds import ATOMS
from xetrack.model.objects.bounded_repr import BoundedRepr, has_type
from xetrack.model.objects.shown_fields import can_show_hidden

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence


def truncate(text: str, length: int) -> str:
    """Return a text, cut to a length.

    Parameters
    ----------
    text
        The text.
    length
        At most so many characters; an ellipsis is the last one of a text that was longer.
    """
    return text if len(text) <= length else text[: max(0, length - 1)] + "…"


def arguments(args: Sequence[object], kwargs: dict[str, object], length: int) -> tuple[str, str]:
    """Return positional and keyword arguments as text.

    Parameters
    ----------
    args, kwargs
        What a function is called with.
    length
        At most so many characters for each of the two.

    Returns
    -------
    tuple of str
        Such as ``[1, 'hello']`` and ``{}``.
    """
    if not args and not kwargs and length > 1:
        return "[]", "{}"
    positional = _bounded(list(args), args, length) if args else truncate("[]", length)
    return positional, _bounded(kwargs, kwargs.values(), length) if kwargs else truncate(
        "{}", length
    )


def _bounded(value: object, items: Iterable[object], length: int) -> str:
    """Return the text of a list or dict with these items."""
    short = all(map(_is_short, items))
    return truncate(repr(value) if short else BoundedRepr(length).of(value), length)


_SHORT_LENGTH = 1_000
"""Characters of a text, and bits of an integer, that are quickly written."""


def _is_short(value: Any) -> bool:
    if type(value) is str or type(value) is bytes:
        return len(value) < _SHORT_LENGTH
    if type(value) is int:
        return value.bit_length() < _SHORT_LENGTH
    return has_type(value, ATOMS)


def error(raised: BaseException) -> str:
    """Return the type of an exception, and its text without what models in it hide.

    Parameters
    ----------
    raised
        What the function of a user raised.
    """
    name = type(raised).__name__
    try:
        text = _text_of_args(raised) if _shows_args(raised) else str(raised)
    except Exception:  # noqa: BLE001 - a user's __str__ may raise anything
        text = ""
    return f"{name}: {text}" if text else name


def _shows_args(raised: BaseException) -> bool:
    """Return True if the text of an exception is that of its arguments, and they hide something."""
    own = type(raised).__str__ in {BaseException.__str__, KeyError.__str__}
    return own and can_show_hidden(raised.args)


def _text_of_args(raised: BaseException) -> str:
    args = raised.args
    return BoundedRepr(_LONGEST_ERROR).of(args[0] if len(args) == 1 else args)


_LONGEST_ERROR = 100_000
"""Characters after which the text of arguments that hide something stops."""


def function_name(function: Callable[..., object]) -> str:
    """Return the name of anything callable; a partial's is that of what it calls.

    Parameters
    ----------
    function
        Anything that can be called.
    """
    while isinstance(function, partial):
        function = function.func
    try:
        name = getattr(function, "__name__", None)
    except Exception:  # noqa: BLE001 - a proxy may raise anything
        name = None
    return name if isinstance(name, str) else type(function).__name__
