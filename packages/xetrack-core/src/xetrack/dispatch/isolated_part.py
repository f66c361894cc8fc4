"""One sink or probe of a tracker, isolated so that it costs neither a row nor much time.

A part that is not `quick` is called in a thread of its own (see `xetrack.dispatch.worker`), for
which the caller waits only a moment. So is one that says it is quick and turns out not to be.
"""

from __future__ import annotations

from threading import get_native_id
from time import monotonic
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from xetrack.dispatch.worker import WorkerThread
from xetrack.errors import report
from xetrack.interfaces.component import PartKind
from xetrack.interfaces.probes import Probe
from xetrack.model.locations import shown_error
from xetrack.process.signal_handlers import is_of_handler

if TYPE_CHECKING:
    from collections.abc import Callable

    from xetrack.dispatch.worker import Task

P = TypeVar("P")

MAX_FAILURES = 5
"""Consecutive failures of one method after which a part is switched off."""

ANSWER_TIMEOUT = 0.05
"""Seconds that a caller waits for one answer of a part."""

SLOW_ANSWER = 0.002
"""Seconds beyond which an answer counts as slow."""

MAX_SLOW_ANSWERS = 10
"""Slow answers after which nobody waits for a sink; as many in a row switch a probe off."""

LONG_CALL = 0.1
"""Seconds beyond which a call of a quick part counts as long. Threads that compute may keep a quick
part from its turn for some hundredths of a second."""

MAX_LONG_CALLS = 10
"""Long calls in a row after which a quick part gets a thread; of every third call it takes more."""

SHUTDOWN_TIMEOUT = 1.0
"""Seconds that a part has to finish at the end, if it does not say otherwise."""

PATIENCE = 10.0
"""Seconds at least that the end waits for a part that was thought to be quick."""


