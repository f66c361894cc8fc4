"""Events become records: what was said last counts, and of several processes the worst end."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from xetrack.interfaces.runs.record import RunRecord, RunStatus
from xetrack.model.names import TRACK_ID
from xetrack.runs.events import EVENT, TABLE, EventKind
from xetrack.runs.processes import is_gone, parse_identity

if TYPE_CHECKING:
    from collections.abc import Iterable

    from xetrack.runs.events import Event

_TEXTS = ("name", "group", "parent", "notes", "error_type", "error_message")
_OF_MACHINE = ("host", "user", "cwd", "python", "platform")
_WORST_FIRST = (
    RunStatus.RUNNING,
    RunStatus.FAILED,
    RunStatus.INTERRUPTED,
    RunStatus.LOST,
    RunStatus.FINISHED,
    RunStatus.UNKNOWN,
)
_STATUSES = {str(status): status for status in RunStatus}


class FoldedRun:
    """The events of one run, folded one after the other.

    Events may come from any hand that could write the database; what has another type than it
    should have is passed over.

    Parameters
    ----------
    track_id, table
        The run.
    """

    def __init__(self, track_id: str, table: str) -> None:
        self.track_id = track_id
        self.table = table
        self.facts: dict[str, dict[str, Any]] = {}
        self._texts: dict[str, Any] = {}
        self._values: dict[str, Any] = {}
        self._tags: dict[str, None] = {}
        self._params: dict[str, Any] = {}
        self._processes: dict[str, RunStatus] = {}
        self._started: datetime | None = None
        self._ended: datetime | None = None

    def add(self, event: Event) -> None:
        """Add the next event.

        Parameters
        ----------
        event
            Its fields by name, as they were read; those of another type than expected do not count.
        """
        for name in _TEXTS:
            if isinstance(text := event.get(name), str):
                self._texts[name] = text
        if "tags" in event or "removed_tags" in event:
            self._change_tags(event)
        if isinstance(event.get("params"), dict):
            self._params.update(event["params"])
        at = event["at"] if isinstance(event.get("at"), datetime) else None
        process = event["process"] if isinstance(event.get("process"), str) else ""
        if event[EVENT] == EventKind.BEGAN:
            self._begin(event, process, at)
        elif event[EVENT] == EventKind.ENDED:
            # A later version may have others.
            self._processes[process] = _STATUSES.get(str(event.get("status")), RunStatus.UNKNOWN)
            self._ended = at
        elif event[EVENT] == EventKind.FACTS and isinstance(event.get("facts"), dict):
            self.facts.setdefault(str(event.get("recorder")), {}).update(event["facts"])

    def _begin(self, event: Event, process: str, at: datetime | None) -> None:
        if event.get("resumed") is True:
            self._processes.clear()  # how it ended before counts no more
        for name in ("error_type", "error_message"):
            self._texts.pop(name, None)
        self._processes[process] = RunStatus.RUNNING
        self._started = self._started or at
        machine = event["machine"] if isinstance(event.get("machine"), dict) else {}
        for name in _OF_MACHINE:
            self._values[name] = machine[name] if isinstance(machine.get(name), str) else None
        self._values["pid"] = machine["pid"] if isinstance(machine.get("pid"), int) else None
        argv = machine.get("argv")
        self._values["argv"] = tuple(map(str, argv)) if isinstance(argv, list) else ()

    def _change_tags(self, event: Event) -> None:
        self._tags |= dict.fromkeys(_words(event.get("tags")))
        for word in _words(event.get("removed_tags")):
            self._tags.pop(word, None)

    def record(self) -> RunRecord:
        """Return the record as of now."""
        status = self._worst()
        return RunRecord(
            track_id=self.track_id,
            table=self.table,
            status=status,
            started=self._started,
            ended=None if status in {RunStatus.RUNNING, RunStatus.LOST} else self._ended,
            tags=tuple(self._tags),
            params=dict(self._params),
            facts=dict(self.facts),
            **self._values,
            **self._texts,
        )

    def _worst(self) -> RunStatus:
        statuses = [
            RunStatus.LOST
            if status is RunStatus.RUNNING and (named := parse_identity(process)) and is_gone(named)
            else status
            for process, status in self._processes.items()
        ]
        return min(statuses, key=_WORST_FIRST.index, default=RunStatus.UNKNOWN)


def _words(value: object) -> list[str]:
    return [*map(str, value)] if isinstance(value, list) else []


def fold_events(events: Iterable[Event]) -> dict[tuple[str, str], FoldedRun]:
    """Fold events by the table and the name of their runs, in the order in which runs began.

    Parameters
    ----------
    events
        In the order in which they were stored.
    """
    folded: dict[tuple[str, str], FoldedRun] = {}
    for event in events:
        table, track_id = event.get(TABLE), event.get(TRACK_ID)
        if isinstance(table, str) and isinstance(track_id, str):
            key = table, track_id
            if key not in folded:
                folded[key] = FoldedRun(track_id, table)
            folded[key].add(event)
    return folded
