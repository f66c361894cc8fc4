"""How the kinds of value are stored in DuckDB's types.

The kinds that a column holds decide its type, and what its cells mean: numbers stay numbers and
everything else that is mixed is text. A cell that means something else than its column's main
kind, or that its type can only round, is noted in the row (see `cell_kinds`); so is nan, whose cell
is NULL, that sums may skip it.
"""

from __future__ import annotations

import math
from datetime import UTC, datetime, time, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from attrs import frozen

from xetrack.model.kinds import FROM_TEXT, TO_TEXT, Kind, kind_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from xetrack.model.kinds import Value

WHOLE = frozenset({Kind.INT, Kind.BIGINT, Kind.HUGEINT})
NUMBERS = WHOLE | {Kind.BOOL, Kind.FLOAT, Kind.DECIMAL}
_HUGEST = 2**127 - 1
"""The largest integer of DuckDB's HUGEINT."""

_ALONE = {
    Kind.BOOL: "BOOLEAN",
    Kind.FLOAT: "DOUBLE",
    Kind.BYTES: "BLOB",
    Kind.DATETIME: "TIMESTAMP",
    Kind.DATE: "DATE",
    Kind.TIME: "TIME",
    Kind.DURATION: "DOUBLE",
    Kind.JSON: "JSON",
}
"""The types of columns of a single kind; integers have two, what is absent is text."""


@frozen
class Layout:
    """The type of a column, and what a cell without a note means in it."""

    type: str
    main: Kind
    plainly: frozenset[Kind]
    """Kinds whose cells are stored as they are and never noted."""


@lru_cache(maxsize=256)
def layout(kinds: frozenset[Kind]) -> Layout:
    """Return the type for a column of these kinds, and what its cells mean.

    Parameters
    ----------
    kinds
        Every kind that a cell of the column has had.
    """
    held_kinds = kinds - {Kind.NAN}
    if not held_kinds:
        return Layout("DOUBLE", Kind.FLOAT, frozenset({Kind.FLOAT}))
    if len(held_kinds) == 1 and not held_kinds <= WHOLE:
        (kind,) = held_kinds
        if kind is Kind.RAWTEXT:
            return Layout("VARCHAR", Kind.TEXT, frozenset())
        # A time zone has no room in their types, and a duration lies as its seconds.
        plainly = held_kinds - {Kind.DATETIME, Kind.TIME, Kind.DURATION}
        return Layout(_ALONE.get(kind, "VARCHAR"), kind, plainly)
    if held_kinds <= WHOLE | {Kind.BOOL}:
        plainly = frozenset({Kind.INT, Kind.BIGINT})
        return Layout("HUGEINT" if Kind.HUGEINT in held_kinds else "BIGINT", Kind.INT, plainly)
    if held_kinds <= NUMBERS:
        ints = {Kind.INT} if held_kinds == {Kind.INT, Kind.FLOAT} else set()
        return Layout("DOUBLE", Kind.FLOAT, frozenset({Kind.FLOAT, *ints}))
    return Layout("VARCHAR", Kind.TEXT, frozenset({Kind.TEXT}))


def encode_cell(value: Value, how: Layout) -> tuple[Value, str]:
    """Return the cell for a plain value, and its note.

    Parameters
    ----------
    value
        The plain value.
    how
        The layout of the column.

    Returns
    -------
    tuple[Value, str]
        The cell, and its note, which is empty when none is needed: a kind, and after a colon the
        exact value where the cell is but what SQL makes of it.
    """
    kind = kind_of(value)
    if kind is None or kind in how.plainly:
        text = kind in TO_TEXT and how.type in {"VARCHAR", "JSON"}
        return (TO_TEXT[kind](value) if text else value), ""
    if kind is Kind.NAN:
        return None, kind
    if kind is how.main is Kind.DURATION and isinstance(value, timedelta):
        return value.total_seconds(), ""
    if how.type in {"DOUBLE", "BIGINT", "HUGEINT"}:
        return _as_number(value, kind, how)
    if isinstance(value, datetime | time) and value.tzinfo is not None:
        cell = value.isoformat() if how.type == "VARCHAR" else _without_zone(value)
        return cell, f"{kind}:{value.isoformat()}"
    return _as_text(value, kind, how) if how.type == "VARCHAR" else (value, "")


def _as_number(value: Any, kind: Kind, how: Layout) -> tuple[Value, str]:
    exactly = f"{kind}:{_text(value, kind)}"
    if how.type == "DOUBLE":
        return _rounded(value), kind if kind is Kind.BOOL else exactly
    if kind is Kind.BOOL:
        return int(value), kind
    return (value, "") if -_HUGEST <= value <= _HUGEST else (None, exactly)


