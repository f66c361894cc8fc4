"""A Ctrl-C at each single line of what takes and gives back a DuckDB file."""

from __future__ import annotations

import os
import time

import pytest

from tests.sweeps import at_line, interrupt, lines_of
from xetrack import Tracker
from xetrack_duckdb.files.database_file import file_at
from xetrack_duckdb.files.lock_file import LockFile

STEP = int(os.environ.get("XETRACK_TEST_LINES", "29"))
"""How many lines further each interrupt of a long piece of work comes."""


def interrupted(number, work):
    """Interrupt some work at a line, and return whether there was such a line."""
    try:
        return at_line(number, interrupt, work)
    except KeyboardInterrupt:
        return True


@pytest.mark.parametrize("end", ["release", "remove", "abandon"])
@pytest.mark.parametrize("shared", [False, True])
def test_a_lock_file_can_be_taken_after_an_interrupt_at_any_line(end, shared, tmp_path):
    """And it keeps others out then, as what nothing had happened to."""

    def one(number):
        path = str(tmp_path / f"{number}.duckdb")
        lock = LockFile(path)
        assert lock.acquire(shared=False)

        def work():
            getattr(lock, end)()
            lock.acquire(shared=shared)

        reached = interrupted(number, work)
        assert lock.acquire(shared=False)
        assert not LockFile(path).acquire(shared=False)
        lock.release()
        other = LockFile(path)
        assert other.acquire(shared=False)
        other.remove()
        lock.remove()
        return reached

    assert max(lines_of(one)) > 5


@pytest.mark.parametrize("kind", ["user", "lost", "fork", "close"])
def test_a_file_can_be_used_after_an_interrupt_at_any_line_of_its_closing(kind, tmp_path):
    """Whatever was closed and not yet forgotten is opened anew."""

    def one(number):
        path = tmp_path / f"{number}.duckdb"
        with Tracker(path, warnings=False) as tracker:
            tracker.log({"id": 1})
            assert 1 == len(tracker)
            file = file_at(str(path))
            with file.lend(str(path), 5, "Reading"):
                pass
            works = {
                "user": lambda: file.close_user_connection(file.user_connection(str(path), 5)),
                "lost": file._detach_lost,
                "fork": file.before_fork,
                "close": lambda: file.close_user_connection(None),
            }
            reached = interrupted(number, works[kind])
            with file.lend(str(path), 5, "Reading") as connection:
                assert (1,) == connection.execute("SELECT count(*) FROM db.events").fetchone()
            file.close_user_connection(file.user_connection(str(path), 5))
            tracker.log({"id": 2})
            assert 2 == len(tracker)
            deadline = time.monotonic() + 20
            while file.is_in_use:  # by a flush of the background; else it would be for good
                assert time.monotonic() < deadline
                time.sleep(0.01)
        return reached

    assert max(lines_of(one, STEP if kind == "user" else (STEP + 8) // 9)) > 5
