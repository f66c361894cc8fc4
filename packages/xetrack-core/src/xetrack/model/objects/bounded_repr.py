"""The ``repr`` of any value, bounded in length, and without what models within it hide."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any

from xetrack.model.objects.shown_fields import attributes_of, can_show_hidden, fields_of, parts_of

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Mapping, Sequence

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


class BoundedRepr:
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
        self._masks = False

    def of(self, value: object) -> str:
        """Return the text of a value, without what models within it hide.

        Parameters
        ----------
        value
            Any object; each takes a `BoundedRepr` of its own.
        """
        # Each item of a container takes three characters at least.
        self._masks = can_show_hidden(value, self._limit // 3 + 1)
        self._write(value)
        return "".join(self._parts)

    def _append(self, text: str) -> None:
        self._parts.append(text)
        self._remaining -= len(text)

    def _write(self, value: object) -> None:
        if self._masks and not has_type(value, _BRACKETS) and can_show_hidden(value):
            self._write_shown(value)
        elif not has_type(value, _BRACKETS):
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

    def _write_shown(self, value: Any) -> None:
        """Write the shown fields of a model, or the items of a subclass of a container."""
        self._append(f"{type(value).__name__}(")
        fields = fields_of(value) or attributes_of(value)
        if len(self._outer_values) >= _MAX_DEPTH:
            self._append("...")
        elif fields is None:
            self._write(parts_of(value))
        else:
            self._outer_values.append(value)
            for number, (name, field) in enumerate(fields.items()):
                self._append(f"{', ' if number else ''}{name}=")
                self._write(field)
            self._outer_values.pop()
        self._append(")")

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


def has_type(value: object, types: Container[type]) -> bool:
    """Return True if the type of a value is one of these.

    Parameters
    ----------
    value
        Any object, also of a type without a hash.
    types
        Types that have one.
    """
    try:
        return type(value) in types
    except Exception:  # noqa: BLE001 - a user's metaclass may have no hash
        return False


_LONGEST_REPR = 100_000
"""Characters after which the text of an object with a model that hides a field stops."""


def text_of(value: object) -> str:
    """Return the text of an object that is no plain value; that of its type if ``str`` fails.

    It lacks what a model within the object hides.

    Parameters
    ----------
    value
        Any object.
    """
    try:
        if can_show_hidden(value):
            return BoundedRepr(_LONGEST_REPR).of(value)
        return str(value)
    except Exception:  # noqa: BLE001 - a user's __str__ may raise anything
        return f"<{type(value).__qualname__}>"
