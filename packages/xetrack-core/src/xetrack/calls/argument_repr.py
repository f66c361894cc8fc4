"""Functions, arguments and errors as text, bounded in length and safe to make."""

from __future__ import annotations

from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, Any

from xetrack.model.kinds import ATOMS

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable, Mapping, Sequence

_MAX_DEPTH = 20
"""Levels of nesting that a text shows."""

_DIGIT_BITS = 14_000
"""Python refuses to write integers of more than 4,300 digits."""

_BRACKETS: Mapping[type, Sequence[str]] = {
    list: ("[", "]"),
    tuple: ("(", ")"),
    set: ("{", "}"),
    frozenset: ("frozenset({", "})"),
    dict: ("{", "}"),
}
"""The brackets of what is looked into; its subclasses have a ``repr`` of their own."""


class _BoundedRepr:
    """Writes a value as ``repr`` would, but stops where the text is as long as it may be.

    Parameters
    ----------
    limit
        So many characters are of interest; a little more may be written.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._remaining = limit
        self._parts: list[str] = []
        self._outer_values: list[object] = []

    def of(self, value: object) -> str:
        """Return the text of a value."""
        self._write(value)
        return "".join(self._parts)

    def _append(self, text: str) -> None:
        self._parts.append(text)
        self._remaining -= len(text)

    def _write(self, value: object) -> None:
        if not _has_type(value, _BRACKETS):
            self._append(self._leaf(value))
        elif (
            any(value is outer for outer in self._outer_values)
            or len(self._outer_values) >= _MAX_DEPTH
        ):
            self._append("...".join(_BRACKETS[type(value)]))
        elif not value and type(value) in {set, frozenset}:
            self._append(repr(value))
        else:
            self._outer_values.append(value)
            self._items(value)
            self._outer_values.pop()

    def _items(self, value: Any) -> None:
        opening, closing = _BRACKETS[type(value)]
        self._append(opening)
        for number, item in enumerate(self._in_order(value)):
            if self._remaining < 0:
                return
            self._append(", " if number else "")
            self._write(item)
            if type(value) is dict:
                self._append(": ")
                self._write(value[item])
        self._append(",)" if type(value) is tuple and len(value) == 1 else closing)

    def _in_order(self, value: Any) -> Iterable[object]:
        items = list(islice(value, self._limit))
        if type(value) in {set, frozenset} and len(value) < self._limit:
            try:
                return sorted(items)
            except Exception:  # noqa: BLE001 - items of a set need not have an order
                return items
        return items

    def _leaf(self, value: Any) -> str:
        if type(value) is str or type(value) is bytes:
            return repr(value[: max(1, self._remaining + 1)])
        if type(value) is int and value.bit_length() > _DIGIT_BITS:
            return hex(value)
        try:
            return repr(value)
        except Exception:  # noqa: BLE001 - a user's __repr__ may raise anything
            return f"<{type.__dict__['__qualname__'].__get__(type(value))}>"


def _has_type(value: object, types: Container[type]) -> bool:
    try:
        return type(value) in types
    except Exception:  # noqa: BLE001 - a user's metaclass may have no hash
        return False


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
    return truncate(repr(value) if short else _BoundedRepr(length).of(value), length)


_SHORT_LENGTH = 1_000
"""Characters of a text, and bits of an integer, that are quickly written."""


def _is_short(value: Any) -> bool:
    if type(value) is str or type(value) is bytes:
        return len(value) < _SHORT_LENGTH
    if type(value) is int:
        return value.bit_length() < _SHORT_LENGTH
    return _has_type(value, ATOMS)


def error(raised: BaseException) -> str:
    """Return the type of an exception, and its text if it has one."""
    name = type(raised).__name__
    try:
        text = str(raised)
    except Exception:  # noqa: BLE001 - a user's __str__ may raise anything
        text = ""
    return f"{name}: {text}" if text else name


def function_name(function: Callable[..., object]) -> str:
    """Return the name of anything callable; a partial's is that of what it calls."""
    while isinstance(function, partial):
        function = function.func
    try:
        name = getattr(function, "__name__", None)
    except Exception:  # noqa: BLE001 - a proxy may raise anything
        name = None
    return name if isinstance(name, str) else type(function).__name__
