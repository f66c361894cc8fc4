"""Names as PostgreSQL takes them: at most 63 bytes, and none that is its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xetrack.model import names

if TYPE_CHECKING:
    from collections.abc import Container

LONGEST = 63
"""Bytes of a name; PostgreSQL cuts what is longer, and two keys would share a column."""

ROW = "xetrack_row"
"""The column that numbers rows as they come."""
ID = "xetrack_id"
"""The column by which a row is known that is sent again; random, so that it is nobody else's."""
MORE = "xetrack_more"
"""The column of JSON for what no other column of a row can say."""

RESERVED = frozenset({ROW, ID, MORE, "tableoid", "xmin", "cmin", "xmax", "cmax", "ctid"})


def fit_name(name: str, taken: Container[str] = ()) -> str:
    """Return the name, shortened where it is too long.

    Parameters
    ----------
    name
        A name of any length.
    taken
        Names without case that the result must not have.
    """
    fitted, number = _cut(name, LONGEST), 2
    while names.fold(fitted) in taken:
        suffix = f"_{number}"
        fitted = _cut(name, LONGEST - len(suffix)) + suffix
        number += 1
    return fitted


def column_name(key: str, taken: Container[str]) -> str:
    """Choose the column for a key; see `xetrack.model.names.column_name`.

    Parameters
    ----------
    key
        The key of a row.
    taken
        Names without case that the column must not have.
    """
    return fit_name(names.column_name(key, taken), taken)


def is_sayable(text: str) -> bool:
    """Return True if PostgreSQL can hold a text: it knows neither NUL nor lone surrogates.

    Parameters
    ----------
    text
        A name or a value.
    """
    if "\0" in text:
        return False
    try:
        return text.isascii() or bool(text.encode())
    except UnicodeEncodeError:
        return False


def _cut(name: str, size: int) -> str:
    return name.encode()[:size].decode(errors="ignore")
