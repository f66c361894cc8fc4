"""The table of `xt runs`: what is shown of each run, and what programs get."""

from __future__ import annotations

import platform
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from xetrack.errors import ColumnNotFoundError
from xetrack.interfaces.runs.record import RunStatus
from xetrack.model.names import BOOKKEEPING, ERROR
from xetrack_cli.queries.run_facts import error_of
from xetrack_cli.queries.run_list import ListedRun, RunList, differing_params, moment_of
from xetrack_cli.render.brief import brief_age, brief_duration, brief_text, brief_values
from xetrack_cli.render.cells import Pairs, is_measure, text_of
from xetrack_cli.render.model import Report, Table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xetrack_cli.queries.table_query import TableQuery

_EXACT = (
    *("track_id", "name", "status", "group", "tags", "started", "ended"),
    *("rows", "first", "last", "seconds", "params", "results", "error"),
)
_OWN = {"track_id": 0, "status": 1, "age": 3, "duration": 3, "rows": 4, "name": 3}
"""What is shown of the record, each with its rank."""

_LONGEST = 40
"""Places of a param or a result."""

_PARAM, _RESULT, _ERROR = 2, 2, 3
"""The ranks of the other columns."""


class RunTable:
    """Some runs with their params and results.

    Parameters
    ----------
    query
        The table of their rows.
    listed
        The runs.
    values
        The params and the results of each, by the names of their columns.
    """

    def __init__(
        self,
        query: TableQuery,
        listed: RunList,
        values: Sequence[tuple[dict[str, Any], dict[str, Any]]],
    ) -> None:
        self._query = query
        self._runs = listed.runs
        self._now = datetime.now(UTC)
        self._params = [params for params, _ in values]
        self._results = [results for _, results in values]
        differing = {self._column(key) for key in listed.differing}
        self._differing = differing | differing_params(self._params)
        if listed.total == 1:
            self._differing = {*_names(self._params)}
        self._first: str | None = None

    def put_first(self, name: str) -> None:
        """Never leave out a column, by which the runs are sorted.

        Parameters
        ----------
        name
            The column, or the key that was logged.
        """
        self._first = self._column(name)

    def same_in_all(self) -> str | None:
        """Return the params that are the same in all runs; nothing for none, or for one run."""
        if len(self._runs) < 2:  # noqa: PLR2004
            return None
        shared = {*self._differing, self._first}
        return brief_values({k: v for k, v in self._params[0].items() if k not in shared})

    def brief(self) -> Table:
        """Return the table for people."""
        own = [self._own_cells(run) for run in self._runs]
        columns = {(name, rank): [cells[name] for cells in own] for name, rank in _OWN.items()}
        if not any(columns["name", _OWN["name"]]):
            del columns["name", _OWN["name"]]
        params = [name for name in _names(self._params) if name in self._differing | {self._first}]
        results = [name for name in _names(self._results) if name not in BOOKKEEPING]
        # Of what the runs are sorted by, one wants to know what led to it.
        rank_of_results = _RESULT if self._first is None else _RESULT + 1
        for names, rank, cells in (
            (params, _PARAM, self._params),
            (results, rank_of_results, self._results),
        ):
            for name in names:
                columns[name, rank] = [_brief(each.get(name)) for each in cells]
        errors = [*map(self._error, self._runs, self._results)]
        if any(errors):
            columns[ERROR, _ERROR] = [_brief(error) for error in errors]
        return Table(
            names=tuple(name for name, _ in columns),
            rows=list(zip(*columns.values(), strict=True)),
            ranks=[0 if name == self._first else rank for name, rank in columns],
            firm=2,
            selectable=True,
        )

    def exact(self) -> Table:
        """Return the table for programs."""
        rows = [
            [*self._exact_cells(*each).values()]
            for each in zip(self._runs, self._params, self._results, strict=True)
        ]
        return Table(names=_EXACT, rows=rows)

    def chosen(self, names: Sequence[str]) -> Report:
        """Return the columns that were chosen, for people and for programs.

        Parameters
        ----------
        names
            As they were typed.

        Raises
        ------
        ColumnNotFoundError
            There is no such param, result or column.
        """
        known = {*_OWN, *_EXACT, *_names(self._params), *_names(self._results)}
        columns = [self._column(name) for name in names]
        for column in columns:
            if column not in known and self._query.find_column(column) is None:
                raise ColumnNotFoundError(column, self._query.table, sorted(known))
        brief, exact = [], []
        for run, params, results in zip(self._runs, self._params, self._results, strict=True):
            values = {**params, **results}
            own = self._exact_cells(run, params, results)
            exact.append([values.get(name, own.get(name)) for name in columns])
            shown = {**own, **self._own_cells(run)}
            brief.append([_whole(values.get(name, shown.get(name))) for name in columns])
        ranks = [0] * len(columns)
        table = Table(names=tuple(columns), rows=brief, ranks=ranks, selectable=True)
        return Report((table,), Table(names=tuple(columns), rows=exact))

    def _column(self, name: str) -> str:
        """Return the name of a column for what was typed, or for the key of a param."""
        column = self._query.find_column(name)
        return name if column is None else column.name

    def _own_cells(self, run: ListedRun) -> dict[str, Any]:
        """Return what is shown of a record, by the names of `_OWN`."""
        seconds, begun = run.seconds(self._now), run.started
        return {
            "track_id": run.span.track_id,
            "status": _status(run, self._now),
            "age": None if begun is None else brief_age((self._now - begun).total_seconds()),
            "duration": None if seconds is None else brief_duration(seconds),
            "rows": run.span.rows,
            "name": brief_text(run.record.name),
        }

    def _exact_cells(
        self, run: ListedRun, params: dict[str, Any], results: dict[str, Any]
    ) -> dict[str, Any]:
        """Return what the record and the rows say, by the names of `_EXACT`."""
        record, span = run.record, run.span
        return {
            "track_id": span.track_id,
            "name": record.name,
            "status": str(record.status),
            "group": record.group,
            "tags": list(record.tags),
            "started": record.started,
            "ended": record.ended,
            "rows": span.rows,
            "first": span.first,
            "last": span.last,
            "seconds": run.seconds_of_rows,
            "params": Pairs(params),
            "results": Pairs(results),
            "error": self._error(run, results),
        }

    @staticmethod
    def _error(run: ListedRun, results: dict[str, Any]) -> str | None:
        """Return what ended a run, or else the last error of its calls."""
        return error_of(run.record) or results.get(ERROR) or None


def _brief(value: Any) -> Any:
    """Return a number as it is, and anything else as a short text."""
    return value if value is None or is_measure(value) else brief_text(text_of(value), _LONGEST)


def _whole(value: Any) -> Any:
    """Return a number as it is, and anything else as a text in one line."""
    return value if value is None or is_measure(value) else " ".join(text_of(value).split())


def _names(values: list[dict[str, Any]]) -> list[str]:
    return [*dict.fromkeys(name for each in values for name in each)]


def _status(run: ListedRun, now: datetime) -> str:
    """Return the status; where nobody can see the process, with the age of the last row."""
    record = run.record
    last = moment_of(run.span.last)
    if record.status is not RunStatus.RUNNING or record.host == platform.node():
        return str(record.status)
    if last is None:
        return f"{record.status} on {brief_text(record.host)}" if record.host else record.status
    return f"{record.status}, row {brief_age((now - last).total_seconds())} ago"
