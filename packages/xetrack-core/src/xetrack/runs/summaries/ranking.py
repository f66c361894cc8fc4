"""The best run of a table, by one metric."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any, TypeAlias

from xetrack.errors import InvalidArgumentError
from xetrack.interfaces.engines.repeats import read_whole
from xetrack.interfaces.query import Query
from xetrack.model.names import TRACK_ID
from xetrack.runs.summaries.table import summarize_run

if TYPE_CHECKING:
    from xetrack.interfaces.engine import Engine
    from xetrack.model.kinds import Value

Number: TypeAlias = int | float | Decimal

LAST, BEST = SUMMARIES = ("last", "best")
"""What stands for a run with several rows: the value of the last one, or the best of all."""


def find_best_run(
    engine: Engine, table: str, column: str, *, maximize: bool, summary: str
) -> dict[str, Value]:
    """Return the summary of the run with the best value of a column.

    Parameters
    ----------
    engine, table, column
        The column, by its name.
    maximize
        Whether a larger number is better.
    summary
        One of `SUMMARIES`.

    Returns
    -------
    dict
        See `summarize_run`; the column has the value that counted.

    Raises
    ------
    InvalidArgumentError
        No run has a number, or there is no such summary.
    """
    if summary not in SUMMARIES:
        raise InvalidArgumentError("summary", summary, " or ".join(map(repr, SUMMARIES)))
    sign = 1 if maximize else -1
    values = read_whole(engine, lambda: _values(engine, table, column, summary, sign))
    numbers = {run: number for run, cell in values.items() if (number := _number(cell)) is not None}
    if not numbers:
        raise InvalidArgumentError("column", column, "a column with numbers")
    best = max(numbers, key=lambda run: numbers[run] * sign)
    return summarize_run(engine, table, best, {column: values[best]})


def _values(engine: Engine, table: str, column: str, summary: str, sign: int) -> dict[str, Value]:
    """Return the value that counts of each run."""
    values: dict[str, Value] = {}
    for ids, cells in engine.read(table, Query(columns=(TRACK_ID, column))).batches:
        for track_id, cell in zip(ids, cells, strict=True):
            if cell is None or not isinstance(track_id, str):
                continue
            number = _number(cell)
            before = _number(values.get(track_id))
            # The last value counts as it is: a run whose loss became nan has no number any more.
            if summary == LAST or (
                number is not None and (before is None or number * sign > before * sign)
            ):
                values[track_id] = cell
    return values


def _number(cell: Any) -> Number | None:
    """Return a cell as a number, a duration as its seconds; None for nan and for all else."""
    if isinstance(cell, timedelta):
        return cell.total_seconds()
    if isinstance(cell, bool) or not isinstance(cell, Number):
        return None
    is_nan = cell.is_nan() if isinstance(cell, Decimal) else cell != cell  # noqa: PLR0124
    return None if is_nan else cell
