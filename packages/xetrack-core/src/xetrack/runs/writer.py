"""The writer of one tracker's record: its run begins, changes and ends."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from xetrack.errors import XetrackError, report
from xetrack.runs.events import EventKind, RunEvents
from xetrack.runs.processes import this_process

if TYPE_CHECKING:
    from collections.abc import Mapping

    from xetrack.interfaces.engine import Engine
    from xetrack.interfaces.runs import Run
    from xetrack.interfaces.runs.record import RunRecord
    from xetrack.model.kinds import Value
    from xetrack.runs.recorders.chosen import Recorders
    from xetrack.runs.recorders.usual import UsualRecorders

_LONGEST = 2_000
"""Characters of an error's message that are kept."""


class RunWriter:
    """Writes the events of one tracker's run; it is told of them as run hooks are.

    What cannot be written costs no row: it is reported once.

    **Thread safety.** Any thread may call it.

    Parameters
    ----------
    engine, table
        Where the rows go, and with them the record.
    details
        What the user gave: name, group, parent, tags and notes.
    recorders
        What else writes facts down; None for nothing.
    """

    def __init__(
        self,
        engine: Engine,
        table: str,
        details: Mapping[str, Value],
        recorders: Recorders | UsualRecorders | None,
    ) -> None:
        self._engine = engine
        self._events = RunEvents(engine)
        self._table = table
        self._details: dict[str, Value] = dict(details)
        self._recorders = recorders
        self._run: Run | None = None
        self._resumed = False
        self._facts: dict[str, dict[str, Any]] = {}
        self._waiting: list[tuple[EventKind, str, dict[str, Any]]] = []
        self._has_failed = False

    def resume(self, record: RunRecord | None) -> None:
        """Have the next begin count as that of a run which goes on, with what was said of it.

        Parameters
        ----------
        record
            The record of the run; None if it has none.
        """
        self._resumed = True
        if record is not None:
            known = {name: getattr(record, name) for name in ("name", "group", "parent", "notes")}
            self._details = {**{k: v for k, v in known.items() if v is not None}, **self._details}
            tags: Any = self._details.get("tags", [])
            self._details["tags"] = list(dict.fromkeys([*record.tags, *tags]))

    @property
    def details(self) -> dict[str, Value]:
        """A copy of name, group, parent, tags and notes, as they are known here."""
        return dict(self._details)

    def open_run(self, run: Run) -> None:
        """Note that the run begins; `wait` writes it.

        Parameters
        ----------
        run
            The run, with its params and its process.
        """
        self._run = run
        began: dict[str, Any] = {
            **self._details,
            "process": run.process.get("process"),
            # One cell: each column more makes the first row of a database wait.
            "machine": {name: fact for name, fact in run.process.items() if name != "process"},
            "params": dict(run.params) or None,
            "resumed": self._resumed or None,
        }
        self._waiting.append((EventKind.BEGAN, run.track_id, began))
        for recorder, facts in self._facts.items():
            event = {"recorder": recorder, "facts": facts}
            self._waiting.append((EventKind.FACTS, run.track_id, event))
        if self._recorders is not None:
            self._recorders.begin(run)

    def close_run(self, run: Run, error: BaseException | None) -> None:
        """Note that the run ends; `wait` writes it.

        Parameters
        ----------
        run
            The run, with its params at the end.
        error
            What ended it; None if nothing went wrong.
        """
        ended: dict[str, Any] = {
            "process": str(this_process()),
            "params": dict(run.params) or None,
            **_how_it_ended(error),
        }
        if self._recorders is not None:
            self._recorders.end(run)
        self._waiting.append((EventKind.ENDED, run.track_id, ended))
        self._run, self._resumed = None, False

    def wait(self) -> None:
        """Write what waits, and see that the recorders do their work."""
        while True:
            try:
                kind, track_id, event = waiting = self._waiting.pop(0)
            except IndexError:  # nothing, or another thread does it
                return
            try:
                if kind is EventKind.ENDED and self._recorders is not None:
                    self._recorders.finish(self.write_facts)
                self._write(kind, track_id, event)
            except BaseException:  # Ctrl-C; written twice, it says the same
                self._waiting.insert(0, waiting)
                raise
            if kind is EventKind.ENDED and self._details.get("group"):
                from xetrack.runs.summaries.outcome import print_outcome  # noqa: PLC0415 - of groups

                print_outcome(self._engine, self._table, track_id)
            if kind is EventKind.BEGAN and self._recorders is not None:
                self._recorders.start(self.write_facts)

    def write_facts(self, track_id: str, recorder: str, facts: Mapping[str, Any]) -> None:
        """Write what a recorder returned.

        Parameters
        ----------
        track_id
            The run.
        recorder
            Name of the recorder.
        facts
            Values of JSON.
        """
        event = {"recorder": recorder, "facts": self._shared(facts)}
        self._write(EventKind.FACTS, track_id, event)

    def add_facts(self, recorder: str, facts: Mapping[str, Any]) -> None:
        """Write facts of the program's own, from the begin of the run on if it has not begun yet.

        They hold for the runs that this tracker begins later, too.

        Parameters
        ----------
        recorder
            The name under which they stand.
        facts
            Values of JSON.
        """
        self._facts[recorder] = {**self._facts.get(recorder, {}), **facts}
        if self._run is not None:
            self.write_facts(self._run.track_id, recorder, facts)

    def _shared(self, facts: Mapping[str, Any]) -> Mapping[str, Any]:
        try:
            return self._events.share(facts)
        except XetrackError:  # writing the event will fail too, and be reported
            return facts

    def is_calling(self) -> bool:
        """Return False: nothing here calls anybody who might log."""
        return False

    def change(self, changes: Mapping[str, Any]) -> None:
        """Change what is known of the run, from its begin on if it has not begun yet.

        Parameters
        ----------
        changes
            New texts by name; ``tags`` and ``removed_tags`` are lists.
        """
        removed = changes.get("removed_tags", ())
        for name, value in changes.items():
            if name == "tags":
                tags: Any = self._details.get("tags") or []
                self._details["tags"] = list(dict.fromkeys([*tags, *value]))
            elif name != "removed_tags":
                self._details[name] = value
        if removed:
            tags = self._details.get("tags") or []
            self._details["tags"] = [tag for tag in tags if tag not in removed]
        if self._run is not None:
            self._write(EventKind.CHANGED, self._run.track_id, dict(changes))

    def _write(self, kind: EventKind, track_id: str, event: dict[str, Any]) -> None:
        try:
            self._events.add(kind, track_id, self._table, event)
        except XetrackError as error:
            if not self._has_failed:
                self._has_failed = True
                report(f"The record of the run {track_id!r} is not complete. {error}")


def _how_it_ended(error: BaseException | None) -> dict[str, Any]:
    from xetrack.interfaces.runs.record import RunStatus  # noqa: PLC0415 - at the end only

    if error is None:
        return {"status": str(RunStatus.FINISHED)}
    interrupted = isinstance(error, KeyboardInterrupt)
    return {
        "status": str(RunStatus.INTERRUPTED if interrupted else RunStatus.FAILED),
        "error_type": type(error).__qualname__,
        "error_message": _message_of(error),
    }


def _message_of(error: BaseException) -> str:
    try:
        return str(error)[:_LONGEST]
    except Exception:  # noqa: BLE001 - of a class of the user's
        return ""
