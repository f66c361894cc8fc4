"""The runs of a table as the page lists them: their records, and the spans of their rows."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from xetrack.interfaces.runs.record import RunRecord, RunStatus
from xetrack_ui.tables.spans import RunSpan

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

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
    span: RunSpan
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
        values: dict[str, Any] = {
            "track_id": self.track_id,
            "tags": ", ".join(self.record.tags) or None,
            "status": str(self.record.status),
            "started": self.started,
            "ended": self.record.ended,
            "first": self.span.began,
            "last": self.span.ended,
            "rows": self.span.rows,
        }
        if name == "duration":
            return self.seconds(datetime.now(UTC))
        result: Value = values[name] if name in values else getattr(self.record, name)
        return result


def list_runs(
    table: str,
    records: Mapping[str, RunRecord],
    spans: Mapping[str, RunSpan],
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
    runs = []
    for track_id in dict.fromkeys([*spans, *records]):
        record = records.get(track_id)
        span = spans.get(track_id) or RunSpan()
        if record is None:
            unknown = RunRecord(track_id=track_id, status=RunStatus.UNKNOWN, table=table)
            runs.append(ShownRun(unknown, span, inferred.get(track_id, {})))
        elif span.rows or record.started is not None:  # else somebody but gave it a tag
            params = {columns.get(key, key): value for key, value in record.params.items()}
            runs.append(ShownRun(record, span, params))
    earliest = datetime.min.replace(tzinfo=UTC)
    runs.sort(key=lambda run: run.started or earliest)
    return {run.track_id: replace(run, number=number) for number, run in enumerate(runs)}


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
