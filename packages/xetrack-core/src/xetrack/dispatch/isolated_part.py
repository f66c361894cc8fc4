"""One sink or probe of a tracker, isolated so that it costs neither a row nor much time.

A part that is not `quick` is called in a thread of its own (see `xetrack.dispatch.worker`), for
which the caller waits only a moment. Once a sink was slow often enough, nobody waits for it: its
rows go into a queue, and rows that find no room there are dropped and counted.
"""

from __future__ import annotations

from threading import get_native_id
from time import monotonic
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from xetrack.dispatch.worker import Task, WorkerThread
from xetrack.errors import describe_error, report
from xetrack.interfaces.probes import Probe
from xetrack.interfaces.sinks import Sink
from xetrack.model.kinds import plain

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from xetrack.dispatch.worker import Outcome
    from xetrack.interfaces.component import PartKind
    from xetrack.model.kinds import Value

P = TypeVar("P", Sink, Probe)

MAX_FAILURES = 5
"""Consecutive failures of one method after which a part is switched off."""

ANSWER_TIMEOUT = 0.05
"""Seconds that a caller waits for one answer of a part."""

SLOW_ANSWER = 0.002
"""Seconds beyond which an answer counts as slow."""

MAX_SLOW_ANSWERS = 10
"""Slow answers after which nobody waits for a sink; as many in a row switch a probe off."""

QUEUE_LIMIT = 10_000
"""The largest number of rows that wait for a sink."""


