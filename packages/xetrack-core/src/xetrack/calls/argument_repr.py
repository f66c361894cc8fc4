"""Functions, arguments and errors as text, bounded in length and safe to make."""

from __future__ import annotations

from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, Any

from xetrack.model.kinds import ATOMS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

_DEPTH = 20
"""Levels of nesting that a text shows."""

_DIGIT_BITS = 14_000
"""Python refuses to write integers of more than 4,300 digits."""

_ROUND: Mapping[type, Sequence[str]] = {
    list: ("[", "]"),
    tuple: ("(", ")"),
    set: ("{", "}"),
    frozenset: ("frozenset({", "})"),
    dict: ("{", "}"),
}
"""The brackets of what is looked into; its subclasses have a ``repr`` of their own."""


class _Text:
    """Writes a value as ``repr`` would, but stops where the text is as long as it may be.

    Parameters
    ----------
    room
        So many characters are of interest; a little more may be written.
    """

    def __init__(self, room: int) -> None:
        self._most = room
        self._room = room
        self._parts: list[str] = []
        self._within: list[object] = []

    def of(self, value: object) -> str:
        """Return the text of a value."""
        self._write(value)
        return "".join(self._parts)

    def _put(self, text: str) -> None:
        self._parts.append(text)
        self._room -= len(text)

    def _write(self, value: object) -> None:
        if type(value) not in _ROUND:
            self._put(self._leaf(value))
        elif any(value is outer for outer in self._within) or len(self._within) >= _DEPTH:
            self._put("...".join(_ROUND[type(value)]))
        elif not value and type(value) in {set, frozenset}:
            self._put(repr(value))
        else:
            self._within.append(value)
            self._items(value)
            self._within.pop()

    def _items(self, value: Any) -> None:
        opening, closing = _ROUND[type(value)]
        self._put(opening)
        for at, item in enumerate(self._in_order(value)):
            if self._room < 0:
                return
            self._put(", " if at else "")
            self._write(item)
            if type(value) is dict:
                self._put(": ")
                self._write(value[item])
        self._put(",)" if type(value) is tuple and len(value) == 1 else closing)

    def _in_order(self, value: Any) -> Iterable[object]:
        items = list(islice(value, self._most))
        if type(value) in {set, frozenset} and len(value) < self._most:
            try:
                return sorted(items)
            except Exception:  # noqa: BLE001 - items of a set need not have an order
                return items
        return items

    def _leaf(self, value: Any) -> str:
        if type(value) in {str, bytes}:
            return repr(value[: max(1, self._room + 1)])
        if type(value) is int and value.bit_length() > _DIGIT_BITS:
            return hex(value)
        try:
            return repr(value)
        except Exception:  # noqa: BLE001 - a user's __repr__ may raise anything
            return f"<{type(value).__qualname__}>"


def cut(text: str, length: int) -> str:
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
    positional = _bounded(list(args), args, length) if args else cut("[]", length)
    return positional, _bounded(kwargs, kwargs.values(), length) if kwargs else cut("{}", length)


def _bounded(value: object, items: Iterable[object], length: int) -> str:
    """Return the text of a list or dict with these items."""
    short = all(map(_is_short, items))
    return cut(repr(value) if short else _Text(length).of(value), length)


_SHORT = 1_000
"""Characters of a text, and bits of an integer, that are quickly written."""


def _is_short(value: Any) -> bool:
    if type(value) is str or type(value) is bytes:
        return len(value) < _SHORT
    if type(value) is int:
        return value.bit_length() < _SHORT
    return type(value) in ATOMS


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
    name = getattr(function, "__name__", None)
    return name if isinstance(name, str) else type(function).__name__
