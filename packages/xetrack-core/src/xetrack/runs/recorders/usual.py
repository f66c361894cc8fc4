"""The recorders of trackers that choose none, which are imported behind the first row.

To import what calls recorders, apart from anything else, and what they need takes a third of what a
record costs the first row of a program. So it is done in the thread that calls them.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

from xetrack.errors import describe_error, report

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from xetrack.interfaces.runs import Run

    Write = Callable[[str, str, Mapping[str, Any]], None]

PAUSE = 0.05
"""Seconds that recorders leave to the program after the first row, which may be one of many."""


class UsualRecorders:
    """The usual recorders of one tracker; it is told of its runs as `Recorders` is.

    **Forks.** A forked child has no thread of its parent's, and waits for none.
    """

    def __init__(self) -> None:
        self._run: Run | None = None
        self._is_over = threading.Event()
        self._thread: threading.Thread | None = None
        self._failure: Exception | None = None

    def begin(self, run: Run) -> None:
        """Note the run that begins.

        Parameters
        ----------
        run
            What the recorders are called with.
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
            Writes facts down, from the run, the name of the recorder, and the facts.
        """
        if self._run is None:
            return
        self._is_over = is_over = threading.Event()
        thread = threading.Thread(
            target=self._record, args=(self._run, write, is_over), name="xetrack-recorders"
        )
        thread.daemon = True  # one that hangs must not keep the program from ending
        try:
            thread.start()
        except RuntimeError as error:  # there are as many threads as there may be
            self._failure = error
        else:
            self._thread = thread

    def _record(self, run: Run, write: Write, is_over: threading.Event) -> None:
        is_over.wait(PAUSE)
        try:
            from xetrack.runs.recorders.chosen import record_usual  # noqa: PLC0415 - see above

            record_usual(run, write)
        except Exception as error:  # noqa: BLE001 - reported at the end of the run
            self._failure = error

    def finish(self, write: Write) -> None:  # noqa: ARG002 - none of them has facts of the end
        """Wait until all facts are written, but not for long.

        Parameters
        ----------
        write
            See `start`.
        """
        from xetrack.interfaces.runs.recorders import Recorder  # noqa: PLC0415 - as above

        self._is_over.set()
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join(Recorder.timeout)
        failure, self._failure, self._thread, self._run = self._failure, None, None, None
        if failure is not None:
            report(f"What recorders saw of the run is not complete: {describe_error(failure)}")
