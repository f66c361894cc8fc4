"""kill -9 within a copy or an export: all of it is there afterwards, or nothing."""

from __future__ import annotations

import os
import random
import signal
import time
from contextlib import suppress

import pytest

from xetrack import Reader, Tracker, copy

KILLS = int(os.environ.get("XETRACK_TEST_KILLS", "20"))
"""How many are killed; a release is tested with 500."""

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")

ROWS = 3_000


@pytest.fixture
def source(tmp_path):
    """A database of two tables."""
    for table in ("default", "other"):
        with Tracker(tmp_path / "source.db", table=table) as tracker:
            tracker.log_batch([{"n": n, "text": f"row {n}", "half": n / 2} for n in range(ROWS)])
    return tmp_path / "source.db"


def killed(work, until):
    """Do some work in a fork that is killed when `until` says so, unless it was done before."""
    child = os.fork()
    if not child:
        try:
            work()
        finally:
            os._exit(0)
    while not until():
        done, _ = os.waitpid(child, os.WNOHANG)
        if done:
            return
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)


def after(seconds):
    """Tell whether some time is over."""
    end = time.monotonic() + seconds
    return lambda: time.sleep(0.001) or time.monotonic() > end


def timed(work):
    """How long it takes."""
    began = time.monotonic()
    work()
    return time.monotonic() - began


def test_a_killed_copy_leaves_whole_tables_only(source, path):
    """Each into the file that the one before was killed over; the last one brings the rest."""
    # What is imported on first use must not be imported in each fork.
    whole = timed(lambda: copy(source, path.with_name("first.db"), tables="all"))
    chance, counts = random.Random(7), []
    for number in range(KILLS):
        Tracker(source, track_id=f"run-{number}").log({"n": number})
        killed(lambda: copy(source, path, tables="all"), after(chance.uniform(0, 2 * whole)))
        found = Reader(path).tables if path.exists() else []
        counts.append(len(Reader(path)) if "default" in found else 0)
        others = len(Reader(path, table="other")) if "other" in found else 0
        assert others in {0, ROWS}
        # Rows come in whole copies: those that were logged before some kill.
        assert counts[-1] in {0, *(ROWS + more for more in range(1, number + 2))}
    assert sorted(counts) == counts
    copy(source, path, tables="all")
    assert 0 == copy(source, path, tables="all")
    for table in ("default", "other"):
        one, two = (Reader(each, table=table).select().rows() for each in (source, path))
        assert one == two


@pytest.mark.parametrize("method", ["to_csv", "to_parquet"])
def test_a_killed_export_leaves_the_old_file_or_the_new(source, tmp_path, method):
    """A killed export leaves the old file or the new: never a half of one."""
    tracker = Tracker(source, track_id="exporter")
    folder = tmp_path / "out"

    def export(to=folder / "rows.out"):
        getattr(tracker, method)(to, all=True)

    export()
    chance, size = random.Random(7), (folder / "rows.out").stat().st_size
    for number in range(KILLS):
        old = (folder / "rows.out").read_bytes()
        tracker.log({"n": number})
        export(tmp_path / "new.out")
        before, enough = set(folder.iterdir()), chance.uniform(0, 1.1) * size

        def is_half(before=before, enough=enough):
            with suppress(FileNotFoundError):  # it was moved between two looks
                return any(one.stat().st_size >= enough for one in set(folder.glob(".*")) - before)

        killed(export, is_half)
        assert (folder / "rows.out").read_bytes() in {old, (tmp_path / "new.out").read_bytes()}
    # Some were killed over a file that was begun, and that nothing takes for a whole one.
    assert {"rows.out"} < {one.name for one in folder.iterdir()}
    export()
    assert (tmp_path / "new.out").read_bytes() == (folder / "rows.out").read_bytes()
