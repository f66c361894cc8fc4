"""The recorders that a tracker chose, which work behind the program and delay no row."""

from __future__ import annotations

import json
import threading
from typing import TYPE_CHECKING, Any

from xetrack.configuration.call import RECORDERS
from xetrack.dispatch.fan_out import PartGroup
from xetrack.dispatch.isolated_part import IsolatedPart
from xetrack.dispatch.limits import call_timeout
from xetrack.dispatch.worker import WorkerThread
from xetrack.errors import describe_error, report
from xetrack.interfaces.component import PartKind
from xetrack.interfaces.runs.recorders import Recorder
from xetrack.plugins.registry import registry
from xetrack.runs.recorders.usual import PAUSE

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from xetrack.dispatch.worker import Task
    from xetrack.interfaces.runs import Run

    Write = Callable[[str, str, Mapping[str, Any]], None]


class IsolatedRecorder(IsolatedPart[Recorder]):
    """One recorder.

    Raises
    ------
    InvalidArgumentError
        Its `timeout` is no time.
    """

    kind = PartKind.RECORDER

    def __init__(self, name: str, part: Recorder) -> None:
        super().__init__(name, part)
        self.timeout = call_timeout(part)

    def record(self, method: str, run: Run, write: Write) -> None:
        """Ask the recorder for facts, and write them; called in the thread of the recorders.

        Parameters
        ----------
        method
            ``begin`` or ``end``.
        run
            The run.
        write
            Writes facts down, from the run, the name of the recorder, and the facts.
        """
        facts = self._call(method, lambda: _of_json(getattr(self.part, method)(run)))
        if facts:
            write(run.track_id, self.name, facts)

    def report_delay(self) -> None:
        """Report once that the recorder did not come to an end in time."""
        self._report_delay(f"has not finished in {self.timeout:g} s, and its facts are missing")


def _of_json(facts: Any) -> dict[str, Any]:
    """Return facts as JSON gives them back; what is no JSON counts as an error of the recorder."""
    if not facts:
        return {}
    copied: dict[str, Any] = json.loads(json.dumps(dict(facts)))
    return copied


class Recorders(PartGroup[IsolatedRecorder]):
    """The recorders of a tracker; see `PartGroup`.

    They share one thread, which ends with the last thing that they have to do.
    """

    interface, argument = Recorder, "record"

    @property
    def isolate(self) -> type[IsolatedRecorder]:
        """The class that isolates one recorder."""
        return IsolatedRecorder

    def __init__(self, chosen: Sequence[Any]) -> None:
        super().__init__(chosen, {})
        self._worker = WorkerThread("xetrack-recorders")
        self._run: Run | None = None
        self._is_over = threading.Event()
        self._tasks: list[tuple[IsolatedRecorder, Task]] = []

    def begin(self, run: Run) -> None:
        """Note the run that begins.

        Parameters
        ----------
        run
            What recorders are called with as soon as they are asked for facts.
        """
        self._run = run

    def end(self, run: Run) -> None:
        """Note the run as it is at its end.

        Parameters
        ----------
        run
            The run, with its params at the end.
        """
        self._run = run

    def start(self, write: Write) -> None:
        """Have facts of the begin written, behind the program.

        Parameters
        ----------
        write
            See `IsolatedRecorder.record`.
        """
        run = self._run
        if run is None or not self._parts:
            return
        self._is_over = is_over = threading.Event()
        self._worker.submit(lambda: is_over.wait(PAUSE))
        for each in self._parts:
            self._submit(each, "begin", run, write)
        if not any(_has_end(each) for each in self._parts):
            self._worker.stop()

    def _submit(self, each: IsolatedRecorder, method: str, run: Run, write: Write) -> None:
        task = self._worker.submit(lambda: each.record(method, run, write))
        self._tasks.append((each, task))

    def finish(self, write: Write) -> None:
        """Have facts of the end written, and wait until all are, each in its time.

        Parameters
        ----------
        write
            See `IsolatedRecorder.record`.
        """
        self._is_over.set()
        run = self._run
        if run is not None:
            for each in filter(_has_end, self._parts):
                self._submit(each, "end", run, write)
        tasks, self._tasks = self._tasks, []
        for recorder, task in tasks:
            if task.wait(recorder.timeout):
                _report_failure(task)
            else:
                recorder.report_delay()
        self._worker.stop()
        self._run = None

    def shut_down(self, began: float) -> None:
        """Do nothing: the end of the run has waited for them. See `PartGroup.shut_down`."""


def record_usual(run: Run, write: Write) -> None:
    """Have the recorders of trackers that choose none write facts of the begin.

    Parameters
    ----------
    run
        The run.
    write
        See `IsolatedRecorder.record`.
    """
    for name in RECORDERS:
        part = registry().load(PartKind.RECORDER, name)({})
        IsolatedRecorder(name, part).record("begin", run, write)


def _report_failure(task: Task) -> None:
    """Report what kept a recorder from being called at all, or its facts from being written."""
    try:
        task.result()
    except Exception as error:  # noqa: BLE001 - nothing of it may end the program
        report(f"What recorders saw of the run is not complete: {describe_error(error)}")


def _has_end(recorder: IsolatedRecorder) -> bool:
    return type(recorder.part).end is not Recorder.end
