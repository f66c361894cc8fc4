"""What a closed database still has: nothing, but for the last one of a process."""

from __future__ import annotations

import gc
from pathlib import Path

import pytest

from tests.engines import log, opened
from xetrack import Reader, Tracker


@pytest.fixture
def uncollected():
    """Nothing is freed by the collector, which may come late."""
    gc.collect()
    gc.disable()
    yield
    gc.enable()


def threads():
    """The number of this process's threads, those of DuckDB among them."""
    status = Path("/proc/self/status").read_text("ascii")
    return int(status.split("Threads:")[1].split()[0])


@pytest.mark.usefixtures("uncollected")
def test_databases_that_were_closed_leave_no_threads(tmp_path):
    """As a program that opens a file for each experiment has them by the hundred."""
    numbers = []
    for at in range(6):
        engine = opened(tmp_path / f"{at}.duckdb")
        log(engine, {"n": at})
        engine.close()
        numbers.append(threads())
    assert numbers[1] == numbers[-1]


def test_what_another_still_uses_stays_open(tmp_path):
    """A file is closed for one reader, and rows come on from a tracker and a statement of it."""
    with Tracker(tmp_path / "a.duckdb") as tracker:
        tracker.log({"n": 1})
        rows = Reader(tmp_path / "a.duckdb").iter_rows(["n"])
        for name in ("a", "b", "a", "c"):
            if name != "a":
                opened(tmp_path / f"{name}.duckdb").close()
            with Reader(tmp_path / "a.duckdb") as reader:
                assert 1 == len(reader)
        assert {"n": 1} == next(rows)
        tracker.log({"n": 2})
    with Reader(tmp_path / "a.duckdb") as reader:
        assert [1, 2] == reader.to_df()["n"].tolist()
