"""Params of runs that have no record: the columns that have one value in all rows of each run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from xetrack.errors import QueryError
from xetrack.interfaces.engines.sql import RunsSQL
from xetrack.interfaces.query import Query
from xetrack.model.names import TRACK_ID, quoted

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from xetrack.interfaces.engine import Engine
    from xetrack.model.kinds import Value
    from xetrack_ui.tables.columns import ShownColumn

_AT_ONCE = 100
"""Columns in one statement."""


@dataclass(slots=True)
class _Cells:
    """The cells of a column in the rows of one run."""

    number: int
    least: Any
    most: Any


def infer_params(
    engine: Engine, table: str, columns: Sequence[ShownColumn], runs: Collection[str]
) -> dict[str, dict[str, Value]]:
    """Return what look like params of some runs, by run and column.

    A column counts if it has one value in all rows of each of these runs that have it. Where no
    column of a run changes, as in a run of one row, floats are results.

    Parameters
    ----------
    engine, table
        The table.
    columns
        Its columns.
    runs
        The runs without a record.
    """
    names = [each.name for each in columns if not each.is_fixed and each.kind in {"number", "text"}]
    if not runs or not names:
        return {}
    read = _grouped if isinstance(engine, RunsSQL) else _counted
    cells: dict[str, dict[str, _Cells]] = {run: {} for run in runs}
    rows: dict[str, int] = {}
    for run, number, name, cell in read(engine, table, names, runs):
        rows[run] = number
        cells[run][name] = cell
    changing = {
        name
        for run, by_name in cells.items()
        for name, cell in by_name.items()
        if cell.number and (cell.number < rows[run] or cell.least != cell.most)
    }
    params: dict[str, dict[str, Value]] = {}
    for run, by_name in cells.items():
        is_alone = changing.isdisjoint(name for name, cell in by_name.items() if cell.number)
        params[run] = {
            name: cell.most
            for name, cell in by_name.items()
            if cell.number and name not in changing
            if not (is_alone and isinstance(cell.most, float))
        }
    return params


def _grouped(
    engine: Any, table: str, names: Sequence[str], runs: Collection[str]
) -> Iterator[tuple[str, int, str, _Cells]]:
    for some in _batches(names):
        figures = "".join(
            f", count({quoted(name)}), min({quoted(name)}), max({quoted(name)})" for name in some
        )
        query = f"SELECT {TRACK_ID}, count(*){figures} FROM {quoted(table)} GROUP BY {TRACK_ID}"  # noqa: S608 - names cannot be bound
        try:
            rows = engine.sql(query).rows
        except QueryError:  # another program's column, of a type that has no least value
            continue
        for track_id, number, *cells in rows:
            if track_id in runs:
                for at, name in enumerate(some):
                    yield track_id, number, name, _Cells(*cells[3 * at : 3 * at + 3])


def _batches(names: Sequence[str]) -> Iterator[Sequence[str]]:
    return (names[at : at + _AT_ONCE] for at in range(0, len(names), _AT_ONCE))


def _counted(
    engine: Engine, table: str, names: Sequence[str], runs: Collection[str]
) -> Iterator[tuple[str, int, str, _Cells]]:
    rows: dict[str, int] = {}
    cells: dict[tuple[str, str], _Cells] = {}
    for ids, *columns in engine.read(table, Query(columns=(TRACK_ID, *names))).batches:
        for at, run in enumerate(ids):
            if run not in runs:
                continue
            track_id = str(run)
            rows[track_id] = rows.get(track_id, 0) + 1
            for name, column in zip(names, columns, strict=True):
                _add(cells, (track_id, name), column[at])
    for (run, name), cell in cells.items():
        yield run, rows[run], name, cell


def _add(cells: dict[tuple[str, str], _Cells], place: tuple[str, str], value: Value) -> None:
    if value is None:
        return
    cell = cells.setdefault(place, _Cells(0, value, value))
    cell.number += 1
    if value != cell.most:
        cell.most = value
