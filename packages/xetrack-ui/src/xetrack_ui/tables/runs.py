"""The runs of a table as the page lists them: their records, and the spans of their rows."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from xetrack.interfaces.runs.record import RunRecord, RunStatus
from xetrack_ui.tables.spans import ShownSpan

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from xetrack.model.kinds import Value

TEXTS = ("name", "group", "parent", "notes", "host", "user")
"""Fields of a record that are texts."""

FIELDS = (
    "track_id",
    *TEXTS,
    "tags",
    "status",
    "started",
    "ended",
    "duration",
    "first",
    "last",
    "rows",
)
"""The names by which runs can be sorted, beside params and metrics."""


@dataclass(frozen=True, slots=True)
class ShownRun:
    """A run with its record and the span of its rows, of which one may be missing."""

    record: RunRecord
    """Of the status `RunStatus.UNKNOWN` where there are only rows."""
    span: ShownSpan
    params: Mapping[str, Value] = field(default_factory=dict)
    """By the names of their columns."""
    number: int = 0
    """Its place among the runs of the table."""

    @property
    def track_id(self) -> str:
        """The run."""
        return self.record.track_id

    @property
    def started(self) -> datetime | None:
        """When it began: as its record says, else its first row."""
        return self.record.started or self.span.began

    def seconds(self, now: datetime) -> float | None:
        """Return how long it took, or takes already; None where nobody knows.

        Parameters
        ----------
        now
            This moment.
        """
        record, began, ended = self.record, self.started, self.span.ended
        if record.duration is not None:
            return record.duration.total_seconds()
        if record.status is RunStatus.RUNNING:
            ended = now
        return None if began is None or ended is None else (ended - began).total_seconds()

    def value(self, name: str) -> Value:
        """Return a field by which runs are sorted.

        Parameters
        ----------
        name
            One of `FIELDS`.
        """
        make = _VALUES.get(name)
        value: Value = getattr(self.record, name) if make is None else make(self)
        return value


_VALUES: Mapping[str, Callable[[ShownRun], Any]] = {
    "tags": lambda run: ", ".join(run.record.tags) or None,
    "status": lambda run: str(run.record.status),
    "started": lambda run: run.started,
    "duration": lambda run: run.seconds(datetime.now(UTC)),
    "first": lambda run: run.span.began,
    "last": lambda run: run.span.ended,
    "rows": lambda run: run.span.rows,
}
"""Those fields that a record does not have as they are shown."""


def list_runs(
    table: str,
    records: Mapping[str, RunRecord],
    spans: Mapping[str, ShownSpan],
    columns: Mapping[str, str],
    inferred: Mapping[str, Mapping[str, Value]],
) -> dict[str, ShownRun]:
    """Return the runs of a table, the one that began first first.

    Parameters
    ----------
    table
        Name of the table.
    records, spans
        Records, and the spans of rows, by run.
    columns
        Names of columns by key.
    inferred
        Params of runs without a record, by run and column.
    """
    known = []
    earliest = datetime.min.replace(tzinfo=UTC)
    for track_id in dict.fromkeys([*spans, *records]):
        record = records.get(track_id)
        span = spans.get(track_id) or ShownSpan()
        if record is None:
            record = RunRecord(track_id=track_id, status=RunStatus.UNKNOWN, table=table)
            params = inferred.get(track_id, {})
        elif span.rows or record.started is not None:
            params = {columns.get(key, key): value for key, value in record.params.items()}
        else:  # somebody but gave it a tag
            continue
        known.append((record.started or span.began or earliest, record, span, params))
    known.sort(key=lambda each: each[0])
    return {
        run.track_id: ShownRun(run, span, params, number)
        for number, (_, run, span, params) in enumerate(known)
    }


def param_names(runs: Iterable[ShownRun]) -> list[str]:
    """Return the names of params, those that are not the same in all runs first.

    Parameters
    ----------
    runs
        The runs.
    """
    first: dict[str, str] = {}
    differing: dict[str, None] = {}
    number: dict[str, int] = {}
    count = 0
    for count, run in enumerate(runs, start=1):  # noqa: B007 - counted at the end
        for name, value in run.params.items():
            text = repr(value)
            number[name] = number.get(name, 0) + 1
            if first.setdefault(name, text) != text:
                differing[name] = None
    differing |= {name: None for name in first if number[name] < count}
    return [name for name in first if name in differing] + [
        name for name in first if name not in differing
    ]
