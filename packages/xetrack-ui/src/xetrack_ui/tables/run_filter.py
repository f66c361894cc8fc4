"""The box above the runs: a condition of SQL on what is known of each run.

The runs are rows of a table in memory, of the core's own SQLite engine, which runs the condition as
it runs any statement of a user: it can only read, and ends in time. So the box is the same for
every database, also for those that run no SQL.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from xetrack.errors import QueryError, near
from xetrack.interfaces.engine import Field, Settings
from xetrack.model.kinds import NotPlainError, kind_of
from xetrack.model.names import TIMESTAMP, TRACK_ID
from xetrack.opening import open_engine
from xetrack_ui.tables.runs import FIELDS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from xetrack.interfaces.engines.sql import RunsSQL
    from xetrack.model.kinds import Value
    from xetrack_ui.tables.state import TableState

TABLE = "runs"
"""The table in memory."""

TIMEOUT = 10.0
"""Seconds after which a condition is stopped."""

_ENDS = ("min", "max")


def filter_runs(state: TableState, where: str) -> set[str]:
    """Return the runs that a condition is true for.

    Parameters
    ----------
    state
        The table.
    where
        A condition of SQL. Its names are those of the fields of a run, of params, of metrics for
        their last values, and ``"loss:min"`` or ``"loss:max"`` for the others.

    Raises
    ------
    QueryError
        It is none, or takes too long.
    """
    mentioned = tuple(name for name in state.metrics if name in where)
    engine = state.remember(f"_filter {mentioned!r}", lambda each: _fill(each, mentioned))
    try:
        rows = engine.sql(f"SELECT {TRACK_ID} FROM {TABLE} WHERE (\n{where}\n)", timeout=TIMEOUT)  # noqa: S608 - by its user, who may only read
    except QueryError as error:
        names = filter_names(state)
        word = error.reason.rpartition(" ")[2].strip("\"'`")
        hint = near(word, names) + "Type a condition of SQL, such as: status = 'finished'"
        raise QueryError(where, error.reason, hint) from error
    return {row[0] for row in rows.rows}


def filter_names(state: TableState) -> list[str]:
    """Return the names that a condition may have.

    Parameters
    ----------
    state
        The table.
    """
    ends = [f"{name}:{end}" for name in state.metrics for end in _ENDS]
    return list(dict.fromkeys([*FIELDS, *state.params, *state.metrics, *ends]))


def _fill(state: TableState, metrics: Sequence[str]) -> RunsSQL:
    """Return an engine in memory with a row for each run."""
    rows = _rows(state, metrics)
    names = dict.fromkeys([TIMESTAMP, *FIELDS, *state.params, *metrics])
    names |= dict.fromkeys(f"{name}:{end}" for name in metrics for end in _ENDS)
    fields = [
        Field(name, frozenset(kind for row in rows if (kind := kind_of(row.get(name)))))
        for name in names
    ]
    engine = open_engine(":memory:", "sqlite", Settings())
    if rows:
        engine.inserter(TABLE, fields).write([[row.get(name) for name in names] for row in rows])
    else:
        engine.add_columns(TABLE, fields)
    return cast("RunsSQL", engine)


def _rows(state: TableState, metrics: Sequence[str]) -> list[Mapping[str, Value]]:
    figures = state.figures(metrics)
    rows: list[Mapping[str, Value]] = []
    for track_id, run in state.runs.items():
        row: dict[str, Any] = {name: _plain(value) for name, value in run.params.items()}
        for name in metrics:
            values = figures[name].get(track_id)
            if values is not None:
                row[name] = values.last
                row |= {f"{name}:min": values.minimum, f"{name}:max": values.maximum}
        row |= {name: _field(run.value(name)) for name in FIELDS}
        rows.append({**row, TIMESTAMP: str(run.span.first or "")})
    return rows


def _field(value: Any) -> Value:
    """Return a field as a condition sees it: times are texts that sort as times."""
    return value.isoformat() if hasattr(value, "isoformat") else _plain(value)


def _plain(value: Any) -> Value:
    try:
        kind_of(value)
    except NotPlainError:  # what a driver returned
        return str(value)
    plain: Value = value
    return plain