class IsolatedPart(Generic[P]):
    """One part that is called for rows or runs, and the counts of its failures.

    Parameters
    ----------
    name
        Its name, for warnings.
    part
        The part itself.
    """

    kind: PartKind

    def __init__(self, name: str, part: P) -> None:
        self.part: P = part
        self.name = name
        self.failures = 0
        self.off = False
        self.shutdown_timeout = SHUTDOWN_TIMEOUT
        self._worker = None if getattr(part, "quick", False) else self._new_worker()
        self._long_calls = 0
        self._label = f"The {self.kind} {name!r}"
        self._slow_answers = self._without_figures = self._reported = 0
        self._stuck = self._delay_reported = False
        self._consecutive_failures: dict[str, int] = {}
        # Those in a call of the part: one that logs with its own tracker is not called again. By
        # native ids, as a forked child may reuse Python's for another thread.
        self._calling_threads: set[int] = set()

    @property
    def missed(self) -> int:
        """The number of rows that a sink will never get, or that lack the figures of a probe."""
        return self._without_figures

    def _new_worker(self) -> WorkerThread:
        return WorkerThread(f"xetrack-{self.kind}-{self.name}")

    def call_later(self, method: str, *args: Any) -> None:
        """Call a method that returns nothing, after all calls before, without waiting for it.

        Parameters
        ----------
        method
            Name of the method.
        *args
            Its arguments.
        """
        if not self.is_calling():
            if self._worker is None:
                self._call(method, getattr(self.part, method), args)
            elif not self.off:
                self._worker.submit(lambda: self._call(method, getattr(self.part, method), args))

    def is_calling(self) -> bool:
        """Return True if this thread is in a call of the part."""
        return get_native_id() in self._calling_threads

    def is_stuck(self) -> bool:
        """Return True if an answer was late and has not come yet."""
        if self._stuck and self._worker is not None and not self._worker.pending:
            self._stuck = False
        return self._stuck

    def drain(self, deadline: float) -> bool:
        """Wait for all calls to end; return False if a deadline of `monotonic` comes first.

        Parameters
        ----------
        deadline
            In seconds of `time.monotonic`.
        """
        return self._worker is None or self.is_calling() or self._worker.drain(deadline)

    def shut_down(self, began: float) -> None:
        """Wait for the part, end its thread, and report the rows it missed.

        Parameters
        ----------
        began
            The moment of `monotonic` from which its `shutdown_timeout` counts.
        """
        if self._worker is not None:
            if not self.drain(began + self.shutdown_timeout):
                self._switch_off(
                    f"it did not finish in time at the end, in {self.shutdown_timeout:g} s"
                )
            self._worker.stop()
        missed = self.missed
        if missed > self._reported:
            self._reported = missed
            rows = "1 row" if missed == 1 else f"{missed:,} rows"
            report(f"{self._label} missed {rows} in all.")

    def _wait(self, task: Task) -> tuple[bool, bool]:
        """Wait for an answer; return whether it came, and whether it was slow."""
        began = monotonic()
        came = task.wait(ANSWER_TIMEOUT)
        self._stuck = not came
        return came, not came or monotonic() - began > SLOW_ANSWER

    def _call(self, method: str, function: Callable[..., Any], args: tuple[Any, ...] = ()) -> Any:
        """Call a function of the part in this thread; count a failure, and return None."""
        thread, failure = get_native_id(), None
        began = monotonic()
        self._calling_threads.add(thread)
        try:
            answer = function(*args)
        except KeyboardInterrupt:  # of the user, and not of the part
            raise
        # Not only Exception: a stranger's sys.exit() must not end the user's program.
        except BaseException as error:
            if is_of_handler(error):
                raise
            answer, failure = None, shown_error(error)
        finally:
            self._calling_threads.discard(thread)
        if failure is not None:
            self._count_failure(method, failure)
        elif self._consecutive_failures:
            self._consecutive_failures.pop(method, None)
        if self._worker is None:
            self._note_time(monotonic() - began)
        return answer

    def _note_time(self, seconds: float) -> None:
        """Note how long a call of a quick part took; move it to a thread once it is not quick."""
        if seconds <= LONG_CALL:
            if self._long_calls:
                self._long_calls -= 1
            return
        self._long_calls += 2
        if self._long_calls >= 2 * MAX_LONG_CALLS:
            self._worker = self._new_worker()
            # The program would have waited for it, so it may take its time at the end too.
            self.shutdown_timeout = max(self.shutdown_timeout, PATIENCE)
            report(
                f"{self._label} says that it is quick, but took longer than {LONG_CALL * 1e3:g} ms "
                "again and again. It is called in a thread of its own from now on; its class "
                "should say quick = False."
            )

    def _count_failure(self, method: str, what: str) -> None:
        """Count a failure; report the first, and switch off a part that keeps failing."""
        failures = self._consecutive_failures.get(method, 0) + 1
        self._consecutive_failures[method] = failures
        self.failures += 1
        if failures >= MAX_FAILURES:
            self._switch_off(f"it failed {MAX_FAILURES} times in a row; the last time with {what}")
        elif self.failures == 1:
            report(f"{self._label} failed: {what}. Storing rows goes on all the same.")

    def _switch_off(self, why: str) -> None:
        if not self.off:
            self.off = True
            without = "Storing rows goes on without it."
            report(f"{self._label} is switched off, because {why}. {without}")

    def _report_delay(self, how: str) -> None:
        """Report once that a part is too slow."""
        if not self._delay_reported:
            self._delay_reported = True
            report(f"{self._label} {how}. Storing rows goes on all the same.")


class IsolatedProbe(IsolatedPart[Probe]):
    """One probe, and the number of rows that lack its figures."""

    kind = PartKind.PROBE

    def call(self, method: str, function: Callable[..., Any], *args: Any) -> Any:
        """Call a method of the probe, and return its answer.

        Parameters
        ----------
        method
            Name of the method, by which failures are counted.
        function
            The method, or a function that calls it.
        *args
            Its arguments.

        Returns
        -------
        object
            The answer; None if the probe raises, is late or is being called by this thread.
        """
        if get_native_id() in self._calling_threads:
            return None
        if self._worker is None:
            return self._call(method, function, args)
        if self.is_stuck():
            self._without_figures += method != "stop"
            return None
        task = self._worker.submit(lambda: self._call(method, function, args))
        came, slow = self._wait(task)
        self._without_figures += not came
        self._slow_answers = self._slow_answers + 1 if slow else 0
        if self._slow_answers >= MAX_SLOW_ANSWERS:
            took = f"answers in a row took it longer than {SLOW_ANSWER * 1e3:g} ms"
            self._switch_off(f"{MAX_SLOW_ANSWERS} {took}")
        elif not came:
            without = "so rows go without its figures"
            self._report_delay(f"gave no answer for {ANSWER_TIMEOUT:g} s, {without}")
        return task.result() if came else None
