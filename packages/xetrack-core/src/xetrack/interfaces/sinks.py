"""The log sink: receives every row after it was stored."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any, ClassVar

if TYPE_CHECKING:
    from collections.abc import Mapping

    from xetrack.interfaces.runs import Run
    from xetrack.model.kinds import Value


class Sink(ABC):
    """A destination of rows beside the database: a text log, the terminal, a message queue.

    A tracker makes its sinks once, when it is built, and calls each of them for each row.

    **Errors.** An exception in a sink costs no row: it is reported once with the sink's name, and a
    sink that keeps failing is switched off. So a sink need not catch its own exceptions.

    **Forks.** `flush` is called before a fork. Afterwards the child has a copy of the sink, without
    its threads; the run is still the parent's, so the child calls neither `opened` nor `closed`
    for it.

    **Limits.** What `shutdown_timeout`, `queue_limit`, `spool` and `spool_limit` say may be set for
    one tracker by options of these names.

    Examples
    --------
    >>> class Terse(Sink):
    ...     quick = True
    ...
    ...     def emit(self, row, level):
    ...         print(level, row.get("loss"))
    >>> Terse({}).emit({"track_id": "run", "loss": 0.5}, "TRACKING")
    TRACKING 0.5
    """

    quick: ClassVar[bool] = False
    """True if no method ever waits for anything but this machine's processor and disk: then all are
    called in the thread that logs. Otherwise they are called in a thread that the tracker starts
    for them, so that one that hangs delays nobody for long. One that claims to be quick and takes
    more than 100 ms again and again is reported once, and gets such a thread."""

    shutdown_timeout: ClassVar[float] = 1.0
    """Seconds that the end of a tracker, or of the program, waits for the rows that the sink has
    not processed yet."""

    queue_limit: ClassVar[int] = 10_000
    """The largest number of rows that wait in memory for a sink that is slow; rows beyond it are
    dropped, counted and reported."""

    spool: ClassVar[bool] = False
    """True to have each row written to a file before `emit` gets it, so that it survives a kill of
    the process and an outage of the destination.

    Rows come in order, one after the other, and are emitted again until `emit` and then `flush`
    have returned: **at least once**, so a destination should know a row by its ``track_id`` and
    ``timestamp``. What a process leaves in its file is delivered by the next tracker whose sink has
    the same name and options. A row that the destination will never take must not raise, or it
    holds up all others."""

    spool_limit: ClassVar[int] = 2**30
    """The largest number of bytes that wait in the file of one tracker; rows beyond it are dropped,
    counted and reported."""

    def __init__(self, options: Mapping[str, Any]) -> None:
        """Prepare to receive rows.

        Parameters
        ----------
        options
            The tracker's options for its sinks, such as ``logs_path`` or ``jsonl``; a sink reads
            those that it knows and ignores the rest.
        """
        self.options = options

    def opened(self, run: Run) -> None:  # noqa: B027 - most sinks know runs by their rows
        """Prepare for the rows of a run; called before the first of them.

        Rows that were left in the spool by another process come without it.

        Parameters
        ----------
        run
            The run that begins.
        """

    def closed(self, run: Run, error: BaseException | None) -> None:  # noqa: B027 - as `opened`
        """Note the end of a run; called after its last row, before `flush` and `close`.

        Called when the tracker is closed, when its ``track_id`` changes, and at the end of the
        program. A tracker that never logged has no run. A later row opens the run again.

        Parameters
        ----------
        run
            The run that ended.
        error
            What ended the ``with`` block of the tracker; None where it ended well, or where there
            was no such block.
        """

    @abstractmethod
    def emit(self, row: Mapping[str, Value], level: str) -> None:
        """Process one row.

        **Thread safety.** Calls come one at a time, in the order of each thread's rows: in the
        thread that the tracker starts for this sink, or in the thread that logs if it is `quick`.

        **Speed.** The caller waits, but a moment only: return within microseconds. A sink that is
        often slow gets its rows later, from a queue; rows that find no room there, or are not
        processed by the end of the program, are dropped, counted and reported.

        **Recursion.** Rows that this method itself logs with the tracker are stored, but not passed
        to this sink.

        Parameters
        ----------
        row
            Plain values (see `xetrack.model.kinds`) by column, ``timestamp`` and ``track_id`` among
            them. Other sinks may get the same mapping: never change it, or keep it after the call.
        level
            ``TRACKING`` for rows, ``MONITOR`` and ``EXPERIMENT`` for ``tracker.logger``.
        """

    def flush(self) -> None:  # noqa: B027 - most sinks buffer nothing
        """Write out buffered rows; called before a fork, and when the tracker is closed."""

    def close(self) -> None:  # noqa: B027 - most sinks have no resources
        """Release every resource; called when the tracker is closed.

        A later row opens them again; then this method is called once more.
        """
