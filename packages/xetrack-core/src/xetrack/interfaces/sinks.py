"""The log sink: receives every row after it was stored."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any, ClassVar

if TYPE_CHECKING:
    from collections.abc import Mapping

    from xetrack.model.kinds import Value


class Sink(ABC):
    """A destination of rows beside the database: a text log, the terminal, a message queue.

    A tracker makes its sinks once, when it is built, and calls each of them for each row.

    **Errors.** An exception in a sink costs no row: it is reported once with the sink's name, and a
    sink that keeps failing is switched off. So a sink need not catch its own exceptions.

    **Forks.** `flush` is called before a fork. Afterwards the child has a copy of the sink, without
    its threads.

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
    for them, so that one that hangs delays nobody for long."""

    def __init__(self, options: Mapping[str, Any]) -> None:
        """Prepare to receive rows.

        Parameters
        ----------
        options
            The tracker's options for its sinks, such as ``logs_path`` or ``jsonl``; a sink reads
            those that it knows and ignores the rest.
        """
        self.options = options

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
