"""Delivering the rows that wait on disk to a sink: in order, and each at least once."""

from __future__ import annotations

import os
import threading
from functools import partial
from time import monotonic
from typing import TYPE_CHECKING

from xetrack.dispatch.spool.folders import new_name
from xetrack.dispatch.spool.spool_file import SUFFIX, SpoolFile

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from xetrack.interfaces.sinks import Sink
    from xetrack.model.kinds import Value

ACKNOWLEDGE_AFTER = 0.5
"""Seconds after which the sink is flushed, and the rows it got are acknowledged, at the latest."""

_FIRST_PAUSE, _LONGEST_PAUSE = 0.05, 30.0
"""Seconds between two attempts to deliver a row; each pause is twice the one before."""


class SpoolDelivery:
    """Rows of one sink that wait on disk, its own and those that other processes left.

    Parameters
    ----------
    sink
        Gets the rows.
    folder
        Where the files are.
    limit
        The largest number of bytes that may wait in the file of this process.
    attempt
        Calls a method of the sink, and returns whether it returned; a failure is reported there.
    """

    def __init__(
        self,
        sink: Sink,
        folder: Path,
        limit: int,
        attempt: Callable[[str, Callable[[], None]], bool],
    ) -> None:
        self.folder = folder
        self._sink = sink
        self._limit = limit
        self._attempt = attempt
        self._renew()

    def _renew(self) -> None:
        self._process = os.getpid()
        self._own: SpoolFile | None = None
        self._left: list[SpoolFile] | None = None
        """Files that others left; None before they were looked for."""
        self._scheduled = False
        self._lock = threading.Lock()
        """Held while the file of this process is made, appended to or given back."""
        self._deadline: float | None = None
        self._hurry = threading.Event()

    def append(self, row: Mapping[str, Value], level: str) -> bool:
        """Append a row to the file of this process.

        Parameters
        ----------
        row
            The row, by column.
        level
            The name of its level.

        Returns
        -------
        bool
            True if `deliver` has to be called, in the thread of the sink.

        Raises
        ------
        OSError
            The row cannot be stored there.
        """
        if self._process != os.getpid():
            self._renew()  # the files are the parent's
        self._deadline = None
        self._hurry.clear()
        with self._lock:
            if self._own is None:
                self._own = SpoolFile.create(self.folder, new_name())
            self._own.append(row, level, self._limit)
            scheduled, self._scheduled = self._scheduled, True
        return not scheduled

    def deliver(self) -> None:
        """Deliver all rows that wait, until there is none or the end comes first."""
        with self._lock:
            self._scheduled = False  # first: rows that come from now on may not be seen here
        if self._left is None:
            own = self._own and self._own.path
            paths = [path for path in sorted(self.folder.glob(f"*{SUFFIX}")) if path != own]
            self._left = [file for path in paths if (file := SpoolFile.adopt(path)) is not None]
        while self._left:
            if not self._deliver_file(self._left[0]):
                return
            self._left.pop(0).close()
        if self._own is not None:
            self._deliver_file(self._own)

    def _deliver_file(self, file: SpoolFile) -> bool:
        """Deliver the rows of a file; return False if the end came first."""
        pause = _FIRST_PAUSE
        while not file.is_done():
            before = file.size
            if not self._deliver_rows(file):
                pause = pause if file.size == before else _FIRST_PAUSE
                if not self._wait(pause):
                    return False
                pause = min(2 * pause, _LONGEST_PAUSE)
        return True

    def _deliver_rows(self, file: SpoolFile) -> bool:
        """Deliver rows for a moment; return False once the sink fails or the end comes."""
        emitted, began = 0, monotonic()
        for row, level, position in file.rows():
            if row is not None and not self._attempt("emit", partial(self._sink.emit, row, level)):
                self._acknowledge(file, emitted)
                return False
            emitted, is_over = position, self._is_over()
            if is_over or monotonic() - began > ACKNOWLEDGE_AFTER:
                # The file may be empty from here on, and the next row lie at its beginning again.
                return self._acknowledge(file, emitted) and not is_over
        return self._acknowledge(file, emitted)

    def _acknowledge(self, file: SpoolFile, position: int) -> bool:
        """Flush the sink, and note what it got; return False if it fails."""
        if position:
            if not self._attempt("flush", self._sink.flush):
                return False
            file.acknowledge(position)
        return True

    def _is_over(self) -> bool:
        return self._deadline is not None and monotonic() >= self._deadline

    def _wait(self, pause: float) -> bool:
        """Wait before the next attempt; return False if the end comes first."""
        if self._deadline is None:
            self._hurry.wait(pause)
            return True
        remaining = self._deadline - monotonic()
        threading.Event().wait(max(0.0, min(_FIRST_PAUSE, remaining)))
        return remaining > _FIRST_PAUSE

    def hurry(self, deadline: float) -> None:
        """Try again at once, and give up at a deadline of `monotonic`.

        Parameters
        ----------
        deadline
            In seconds of `time.monotonic`.
        """
        if self._process != os.getpid():
            return  # a thread of the parent may have had the lock of the event
        self._deadline = deadline
        self._hurry.set()

    def close(self) -> int:
        """Give the files back, as nothing is delivered any more; return how many rows wait."""
        if self._process != os.getpid():
            return 0
        with self._lock:
            files: list[SpoolFile] = [*(self._left or ())]
            if self._own is not None:
                files.append(self._own)
            count = sum(file.count() for file in files)
            for file in files:
                file.close()
            self._own = self._left = None
        return count
