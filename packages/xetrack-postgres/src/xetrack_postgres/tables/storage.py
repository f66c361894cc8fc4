"""How the kinds of value are stored in PostgreSQL's types.

A column has one meaning, which decides its type: that of the first kinds that came. What the type
cannot say lies, exactly, in the row's column of JSON (`names.MORE`): a nan, so that averages pass
over it as in other databases; an aware datetime, whose zone ``timestamptz`` would lose; a text
with NUL; a text among numbers. Such a cell is called a *stray*. In the column itself stands what
comes closest to it, for SQL, or nothing.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from xetrack.model.kinds import FROM_TEXT, TAG, TO_TEXT, Kind, kind_of
from xetrack_postgres.names import is_sayable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from xetrack.model.kinds import Scalar, Value

TYPES: Mapping[Kind, str] = {
    Kind.BOOL: "boolean",
    Kind.INT: "bigint",
    Kind.HUGEINT: "numeric",
    Kind.FLOAT: "double precision",
    Kind.TEXT: "text",
    Kind.BYTES: "bytea",
    Kind.DATETIME: "timestamp without time zone",
    Kind.DATE: "date",
    Kind.TIME: "time without time zone",
    Kind.DURATION: "double precision",
    Kind.DECIMAL: "numeric",
    Kind.PATH: "text",
    Kind.JSON: "json",
}
"""The type of a column, by its meaning. Not ``jsonb``, which reorders keys and refuses NUL."""

FOREIGN: Mapping[str, Kind] = {
    **{sql: kind for kind, sql in reversed(tuple(TYPES.items()))},
    "smallint": Kind.INT,
    "integer": Kind.INT,
    "real": Kind.FLOAT,
}
"""What a column that another program made means, by its type; any other is read as text."""

DIGITS = 100_000
"""Digits of a number before the point, fewer than PostgreSQL takes."""
PLACES = 16_000
"""Digits after the point, likewise."""

_NUL = "\\u0000"
"""As JSON says it; where one is, SQL gets nothing out of the whole JSON."""

_ALIKE = {
    Kind.BIGINT: Kind.INT,
    Kind.RAWTEXT: Kind.TEXT,
    Kind.LONGDURATION: Kind.DURATION,
}


def meaning(kinds: frozenset[Kind], had: Kind | None = None) -> Kind | None:
    """Return the meaning of a column that must hold these kinds.

    Parameters
    ----------
    kinds
        All that it must hold.
    had
        What it meant before; None for a new column, and for one in which no cell needs a type.

    Returns
    -------
    Kind or None
        One of the keys of `TYPES`; None as long as all cells are missing or nan.
    """
    new = {_ALIKE.get(kind, kind) for kind in kinds} - {Kind.NAN}
    if had is None and (len(new) <= 1 or not new <= {Kind.INT, Kind.HUGEINT, Kind.FLOAT}):
        # Of several kinds SQL sees the most as text.
        return (None if not new else next(iter(new))) if len(new) <= 1 else Kind.TEXT
    if had in {None, Kind.INT}:
        return next((kind for kind in (Kind.FLOAT, Kind.HUGEINT) if kind in new), Kind.INT)
    return had


def _number(value: Decimal) -> Decimal | None:
    """Return a number that comes back digit by digit, zeros at its end too; None of others."""
    sign, digits, exponent = value.as_tuple()
    if not isinstance(exponent, int) or not -PLACES < exponent <= 0 or len(digits) > DIGITS:
        return None
    return None if sign and not any(digits) else value


def _large(value: int) -> Decimal | None:
    return Decimal(value) if abs(value).bit_length() < 3 * DIGITS else None


def _path(value: Value) -> str | None:
    text = TO_TEXT[Kind.PATH](value)
    return text if is_sayable(text) else None


def _json(value: Value) -> str | None:
    text = TO_TEXT[Kind.JSON](value)
    return None if _NUL in text else text


def _same(value: Value) -> Value:
    return value


_EXACTLY: Mapping[Kind, Mapping[Kind, Callable[[Any], Value]]] = {
    Kind.BOOL: {Kind.BOOL: _same},
    Kind.INT: {Kind.INT: _same, Kind.BIGINT: _same},
    Kind.HUGEINT: {Kind.INT: Decimal, Kind.BIGINT: Decimal, Kind.HUGEINT: _large},
    Kind.FLOAT: {Kind.FLOAT: _same, Kind.INT: float},
    Kind.TEXT: {Kind.TEXT: lambda value: value if is_sayable(value) else None},
    Kind.BYTES: {Kind.BYTES: _same},
    Kind.DATETIME: {Kind.DATETIME: lambda value: value if value.tzinfo is None else None},
    Kind.DATE: {Kind.DATE: _same},
    Kind.TIME: {Kind.TIME: lambda value: value if value.tzinfo is None else None},
    Kind.DURATION: {Kind.DURATION: timedelta.total_seconds},
    Kind.DECIMAL: {Kind.DECIMAL: _number},
    Kind.PATH: {Kind.PATH: _path},
    Kind.JSON: {Kind.JSON: _json},
}
"""For each meaning, how cells of a kind become what its type takes; None where it cannot."""

_DIRECT: Mapping[Kind, frozenset[Kind]] = {
    Kind.BOOL: frozenset({Kind.BOOL}),
    Kind.INT: frozenset({Kind.INT, Kind.BIGINT}),
    Kind.FLOAT: frozenset({Kind.FLOAT, Kind.INT}),
    Kind.TEXT: frozenset({Kind.TEXT}),
    Kind.BYTES: frozenset({Kind.BYTES}),
    Kind.DATE: frozenset({Kind.DATE}),
}


def is_direct(kinds: frozenset[Kind], means: Kind | None) -> bool:
    """Return True if the driver takes cells of these kinds as they are.

    A text with NUL is the exception, at which the driver raises.

    Parameters
    ----------
    kinds
        The kinds of the cells.
    means
        The meaning of the column.
    """
    return not kinds if means is None else kinds <= _DIRECT.get(means, frozenset())


def encode_cell(value: Value, means: Kind) -> tuple[Value, bool]:
    """Return the cell to store for a plain value, and whether it says all of it.

    Parameters
    ----------
    value
        The plain value.
    means
        The meaning of the column.

    Returns
    -------
    tuple[Value, bool]
        The cell; and False if the value is a stray, which the JSON must hold.
    """
    kind = kind_of(value)
    if kind is None:
        return None, True
    exactly = _EXACTLY[means].get(kind)
    exact = None if exactly is None else exactly(value)
    return (exact, True) if exact is not None else (_closest(value, kind, means), False)


def encode_parameter(value: Value) -> Value:
    """Return what a statement of SQL gets for a plain value, to compare cells with.

    Parameters
    ----------
    value
        The plain value. A list stays one, as statements ask ``x = ANY(%s)``.
    """
    if isinstance(value, list):
        return [encode_parameter(item) for item in value]
    kind = kind_of(value)
    if kind is Kind.NAN:
        return None  # as in its column
    if kind in {Kind.PATH, Kind.JSON, Kind.LONGDURATION}:
        return TO_TEXT[kind](value)
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, datetime | time) and value.tzinfo is not None and kind is not None:
        return _closest(value, kind, kind)
    return value


def _closest(value: Value, kind: Kind, means: Kind) -> Value:
    """Return the cell that comes closest to a stray, for those who use SQL."""
    if kind is Kind.NAN or means not in _CLOSEST:
        return None
    try:
        return _CLOSEST[means](value, kind)
    except (ArithmeticError, ValueError, TypeError):
        return None


def _as_text(value: Value, kind: Kind) -> str:
    text = TO_TEXT[kind](value) if kind in TO_TEXT else str(value)
    return text.replace("\0", "").encode(errors="replace").decode()


def _as_float(value: Value, _: Kind) -> float | None:
    if not isinstance(value, bool | int | Decimal):
        return None
    return None if value != value else float(value)  # noqa: PLR0124 - a Decimal may be nan


def _as_number(value: Value, _: Kind) -> Decimal | None:
    if not isinstance(value, bool | int | float | Decimal):
        return None
    number = Decimal(value)
    exponent = number.as_tuple().exponent
    fits = isinstance(exponent, int) and exponent > -PLACES and number.adjusted() < DIGITS
    return number if fits else None


def _as_utc(value: Value, _: Kind) -> datetime | None:
    return value.astimezone(UTC).replace(tzinfo=None) if isinstance(value, datetime) else None


def _as_seconds(value: Value, _: Kind) -> float | None:
    return value.total_seconds() if isinstance(value, timedelta) else None


_CLOSEST: Mapping[Kind, Callable[[Any, Kind], Value]] = {
    Kind.TEXT: _as_text,
    Kind.FLOAT: _as_float,
    Kind.HUGEINT: _as_number,
    Kind.DECIMAL: _as_number,
    Kind.INT: lambda value, kind: int(value) if kind is Kind.BOOL else None,
    Kind.DATETIME: _as_utc,
    Kind.DURATION: _as_seconds,
    Kind.TIME: lambda value, kind: value.replace(tzinfo=None) if kind is Kind.TIME else None,
}


_DECODERS: Mapping[Kind | None, Callable[[Any], Value]] = {
    Kind.HUGEINT: int,
    Kind.DURATION: lambda seconds: timedelta(seconds=seconds),
    Kind.PATH: FROM_TEXT[Kind.PATH],
    Kind.JSON: FROM_TEXT[Kind.JSON],
}


def decoder(means: Kind | None) -> Callable[[Any], Value] | None:
    """Return the function that decodes stored cells which are there; None for no change.

    Parameters
    ----------
    means
        The kind that a stored cell means; None where its type says it.
    """
    return _DECODERS.get(means)


def pack_strays(cells: Mapping[str, Value]) -> str | None:
    """Return the JSON of a row's strays by column; None for no stray.

    Parameters
    ----------
    cells
        The plain values that no column can hold, by column.
    """
    parts = (
        f"{json.dumps(name, ensure_ascii=False)}: {_cell_json(cell)}"
        for name, cell in cells.items()
    )
    return f"{{{', '.join(parts)}}}" if cells else None


def _cell_json(cell: Value) -> str:
    """Return the JSON of one cell; one with NUL, which SQL cannot get out, as a text of JSON."""
    text = TO_TEXT[Kind.JSON](cell)
    return json.dumps({TAG: Kind.JSON, "value": text}) if _NUL in text else text


def unpack_strays(text: str | None) -> dict[Scalar, Value]:
    """Return the strays of a row; none of them where another program wrote no such JSON.

    Parameters
    ----------
    text
        The JSON in the row; None where it has none.
    """
    if text is None:
        return {}
    try:
        strays = FROM_TEXT[Kind.JSON](text)
    except (ValueError, ArithmeticError, TypeError, LookupError):
        return {}
    return strays if type(strays) is dict else {}
