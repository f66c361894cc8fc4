"""One sink of a tracker: its rows, those that wait for it, and those that it missed.

Once a sink was slow often enough, nobody waits for it: its rows go into a queue, and rows that find
no room there are dropped and counted. A sink with a spool gets its rows from a file.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from xetrack.dispatch import limits
from xetrack.dispatch.isolated_part import MAX_SLOW_ANSWERS, IsolatedPart
from xetrack.errors import describe_error, report
from xetrack.interfaces.component import PartKind
from xetrack.interfaces.sinks import Sink
from xetrack.model.kinds import plain

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from xetrack.dispatch.spool.delivery import SpoolDelivery
    from xetrack.dispatch.worker import Task
    from xetrack.interfaces.runs import Run
    from xetrack.model.kinds import Value

_FOR_DELIVERY = 0.8
"""The share of the time at the end in which a sink with a spool gets rows."""


class IsolatedSink(IsolatedPart[Sink]):
    """One sink, and the counts of its rows.

    Raises
    ------
    InvalidArgumentError
        One of its limits is none.
    """

    kind = PartKind.SINK

    # Each is changed by one thread at a time, or the counts would be wrong.
    _offered = _accepted = _attempted = _delivered = 0

    def __init__(self, name: str, part: Sink) -> None:
        super().__init__(name, part)
        self.shutdown_timeout = limits.shutdown_timeout(part)
        self._queue_limit = limits.queue_limit(part)
        self._spool: SpoolDelivery | None = None
        if limits.wants_spool(part):
            from xetrack.dispatch.spool.delivery import SpoolDelivery  # noqa: PLC0415 - few have one
            from xetrack.dispatch.spool.folders import spool_folder  # noqa: PLC0415

            limit, folder = limits.spool_limit(part), spool_folder(name, part)
            self._spool = SpoolDelivery(part, folder, limit, self._attempt)
            self._worker = self._worker or self._new_worker()

    @property
    def missed(self) -> int:
        """The number of rows that the sink will never get."""
        if self._spool is not None:
            return self._offered - self._accepted
        waiting = 0 if self.off else self._accepted - self._attempted
        return self._offered - self._delivered - waiting

    def open_run(self, run: Run) -> None:
        """Tell the sink of a run, before the first row of it.

        Parameters
        ----------
        run
            What `Sink.opened` is called with.
        """
        if type(self.part).opened is not Sink.opened:
            self.call_later("opened", run)

    def close_run(self, run: Run, error: BaseException | None) -> None:
        """Tell the sink of the end of a run, after the last row of it.

        Parameters
        ----------
        run
            What `Sink.closed` is called with.
        error
            What ended the run; None if nothing went wrong.
        """
        if type(self.part).closed is not Sink.closed:
            self.call_later("closed", run, error)

    def dispatch(self, row: Mapping[str, Value], level: str) -> Task | None:
        """Pass a row to the sink.

        Parameters
        ----------
        row
            Cells by column.
        level
            The level of the row.

        Returns
        -------
        Task or None
            A task for `wait_for`; None if there is nothing to wait for.
        """
        if self.is_calling():
            return None
        self._offered += 1
        if self._spool is not None:
            self._append(self._spool, row, level)
        elif self.off:
            pass
        elif self._worker is None:
            self._accepted += 1
            self._call("emit", self._emit, (row, level))
        elif self._worker.pending >= self._queue_limit:
            self._report_delay("takes rows more slowly than they come, and misses some from now on")
        else:
            is_awaited = self._slow_answers < MAX_SLOW_ANSWERS and not self.is_stuck()
            # The caller may change its row as soon as nobody waits for the sink.
            copied = {key: plain(value) for key, value in row.items()}
            self._accepted += 1
            task = self._worker.submit(lambda: self._call("emit", self._emit, (copied, level)))
            return task if is_awaited else None
        return None

    def wait_for(self, task: Task) -> None:
        """Wait a moment until the sink has a row.

        Parameters
        ----------
        task
            The call that gives the row to the sink.
        """
        came, slow = self._wait(task)
        self._slow_answers += slow
        if came:
            task.result()

    def _emit(self, row: Mapping[str, Value], level: str) -> None:
        try:
            if not self.off:
                self.part.emit(row, level)
                self._delivered += not self.off
        finally:
            self._attempted += 1

    def _append(self, spool: SpoolDelivery, row: Mapping[str, Value], level: str) -> None:
        """Append a row to the spool, and have it delivered."""
        try:
            is_new = spool.append(row, level)
        except OSError as error:
            how = f"cannot store rows in {str(spool.folder)!r}, and misses some from now on"
            self._report_delay(f"{how}: {describe_error(error)}")
            return
        self._accepted += 1
        if is_new and self._worker is not None:
            self._worker.submit(spool.deliver)

    def _attempt(self, method: str, function: Callable[[], None]) -> bool:
        """Call a method for the spool; return True if it returned."""
        returned: list[bool] = []

        def work() -> None:
            function()
            returned.append(True)

        self._call(method, work)
        return bool(returned)

    def _count_failure(self, method: str, what: str) -> None:
        """Count a failure; a sink with a spool is never switched off, as its rows can wait."""
        if self._spool is None:
            super()._count_failure(method, what)
            return
        self.failures += 1
        if self.failures == 1:
            where = f"Its rows wait in {str(self._spool.folder)!r}"
            report(f"{self._label} failed: {what}. {where}, and are delivered when it works again.")

    def drain(self, deadline: float) -> bool:
        """Wait for all calls to end; return False if a deadline of `monotonic` comes first.

        Rows in a spool need not be delivered before a fork, so nobody waits for those.

        Parameters
        ----------
        deadline
            In seconds of `time.monotonic`.
        """
        return super().drain(deadline) if self._spool is None else True

    def shut_down(self, began: float) -> None:
        """Wait for the sink, end its thread, and report the rows it missed or that wait for it.

        Parameters
        ----------
        began
            When the end of all parts began, in seconds of `time.monotonic`.
        """
        if self._spool is not None:
            self._spool.hurry(began + _FOR_DELIVERY * self.shutdown_timeout)
            if super().drain(began + self.shutdown_timeout):
                waiting = self._spool.close()
                if waiting:
                    rows = "1 row waits" if waiting == 1 else f"{waiting:,} rows wait"
                    report(
                        f"{rows} for the sink {self.name!r} in {str(self._spool.folder)!r}. The "
                        "next tracker that has this sink delivers them with its first row."
                    )
            else:
                self._report_delay(
                    f"hangs, so its rows wait in {str(self._spool.folder)!r} for the next tracker"
                )
                if self._worker is not None:
                    self._worker.submit(self._spool.close)  # once it goes on, if ever
        super().shut_down(began)