class IsolatedPart(Generic[P]):
    """One sink or probe, and the counts of its failures.

    Parameters
    ----------
    kind
        The kind of part.
    name
        Its name, for warnings.
    part
        The sink or probe itself.
    """

    def __init__(self, kind: PartKind, name: str, part: P) -> None:
        self.part: P = part
        self.failures = 0
        self.off = False
        self._worker = None if part.quick else WorkerThread(f"xetrack-{kind}-{name}")
        self._label = f"The {kind} {name!r}"
        self._slow = self._reported = 0
        # Each of them is changed by one thread at a time, or the counts would be wrong.
        self._rows = self._queued = self._attempted = self._delivered = self._without_figures = 0
        self._stuck = self._delay_reported = False
        self._consecutive_failures: dict[str, int] = {}
        # By native ids, as a forked child may reuse Python's for another thread.
        self._calling_threads: set[int] = set()

    @property
    def missed(self) -> int:
        """The number of rows that a sink will never get, or that lack the figures of a probe."""
        waiting = 0 if self.off else self._queued - self._attempted
        return self._rows - self._delivered - waiting + self._without_figures

    def call(self, what: str, function: Callable[..., Any], *args: Any) -> Any:
        """Call a method of the part, and return its answer.

        A part that logs with its own tracker is not called again, as that would never end.

        Parameters
        ----------
        what
            Name of the method, by which failures are counted.
        function
            The method, or a function that calls it.
        *args
            Its arguments.

        Returns
        -------
        object
            The answer; None if the part raises or is late.
        """
        if get_native_id() in self._calling_threads:
            return None
        if self._worker is None:
            return self._evaluate(what, self._outcome(what, function, args))
        if self.is_stuck():
            self._without_figures += what != "stop"
            return None
        return self.wait_for(self._submit(self._worker, what, function, args))

    def wait_for(self, task: Task) -> Any:
        """Return the answer of a task of the part's thread; None if it does not come in time."""
        began = monotonic()
        came = task.wait(ANSWER_TIMEOUT)
        slow = not came or monotonic() - began > SLOW_ANSWER
        if isinstance(self.part, Probe):
            self._judge_probe(came=came, slow=slow)
        else:
            self._slow += slow
        self._stuck = not came
        return task.result() if came else None

    def _judge_probe(self, *, came: bool, slow: bool) -> None:
        """Count a slow answer of a probe, and switch the probe off after too many."""
        self._slow = self._slow + 1 if slow else 0
        self._without_figures += not came
        if self._slow >= MAX_SLOW_ANSWERS:
            self._switch_off(
                f"{MAX_SLOW_ANSWERS} answers in a row took it longer than {SLOW_ANSWER * 1e3:g} ms"
            )
        elif not came:
            self._report_delay(
                f"gave no answer for {ANSWER_TIMEOUT:g} s, so rows go without its figures"
            )

    def _report_delay(self, how: str) -> None:
        """Report once that a part is too slow."""
        if not self._delay_reported:
            self._delay_reported = True
            report(f"{self._label} {how}. Storing rows goes on all the same.")

    def dispatch(
        self, emit: Callable[..., None], row: Mapping[str, Value], level: str
    ) -> Task | None:
        """Pass a row to a sink.

        Parameters
        ----------
        emit
            The sink's method.
        row
            Cells by column.
        level
            The level of the row.

        Returns
        -------
        Task or None
            A task for `wait_for`; None if there is nothing to wait for.
        """
        if get_native_id() in self._calling_threads:
            return None
        self._rows += 1
        if self.off:
            return None
        if self._worker is None:
            self.call("emit", emit, row, level)
        elif self._worker.pending >= QUEUE_LIMIT:
            self._report_delay("takes rows more slowly than they come, and misses some from now on")
        else:
            waits = self._slow < MAX_SLOW_ANSWERS and not self.is_stuck()
            # The caller may change its row as soon as nobody waits for the sink.
            copied = {key: plain(value) for key, value in row.items()}
            self._queued += 1
            task = self._submit(self._worker, "emit", emit, (copied, level))
            if waits:
                return task
            task.detach()
        return None

    def call_later(self, what: str, function: Callable[..., Any]) -> None:
        """Call a method that returns nothing, after all calls before, without waiting for it.

        Parameters
        ----------
        what
            Name of the method, by which failures are counted.
        function
            The method.
        """
        if self._worker is None:
            self.call(what, function)
        elif not self.off and get_native_id() not in self._calling_threads:
            self._submit(self._worker, what, function, ()).detach()

    def is_stuck(self) -> bool:
        """Return True if an answer was late and has not come yet."""
        if self._stuck and self._worker is not None and not self._worker.pending:
            self._stuck = False
        return self._stuck

    def drain(self, deadline: float) -> bool:
        """Wait for all calls to end; return False if a deadline of `monotonic` comes first."""
        within = get_native_id() in self._calling_threads
        return self._worker is None or within or self._worker.drain(deadline)

    def shut_down(self, deadline: float) -> None:
        """Wait for the part until a deadline, end its thread, and report the rows it missed."""
        if self._worker is not None:
            if not self.drain(deadline):
                self._switch_off("it did not finish in time at the end")
            self._worker.stop()
        missed = self.missed
        if missed > self._reported:
            self._reported = missed
            rows = "1 row" if missed == 1 else f"{missed:,} rows"
            report(f"{self._label} missed {rows} in all.")

    def _submit(
        self, worker: WorkerThread, what: str, function: Callable[..., Any], args: tuple[Any, ...]
    ) -> Task:
        return worker.submit(
            Task(
                lambda: self._outcome(what, function, args),
                lambda outcome: self._evaluate(what, outcome),
            )
        )

    def _switch_off(self, why: str) -> None:
        if self.off:
            return
        self.off = True
        report(f"{self._label} is switched off, because {why}. Storing rows goes on without it.")

    def _outcome(self, what: str, function: Callable[..., Any], args: tuple[Any, ...]) -> Outcome:
        if what != "emit":
            return self._invoke(function, args)
        outcome = (None, None) if self.off else self._invoke(function, args)
        self._delivered += not self.off and outcome[1] is None
        self._attempted += self._worker is not None
        return outcome

    def _invoke(self, function: Callable[..., Any], args: tuple[Any, ...]) -> Outcome:
        thread = get_native_id()
        self._calling_threads.add(thread)
        try:
            return function(*args), None
        # Not only Exception: a stranger's sys.exit() must not end the user's program.
        except BaseException as error:  # noqa: BLE001
            return None, error
        finally:
            self._calling_threads.discard(thread)

    def _evaluate(self, what: str, outcome: Outcome) -> Any:
        """Return the answer, or count the failure and return None."""
        answer, error = outcome
        if error is None:
            if self._consecutive_failures:
                self._consecutive_failures.pop(what, None)
            return answer
        if isinstance(error, KeyboardInterrupt):  # of the user, and not of the part
            raise error
        self._failed(what, error)
        return None

    def _failed(self, what: str, error: BaseException) -> None:
        """Count a failure; report the first, and switch off a part that keeps failing."""
        self.failures += 1
        self._consecutive_failures[what] = self._consecutive_failures.get(what, 0) + 1
        if self._consecutive_failures[what] >= MAX_FAILURES:
            last = f"the last time with {describe_error(error)}"
            self._switch_off(f"it failed {MAX_FAILURES} times in a row; {last}")
        elif self.failures == 1:
            report(
                f"{self._label} failed: {describe_error(error)}. Storing rows goes on all the same."
            )
