"""How the kinds of value are kept in SQLite's five storage classes.

A column is declared by the kinds it holds, because other programs read the file: DuckDB's
scanner and pandas go by declarations. SQLite converts what it stores to the declared affinity,
so a declaration is used only where that conversion changes nothing; a true mixture is declared
without a type.

Within a column each storage class has one meaning, that of the first kind which needed it:
INTEGER is bool or int, REAL may be the seconds of a duration, TEXT may be JSON. A cell that means
something else, and nan, which SQLite cannot store, is noted in the table ``xetrack_cells``.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, TypeAlias

from xetrack.model.kinds import FROM_TEXT, TO_TEXT, Kind, kind_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from xetrack.model.kinds import Value

StoredCell: TypeAlias = int | float | str | bytes | None
"""A cell as it is stored, of one of the five classes."""

_CLASS = {
    Kind.BOOL: int,
    Kind.INT: int,
    Kind.BIGINT: int,
    Kind.FLOAT: float,
    Kind.NAN: type(None),
    Kind.DURATION: float,
    Kind.BYTES: bytes,
    Kind.RAWTEXT: bytes,
}
"""The Python type by which the driver hands over each kind; what is absent is text."""

_NUMBERS = {Kind.INT, Kind.FLOAT}


def storage_class(kind: Kind) -> type[Any]:
    """Return the type of a stored cell of this kind, as the driver gives it.

    Parameters
    ----------
    kind
        The kind of the cell, before it is stored.
    """
    return _CLASS.get(kind, str)


def declaration(kinds: Iterable[Kind]) -> str:
    """Return the declared type of a column that holds these kinds; empty for none.

    Parameters
    ----------
    kinds
        All kinds of the cells; missing cells do not count.
    """
    needed = set(kinds) - {Kind.NAN}
    if needed and needed <= {Kind.INT, Kind.BIGINT, Kind.BOOL}:
        return "BOOLEAN" if needed == {Kind.BOOL} else "BIGINT"
    # Not with BIGINT, which a float would round, nor BOOL, which would come back as 1.0.
    if Kind.FLOAT in needed and needed <= _NUMBERS:
        return "DOUBLE"
    if needed == {Kind.DURATION}:
        return "DOUBLE"
    classes = {storage_class(kind) for kind in needed}
    if classes == {str}:
        return "VARCHAR"
    return "BLOB" if classes == {bytes} else ""


def meanings(kinds: Iterable[Kind]) -> dict[type, Kind]:
    """Return what each storage class means in a column, from its kinds in order of arrival.

    Parameters
    ----------
    kinds
        The kinds of the cells; of each storage class, the first one counts.

    Returns
    -------
    dict of type to Kind
        By the type in which the driver gives a cell.
    """
    meaning: dict[type, Kind] = {}
    for kind in kinds:
        if kind is not Kind.NAN:
            meaning.setdefault(storage_class(kind), Kind.INT if kind is Kind.BIGINT else kind)
    return meaning


def is_noted(kind: Kind, meaning: Mapping[type, Kind]) -> bool:
    """Return True if a cell needs a note.

    Parameters
    ----------
    kind
        The kind of the cell.
    meaning
        The meanings of its column, see `meanings`.
    """
    return meaning.get(storage_class(kind)) is not (Kind.INT if kind is Kind.BIGINT else kind)


def encoded(value: Value) -> Value:
    """Return what the driver binds for a plain value.

    Parameters
    ----------
    value
        A plain value of any kind.
    """
    kind = kind_of(value)
    if kind is Kind.DURATION and isinstance(value, timedelta):
        return value.total_seconds()
    if kind in TO_TEXT:
        return TO_TEXT[kind](value)
    if kind is Kind.RAWTEXT and isinstance(value, str):
        return value.encode("utf-8", "surrogatepass")
    return None if kind is Kind.NAN else value


_DECODERS: Mapping[Kind | None, Callable[[Any], Value]] = {
    **FROM_TEXT,
    Kind.DURATION: lambda cell: timedelta(seconds=cell),
    Kind.BOOL: {0: False, 1: True}.__getitem__,  # another program may have written a 2
    Kind.RAWTEXT: lambda cell: cell.decode("utf-8", "surrogatepass"),
}


def decode_column(cells: Sequence[Value], meaning: Mapping[type, Kind]) -> Sequence[Value]:
    """Return the plain values of stored cells; the cells themselves where nothing changes.

    Parameters
    ----------
    cells
        The cells of one column.
    meaning
        The meanings of the column, see `meanings`.

    Returns
    -------
    sequence
        A plain value for each cell.
    """
    decoders = {cls: _DECODERS[kind] for cls, kind in meaning.items() if kind in _DECODERS}
    if not decoders:
        return cells
    types = set(map(type, cells))
    if types.isdisjoint(decoders):
        return cells
    try:
        if len(types) == 1:  # as in most columns
            return list(map(decoders[types.pop()], cells))
        return [decoders[type(cell)](cell) if type(cell) in decoders else cell for cell in cells]
    except _DAMAGE:
        return [_decoded(cell, decoders.get(type(cell))) for cell in cells]


def decode_cell(cell: StoredCell, kind: Kind) -> Value:
    """Return the plain value of one stored cell.

    Parameters
    ----------
    cell
        As it is stored.
    kind
        Its kind.

    Returns
    -------
    Value
        The cell itself where another program wrote something else.
    """
    return float("nan") if kind is Kind.NAN else _decoded(cell, _DECODERS.get(kind))


_DAMAGE = (
    ValueError,
    ArithmeticError,
    TypeError,
    LookupError,
    AttributeError,
    RecursionError,
)
"""What decoding raises for a cell that another program wrote."""


def _decoded(cell: Value, decoder: Callable[[Any], Value] | None) -> Value:
    """Decode a cell, or return it as it is when another program wrote something else there."""
    try:
        return cell if decoder is None else decoder(cell)
    except _DAMAGE:
        return cell
