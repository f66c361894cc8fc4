"""Buckets of runs whose rows lie together and in the order of the axis: range by range of rows.

SQLite groups by sorting. Rows are mostly logged run by run, along the axis; then all rows of a
bucket are neighbours, and each bucket is one statement over a range of rows, which sorts nothing.
Where a bucket ends is searched for as if this were so. Whether it is so shows in the answer: a
range is right if its smallest and its largest x are in one bucket.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from xetrack.builtin.sqlite.reading import number_series
from xetrack.interfaces.engines.series.statements import ENDS, FIGURES, OF_BUCKET
from xetrack.interfaces.runs.spans import RunSpan

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Collection, Iterator, Sequence

    from xetrack.builtin.sqlite.reading.row_axes import Axis

_FEWEST = 64
"""Rows of a range up to which it is quicker to sort the rows than to ask for each range."""

_SMALL = 8
"""So many times as many rows has a table of which some are found quicker by their numbers."""

_SHARE = 2
"""So many times as many ranges as expected are read, before the rest is left to sorting."""

_TEXTS = frozenset({str, type(None)})

_TOTAL = 3
"""Where the sum stands among the figures of a column, behind count, smallest and largest."""


class _MixedError(Exception):
    """A range has rows of two buckets, or what is no finite number: the rows have to be sorted."""


class RunRows(NamedTuple):
    """All rows of a table from one to another, which are of one run."""

    run: str
    first: int
    last: int
    """The numbers of the first and the last row; there may be gaps between them, as large as any
    run that was deleted."""
    position: int
    """How many rows of the run are before them."""


@dataclass(frozen=True, slots=True)
class TableRuns:
    """The runs of a table, or some of them."""

    runs: Sequence[RunRows]
    """As they lie one after another."""
    of: int
    """The rows of the table, and the gaps between them."""

    def only(self, names: Collection[str] | None) -> TableRuns:
        """Return those that are wanted.

        Parameters
        ----------
        names
            Track ids; None for all.
        """
        if names is None:
            return self
        wanted = frozenset(names)
        return TableRuns([run for run in self.runs if run.run in wanted], self.of)

    @property
    def rows(self) -> int:
        """How many rows they have, and gaps between them."""
        return sum(run.last - run.first + 1 for run in self.runs)

    @property
    def is_small_part(self) -> bool:
        """Whether it is quicker to look their rows up than to read the whole table."""
        return self.rows * _SMALL <= self.of

    def is_in_ranges(self, buckets: int, *, is_time: bool = False) -> bool:
        """Return True if so many rows are in each bucket that a statement for each is quicker.

        Parameters
        ----------
        buckets
            Number of parts of the axis.
        is_time
            Whether that is time. Then runs mostly follow one another, so that each has a share of
            the buckets only; and rows take twice as long to sort.
        """
        rows = self.of if is_time else self.rows
        return _expected(self.runs, buckets) * _FEWEST <= rows


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """The table that is read."""

    connection: sqlite3.Connection
    """In a transaction."""
    table: str
    """The table, quoted."""
    row: str
    """The number of a row, ascending in the order logged."""
    run: str
    """The column of the track id, quoted."""
    names: Sequence[str]
    """The columns of y, quoted: of numbers, none of them nan."""


def numbers(rows: Rows) -> str:
    """Return a subquery with the numbers of all rows in some ranges, of which gaps are no part.

    Parameters
    ----------
    rows
        The table. The one parameter of the subquery is a JSON array of first and last numbers.
    """
    return (
        f"(SELECT own.{rows.row} FROM json_each(?) AS part CROSS JOIN {rows.table} AS own ON "
        f"own.{rows.row} BETWEEN json_extract(part.value, '$[0]') "
        f"AND json_extract(part.value, '$[1]'))"
    )


def find_runs(rows: Rows) -> TableRuns | None:
    """Return the runs of a table, as they lie one after another.

    Parameters
    ----------
    rows
        The table.

    Returns
    -------
    TableRuns or None
        None where the rows of runs lie among each other.
    """
    table, row, run = rows.table, rows.row, rows.run
    outermost = f"SELECT (SELECT min({row}) FROM {table}), (SELECT max({row}) FROM {table})"
    ((first, last),) = rows.connection.execute(outermost)
    if first is None:
        return None
    most = (last - first + 1) // _FEWEST
    sql = (
        f"WITH RECURSIVE xetrack_begun (row, run) AS ("
        f"SELECT * FROM (SELECT {row}, {run} FROM {table} ORDER BY {row} LIMIT 1) UNION ALL "
        f"SELECT own.{row}, own.{run} FROM xetrack_begun AS begun "
        f"JOIN {table} AS own ON own.{row} = ("
        f"SELECT other.{row} FROM {table} AS other WHERE other.{row} > begun.row "
        f"AND other.{run} IS NOT begun.run ORDER BY other.{row} LIMIT 1)) "
        f"SELECT json_group_array(json_array(row, iif(typeof(run) = 'text', run, NULL), "
        f"(SELECT max(own.{row}) FROM {table} AS own WHERE own.{row} < begun.row))) "
        f"FROM (SELECT * FROM xetrack_begun LIMIT ?) AS begun"
    )
    begins = _only_cell(rows, sql, most + 1)
    if len(begins) > most:
        return None
    positions: dict[str, int] = {}
    runs = []
    ends = [*(before for _, _, before in begins[1:]), last]
    for (begin, name, _), end in zip(begins, ends, strict=True):
        if isinstance(name, str):
            position = positions.get(name, 0)
            runs.append(RunRows(name, begin, end, position))
            positions[name] = position + end + 1 - begin
    return TableRuns(runs, last - first + 1)


def read_spans(
    rows: Rows, runs: TableRuns, stamp: str, offset: str | None
) -> dict[str, RunSpan] | None:
    """Return the spans of runs; None where a timestamp or an offset is no text.

    Parameters
    ----------
    rows, runs
        The table, and where its runs lie.
    stamp, offset
        The columns of the timestamp and of its offset, quoted; None for no such column.
    """
    ends = [f"min({stamp})", f"max({stamp})", "NULL" if offset is None else f"min({offset})"]
    # JSON has no bytes: a number stands for what is no text.
    texts = ", ".join(f"iif(typeof({each}) = 'blob', 0, {each})" for each in ends)
    sql = (
        f"SELECT json_group_array((SELECT json_array(xetrack_part.key, count(*), {texts}) "
        f"FROM {rows.table} WHERE {rows.row} BETWEEN json_extract(xetrack_part.value, '$[0]') "
        f"AND json_extract(xetrack_part.value, '$[1]'))) FROM json_each(?) AS xetrack_part"
    )
    ranges = json.dumps([(run.first, run.last) for run in runs.runs])
    spans: dict[str, RunSpan] = {}
    for at, number, first, last, zone in _only_cell(rows, sql, ranges):
        run = runs.runs[at]
        if not _TEXTS.issuperset(map(type, (first, last, zone))):
            return None
        span = RunSpan(number, first, last, zone)
        before = spans.get(run.run)
        spans[run.run] = span if before is None else _joined(before, span)
    return spans


def _only_cell(rows: Rows, sql: str, value: Any) -> Any:
    """Return the one cell of a statement's answer, which is JSON.

    After each row and each statement Python waits for other threads, 5 ms for one that computes:
    10,000 rows, or statements of one row each, took 84 s beside such a thread.
    """
    ((answer,),) = rows.connection.execute(sql, (value,))
    return json.loads(answer)


def _joined(earlier: RunSpan, later: RunSpan) -> RunSpan:
    firsts, lasts, offsets = (
        [text for text in texts if text is not None]
        for texts in zip(earlier[1:], later[1:], strict=True)
    )
    return RunSpan(
        earlier.rows + later.rows,
        min(firsts, default=None),
        max(lasts, default=None),
        min(offsets, default=None),
    )


def _expected(runs: Sequence[RunRows], buckets: int) -> int:
    """Return the number of ranges where the rows of each bucket lie together."""
    return sum(min(run.last - run.first + 1, buckets) for run in runs)


def read(rows: Rows, runs: Sequence[RunRows], axis: Axis, buckets: int) -> list[list[Any]] | None:
    """Return the figures of all buckets, as the statements of number series have them.

    Parameters
    ----------
    rows
        The table.
    runs
        Those that are wanted.
    axis
        The axis.
    buckets
        Number of its parts.

    Returns
    -------
    list of list or None
        A list for each bucket with rows; None where the rows have to be sorted.
    """
    merged: dict[tuple[str, int], list[Any]] = {}
    left = _SHARE * _expected(runs, buckets) + _FEWEST
    try:
        for run in runs:
            for begin, end, _ in _stretches(axis.part_finder(rows, run), run.first, run.last):
                left -= 1
                if left < 0:  # x goes to and fro
                    return None
                line = _figures(rows, run, begin, end, axis)
                if line is not None:
                    _merge(merged, line)
    except _MixedError:
        return None
    lines = [*merged.values()]
    return lines if not lines or axis.is_whole(lines) else None


def _stretches(find: Callable[[int], Any], first: int, last: int) -> Iterator[tuple[int, int, Any]]:
    """Yield first row, last row and what was found, as often as something else is found.

    What is found at both ends of a stretch is taken to be found between them.
    """
    length = 1
    while first <= last:
        value = find(first)
        same, other = first, last + 1
        reach, step = first + length - 1, 1  # most are as long as the one before
        while reach < other:
            if find(reach) == value:
                same, reach, step = reach, reach + step, 2 * step
            else:
                other = reach
        while other - same > 1:
            middle = (same + other) // 2
            if find(middle) == value:
                same = middle
            else:
                other = middle
        yield first, same, value
        first, length = same + 1, same - first + 1


def _figures(rows: Rows, run: RunRows, begin: int, end: int, axis: Axis) -> list[Any] | None:
    """Return the figures of a range of rows; None where it has none."""
    columns = "".join(
        f", count({name}), min({name}), max({name}), total({name})" for name in rows.names
    )
    row = rows.row
    sql = (
        f"SELECT count(*), min({row}), max({row}){axis.columns}{columns} "
        f"FROM {rows.table} WHERE {row} BETWEEN ? AND ?{axis.within}"
    )
    values = (begin, end, *axis.values)
    ((count, least, most, *cells),) = rows.connection.execute(sql, values)
    if not count:
        return None
    place = axis.place(run, count, (begin, end), cells[: axis.number])
    if place is None:
        raise _MixedError
    number, low, high = place
    if number is None:  # not in the range that is wanted
        return None
    line = [run.run, number, least, count, low, high]
    for at, name in enumerate(rows.names):
        figures = cells[axis.number + 4 * at : axis.number + 4 * at + 4]
        ends = (least, most) if figures[0] == count else (None, None)
        if 0 < figures[0] < count:
            sql = (
                f"SELECT min({row}), max({row}) FROM {rows.table} "
                f"WHERE {row} BETWEEN ? AND ?{axis.within} AND {name} IS NOT NULL"
            )
            (ends,) = rows.connection.execute(sql, values)
        line += [*figures, *ends, 0, 0, 0]
    if not number_series.made_floats([line], len(rows.names)):
        raise _MixedError
    return line


def _merge(merged: dict[tuple[str, int], list[Any]], line: list[Any]) -> None:
    """Add the figures of a range to those of its bucket."""
    into = merged.setdefault((line[0], line[1]), line)
    if into is line:
        return
    combine: dict[int, Callable[[Any, Any], Any]] = {2: min, 3: _plus, 4: min, 5: max}
    for begin in range(OF_BUCKET, len(line), FIGURES):
        first, last = ENDS
        combine |= {begin: _plus, begin + 1: min, begin + 2: max, begin + _TOTAL: _plus}
        combine |= {begin + first: min, begin + last: max}
    for place, function in combine.items():
        some = [each for each in (into[place], line[place]) if each is not None]
        into[place] = function(*some) if len(some) > 1 else some[0] if some else None


def _plus(left: Any, right: Any) -> Any:
    return left + right
