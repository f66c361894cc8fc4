"""``/api/db/{db}/{table}/series``: the numbers of columns over an axis, in buckets, as bytes."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any

from xetrack.errors import ColumnNotFoundError, InvalidArgumentError
from xetrack.interfaces.engines.series import SeriesQuery
from xetrack.model.names import TIMESTAMP
from xetrack_ui.answers.question import Binary
from xetrack_ui.numbers.pieces import Piece, read_pieces
from xetrack_ui.numbers.smoothing import smooth_piece
from xetrack_ui.values.binary import Columns, precision
from xetrack_ui.values.cells import number, to_json
from xetrack_ui.values.conditions import parse_conditions

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from xetrack.interfaces.engines.series import Bucket, BucketValues
    from xetrack_ui.answers.question import Question
    from xetrack_ui.tables.state import TableState
    from xetrack_ui.values.parameters import Parameters

_PARAMETERS = (
    "y",
    "x",
    "runs",
    "low",
    "high",
    "buckets",
    "smooth",
    "where",
    "parts",
    "by",
    "elapsed",
)

BUCKETS = 600
_MOST_BUCKETS = 20_000
_MOST_COLUMNS = 50

PARTS = ("min", "max", "mean", "first", "last")
_FIELDS = {"min": "minimum", "max": "maximum"}


def read_numbers(question: Question) -> Binary:
    """Return the buckets of some runs.

    With ``by``, each value of that column of rows has lines of its own. With ``elapsed``, time
    counts from the first row of each run.

    Parameters
    ----------
    question
        Its path names the table; `_PARAMETERS` lists the parameters.

    Raises
    ------
    InvalidArgumentError
        A parameter is wrong, or ``elapsed`` is there without time as ``x``.
    """
    parameters = question.parameters(*_PARAMETERS)
    weight = _weight(parameters)
    parts = parameters.choices("parts", PARTS) or PARTS
    is_elapsed = parameters.flag("elapsed")
    with question.opened() as (reader, state):
        query = read_query(parameters, state)
        if is_elapsed and query.x != TIMESTAMP:
            raise InvalidArgumentError("elapsed", "1", f"0 or nothing, or x={TIMESTAMP} beside it")
        by = split_column(state, parameters.text("by"))
        engine, table = reader.engine, reader.table
        # Not that of the state, which may be older.
        token = question.workspace.states.token(question.database, reader)
        pieces, others = read_pieces(engine, table, query, by=by, is_elapsed=is_elapsed)
        head: dict[str, Any] = {"runs": [*_runs(pieces, by, is_elapsed=is_elapsed)]}
        if by is not None:
            head |= {"by": by, "others": others}
        buckets = [bucket for piece in pieces for bucket in piece.buckets]
        smoothed = None
        if weight is not None:
            rows = (smooth_piece(engine, table, piece, weight) for piece in pieces)
            smoothed = [row for some in rows for row in some]
        columns = range(len(query.y))
        return Binary(pack(query, buckets, token, columns, parts, smoothed, head))


def _runs(
    pieces: Iterable[Piece], by: str | None = None, *, is_elapsed: bool = False
) -> Iterator[dict[str, Any]]:
    """Yield for each line whose it is, and which of the buckets are its own."""
    offset = 0
    for piece in pieces:
        for track_id, group in groupby(piece.buckets, lambda bucket: bucket.track_id):
            some = [*group]
            rows = sum(bucket.rows for bucket in some)
            line = {"track_id": track_id, "rows": rows, "offset": offset, "length": len(some)}
            line |= {"by": to_json(piece.value)} if by is not None else {}
            line |= {"begin": piece.begin} if is_elapsed else {}
            yield line
            offset += len(some)


def _range(query: SeriesQuery, buckets: Sequence[Bucket]) -> tuple[float, float]:
    """Return the range of the axis; where there is nothing, any is as good as another."""
    low = query.low if query.low is not None else min((b.low for b in buckets), default=0.0)
    high = query.high if query.high is not None else max((b.high for b in buckets), default=1.0)
    return low, high


def pack(
    query: SeriesQuery,
    buckets: Sequence[Bucket],
    token: str,
    places: Sequence[int],
    parts: Sequence[str] = PARTS,
    smoothed: Sequence[Sequence[float | None]] | None = None,
    head: Mapping[str, Any] | None = None,
) -> bytes:
    """Return buckets as a page reads them.

    Parameters
    ----------
    query
        What was read.
    buckets
        What it gave.
    token
        What the table's token was before.
    places
        Which of the query's columns are wanted, by their places in it.
    parts
        Which numbers of a bucket are wanted.
    smoothed
        Smoothed numbers of each bucket, by column; None for none.
    head
        What is told beside the numbers in another way than here.
    """
    columns = _columns(query.y, places, buckets, parts)
    if smoothed is not None:
        for at, name in enumerate(query.y):
            cells = [row[at] for row in smoothed]
            columns.add(f"{name}:smooth", precision([cells]), cells)
    low, high = _range(query, buckets)
    return columns.pack(
        {
            "token": token,
            "x": query.x,
            "low": number(low),
            "high": number(high),
            "buckets": query.buckets,
            "runs": [*_runs([Piece(query=query, buckets=buckets)])],
            "y": [query.y[at] for at in places],
            **(head or {}),
        }
    )


def read_query(parameters: Parameters, state: TableState) -> SeriesQuery:
    """Return the query of a request.

    Parameters
    ----------
    parameters
        Those of the request.
    state
        The table.

    Raises
    ------
    InvalidArgumentError, ColumnNotFoundError
        It wants what there is not.
    """
    table = state.reader.table
    expected = "the names of columns of numbers, such as y=loss,accuracy"
    parameters.required("y", expected)
    names = parameters.names("y")
    if not 0 < len(names) <= _MOST_COLUMNS:
        raise InvalidArgumentError(
            "y", parameters.text("y"), f"{expected}, {_MOST_COLUMNS} at most"
        )
    low, high = parameters.number("low"), parameters.number("high")
    if low is not None and high is not None and low > high:
        raise InvalidArgumentError("high", high, f"a number from low={low} on")
    return SeriesQuery(
        y=tuple(number_column(state, name) for name in names),
        x=read_axis(parameters, state),
        runs=parameters.names("runs") or None,
        where=parse_conditions(parameters.text("where"), state.columns, table),
        low=low,
        high=high,
        buckets=parameters.whole("buckets", BUCKETS, least=1, most=_MOST_BUCKETS),
    )


def read_axis(parameters: Parameters, state: TableState) -> str | None:
    """Return the column of the axis; None for the place of a row in its run.

    Parameters
    ----------
    parameters
        Those of the request.
    state
        The table.
    """
    name = parameters.text("x")
    return name if name == TIMESTAMP else number_column(state, name) if name else None


def split_column(state: TableState, name: str) -> str | None:
    """Return the column by whose values lines are split; None for an empty name.

    Parameters
    ----------
    state
        The table.
    name
        Its name.

    Raises
    ------
    ColumnNotFoundError
        There is no such column.
    """
    names = [each.name for each in state.columns]
    if name and name not in names:
        raise ColumnNotFoundError(name, state.reader.table, names)
    return name or None


def number_column(state: TableState, name: str) -> str:
    """Return the name of a column of numbers.

    Parameters
    ----------
    state
        The table.
    name
        The name, or the key as it was logged.

    Raises
    ------
    ColumnNotFoundError
        There is no such column, or it holds no numbers.
    """
    numbers = [
        each for each in state.columns if each.kind in {"number", "bool"} and not each.is_fixed
    ]
    for column in numbers:
        if name == column.name:
            return name
    for column in numbers:
        if name == column.key:
            return column.name
    raise ColumnNotFoundError(name, state.reader.table, [each.name for each in numbers])


def _weight(parameters: Parameters) -> float | None:
    weight = parameters.number("smooth")
    if weight is None or weight == 0:
        return None
    if not 0 < weight < 1:
        raise InvalidArgumentError("smooth", weight, "a number from 0 to below 1, such as 0.9")
    return weight


def _columns(
    names: Sequence[str], places: Sequence[int], buckets: Sequence[Bucket], parts: Sequence[str]
) -> Columns:
    columns = Columns()
    columns.add("x_low", "f64", [bucket.low for bucket in buckets])
    columns.add("x_high", "f64", [bucket.high for bucket in buckets])
    columns.add("rows", "u32", [bucket.rows for bucket in buckets])
    for at in places:
        name = names[at]
        values = [bucket.values[at] for bucket in buckets]
        by_part = {
            part: [getattr(each, _FIELDS.get(part, part)) for each in values] for part in parts
        }
        kind = precision(by_part.values())
        for part, cells in by_part.items():
            columns.add(f"{name}:{part}", kind, cells)
        columns.add(f"{name}:odd", "u32", map(_odd, values))
    return columns


def _odd(values: BucketValues) -> int:
    """Return which cells there are beside finite numbers, as bits."""
    counts = (values.nan, values.infinite, values.negative_infinite, values.missing)
    return sum(1 << bit for bit, count in enumerate(counts) if count)
