"""The log sink: hears of every row, after it was stored."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any, ClassVar

if TYPE_CHECKING:
    from collections.abc import Mapping

    from xetrack.model.kinds import Value


class Sink(ABC):
    """Where rows go besides the database: a text log, the terminal, a message queue.

    A tracker makes its sinks once, when it is built, and calls each of them for each row. An
    error in a sink costs no row: it is reported once with the sink's name, and a sink that
    goes on failing is switched off. So a sink need not catch its own errors.
    """

    quick: ClassVar[bool] = False
    """Whether no method ever waits for anything but this machine's processor and disk: then they
    are called in the thread that logs. Those of others are called in a thread that the tracker
    makes for them, so that nobody waits long for one that hangs."""

    def __init__(self, options: Mapping[str, Any]) -> None:
        """Prepare to hear of rows.

        Parameters
        ----------
        options
            What the tracker was given for its sinks, such as ``logs_path`` or ``jsonl``; a sink
            takes what it knows and leaves the rest.
        """
        self.options = options

    @abstractmethod
    def emit(self, row: Mapping[str, Value], level: str) -> None:
        """Take one row.

        One call at a time, in the order of each thread's rows; in a thread that the tracker makes
        for this sink, or in the one that logs if the sink is `quick`. The caller waits for it, but
        a moment only: return within microseconds. A sink that is often slow gets its rows behind,
        from a queue; those that find no room there, or are not taken by the end of the program,
        are dropped, counted and told of. What this method itself logs with the tracker is stored,
        but not handed to this sink.

        Parameters
        ----------
        row
            Column names and plain values (see `xetrack.model.kinds`), ``timestamp`` and
            ``track_id`` among them. Others may have it too: never change or keep it.
        level
            ``TRACKING`` for rows, ``MONITOR`` and ``EXPERIMENT`` for ``tracker.logger``.
        """

    def flush(self) -> None:  # noqa: B027 - most sinks hold nothing back
        """Hand on what is held back. Called before a fork, and when a tracker is closed."""

    def close(self) -> None:  # noqa: B027 - most sinks hold nothing
        """Give back every resource, when the tracker is closed.

        A row that comes later opens them anew; then this is called again. After a fork the child
        has a copy of the sink, without its threads.
        """