def _as_text(value: Value, kind: Kind, how: Layout) -> tuple[Value, str]:
    if kind is Kind.RAWTEXT and isinstance(value, str):
        exact = value.encode("utf-8", "surrogatepass").hex()
        return value.encode("utf-8", "backslashreplace").decode(), f"{kind}:{exact}"
    return _text(value, kind), "" if kind is how.main else kind


def _rounded(value: Any) -> float | None:
    try:
        number = float(value)
    except (OverflowError, ValueError):  # too large an integer, or a signalling nan
        return None
    return number if math.isfinite(number) else None


def _without_zone(value: datetime | time) -> datetime | time | None:
    if isinstance(value, time):
        return value.replace(tzinfo=None, fold=0)
    try:
        return value.astimezone(UTC).replace(tzinfo=None, fold=0)
    except OverflowError:  # before the year 1 or after 9999
        return None


def _text(value: Value, kind: Kind) -> str:
    if isinstance(value, bytes):
        return value.hex()
    if kind is Kind.BOOL:
        return "true" if value else "false"
    return TO_TEXT.get(kind, str)(value)


_WHOLE_FROM_TEXT = FROM_TEXT[Kind.HUGEINT]
_EXACTLY: Mapping[Kind, Callable[[str], Value]] = {
    **dict.fromkeys(WHOLE, _WHOLE_FROM_TEXT),
    Kind.FLOAT: float,
    Kind.DECIMAL: FROM_TEXT[Kind.DECIMAL],
    Kind.DATETIME: FROM_TEXT[Kind.DATETIME],
    Kind.TIME: FROM_TEXT[Kind.TIME],
    Kind.RAWTEXT: lambda text: bytes.fromhex(text).decode("utf-8", "surrogatepass"),
}
_FROM_CELL: Mapping[Kind, Callable[[str], Value]] = {
    **{kind: decode for kind, decode in FROM_TEXT.items() if kind is not None},
    **_EXACTLY,
    Kind.TEXT: str,
    Kind.BYTES: bytes.fromhex,
}
_TRUTHS = {
    **dict.fromkeys((1, "true", "1", "1.0"), True),
    **dict.fromkeys((0, "false", "0", "0.0"), False),
}
"""What a boolean becomes in the types that a column may have gone through."""
_DAMAGE = (ValueError, ArithmeticError, TypeError, LookupError)


def decode_noted_cell(cell: Value, note: str, how: Layout) -> Value:
    """Return the plain value of a noted cell.

    A note that does not fit its cell was left behind when another program changed the cell; then
    the cell counts.

    Parameters
    ----------
    cell
        What DuckDB has.
    note
        The note; see `encode_cell`.
    how
        The layout of the column.
    """
    kind, _, exact = note.partition(":")
    try:
        if exact:
            value = _EXACTLY[Kind(kind)](exact)
            return value if _fits(cell, encode_cell(value, how)[0]) else decode_cell(cell, how)
        if kind == Kind.NAN:
            return decode_cell(cell, how) if cell is not None else math.nan
        if kind == Kind.BOOL:
            return _TRUTHS[cell]
        return _FROM_CELL[Kind(kind)](cell if isinstance(cell, str) else str(cell))
    except _DAMAGE:
        return decode_cell(cell, how)


def _fits(cell: Value, expected: Value) -> bool:
    """Return True if a cell is what SQL makes of an exact value; DuckDB may round the other way."""
    if isinstance(cell, float) and isinstance(expected, float):
        return math.isclose(cell, expected, rel_tol=1e-12)
    return bool(cell == expected)


def decode_cell(cell: Value, how: Layout) -> Value:
    """Return the plain value of a cell without a note.

    Parameters
    ----------
    cell
        What DuckDB has.
    how
        The layout of the column.
    """
    decode = decoder(how)
    try:
        return cell if decode is None or cell is None else decode(cell)
    except _DAMAGE:
        return cell


def decoder(how: Layout) -> Callable[[Any], Value] | None:
    """Return the function that decodes a column's cells; None where they are plain values.

    Parameters
    ----------
    how
        How the column's cells are stored.
    """
    if how.main is Kind.DURATION:
        return _duration
    return FROM_TEXT.get(how.main) if how.type in {"VARCHAR", "JSON"} else None


def _duration(seconds: float) -> timedelta:
    return timedelta(seconds=seconds)


def encode_parameter(value: Value) -> Value:
    """Return what a statement of SQL gets for a plain value, to compare cells with.

    Parameters
    ----------
    value
        The plain value. A list stays one, as statements ask ``list_contains(?, x)``.
    """
    if isinstance(value, list):
        return [encode_parameter(item) for item in value]
    if isinstance(value, datetime | time):
        return value if value.tzinfo is None else _without_zone(value)
    kind = kind_of(value)
    if kind in {Kind.NAN, Kind.PATH, Kind.JSON, Kind.DURATION, Kind.LONGDURATION}:
        return encode_cell(value, layout(frozenset({kind})))[0]
    return value
