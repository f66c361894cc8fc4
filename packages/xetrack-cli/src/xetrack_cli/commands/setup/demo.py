"""`xt demo`."""

import shlex
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from xetrack import Tracker
from xetrack.errors.escapes import escaped
from xetrack_cli import messages
from xetrack_cli.demo.compressors import MEGA, SETTINGS, compress
from xetrack_cli.demo.corpus import Corpus, choose_corpus
from xetrack_cli.demo.progress import progress
from xetrack_cli.demo.report import program, report
from xetrack_cli.render.cells import pluralized
from xetrack_cli.render.model import Report

LONGEST = 40.0
"""Seconds after which no further file is begun, however slow the machine."""


def demo(
    folder: Annotated[str | None, Parameter(name="DIR")] = None,
    /,
    *,
    db: Path = Path("xetrack-demo.db"),
) -> Report:
    """Benchmark compressors on real files, and show the tracked results.

    Each call of zlib, bz2 and lzma is tracked: its configuration, time, ratio, error. It takes
    less than a minute.

    Parameters
    ----------
    folder
        Files to compress; else those of Python's standard library.
    db
        Where the rows go, next to any that are there.

    Returns
    -------
    Report
        The leaderboard, and what to type next.

    Raises
    ------
    NothingMeasuredError
        No call succeeded.
    Interrupted
        Ctrl-C; the rows so far are in the database.
    """
    corpus = choose_corpus(folder, db)
    with Tracker(db, params={"corpus": corpus.name}, raise_on_error=False) as tracker:
        try:
            succeeded = _measure(tracker, corpus)
        except KeyboardInterrupt:
            raise messages.Interrupted(_interrupted_message(tracker, db)) from None
        run = tracker.track_id
    if not succeeded:
        raise messages.NothingMeasuredError(str(corpus.root), str(db))
    return report(db, run)


def _measure(tracker: Tracker, corpus: Corpus) -> int:
    """Track every setting on every file, and return how many calls succeeded."""
    total = len(corpus.files) * len(SETTINGS)
    messages.note(
        f"Compressing {pluralized(len(corpus.files), 'file')} ({corpus.size / MEGA:.1f} MB) of "
        f"{corpus.name} with {len(SETTINGS)} settings: {total} calls."
    )
    succeeded = 0
    begun = time.monotonic()
    with progress(total) as advance, between_calls() as interrupted:
        for number, path in enumerate(corpus.files):
            if number and time.monotonic() - begun > LONGEST:
                messages.warning(
                    f"Stopped after {LONGEST:g} seconds, with {number} of {len(corpus.files)} "
                    "files done: this machine is slow or busy."
                )
                break
            name = escaped(str(path.relative_to(corpus.root)))
            # By file and then by setting, so that all have done the same when it is stopped.
            for setting in SETTINGS:
                done = tracker.track(compress, args=[setting, path], params={"file": name})
                succeeded += done is not None
                advance(name)
                if interrupted():
                    raise KeyboardInterrupt
    return succeeded


@contextmanager
def between_calls() -> Iterator[Callable[[], bool]]:
    """Delay Ctrl-C to the end of a call, so that no call is recorded half; a second one acts.

    Yields
    ------
    callable
        Returns True once Ctrl-C was pressed.
    """
    pressed = False

    def note(*_: object) -> None:
        nonlocal pressed
        pressed = True
        signal.signal(signal.SIGINT, before)

    before = signal.getsignal(signal.SIGINT)
    if threading.current_thread() is not threading.main_thread() or before is None:
        yield lambda: False  # only the main thread hears of signals
        return
    signal.signal(signal.SIGINT, note)
    try:
        yield lambda: pressed
    finally:
        signal.signal(signal.SIGINT, before)


def _interrupted_message(tracker: Tracker, db: Path) -> str:
    rows, run = tracker.count_run(), tracker.track_id
    return (
        f"Interrupted. What was measured is kept: {pluralized(rows, 'row')} of the run {run} in "
        f"{db}. See them with: {program()} head {shlex.quote(str(db))} --track-id {run}"
    )
