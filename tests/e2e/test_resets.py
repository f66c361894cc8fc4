"""A reset counts once in a program, however its workers are started."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from xetrack import Reader, Tracker

MAIN = """
import json, multiprocessing, os, sys
from concurrent.futures import ProcessPoolExecutor
from xetrack import Tracker

{head}

def run(method):
    TRACKER.log({{"id": -1}})
    if method == "joblib":
        from joblib import Parallel, delayed

        Parallel(2)(delayed(work)(at) for at in range(4))
    else:
        context = multiprocessing.get_context(method)
        context.set_forkserver_preload({preload})
        with ProcessPoolExecutor(2, mp_context=context) as pool:
            list(pool.map(work, range(4)))
    print(json.dumps(sorted(TRACKER.to_df(all=True)["id"].tolist())))

if __name__ == "__main__":
    run(sys.argv[1])
"""

WORK = """
from xetrack import Tracker

TRACKER = Tracker("rows.db", reset=True)

def work(at):
    TRACKER.log({"id": at})
"""

METHODS = ["fork", "forkserver", "spawn", "joblib"]


def run(folder, method):
    command = [sys.executable, "main.py", method]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True)
    return json.loads(done.stdout), done.stderr


@pytest.fixture
def old_rows(tmp_path):
    """A database of a program that ran before."""
    with Tracker(tmp_path / "rows.db") as tracker:
        tracker.log({"id": 99})


@pytest.mark.usefixtures("old_rows")
@pytest.mark.parametrize("method", METHODS)
def test_a_reset_in_the_main_module_counts_once(tmp_path, method):
    (tmp_path / "main.py").write_text(MAIN.format(head=WORK, preload=["__main__"]))
    assert run(tmp_path, method) == (list(range(-1, 4)), "")


@pytest.mark.usefixtures("old_rows")
@pytest.mark.parametrize(
    ("method", "preload"),
    [("fork", []), ("forkserver", []), ("forkserver", ["rows"]), ("spawn", []), ("joblib", [])],
)
def test_a_reset_in_an_imported_module_counts_once(tmp_path, method, preload):
    (tmp_path / "rows.py").write_text(WORK)
    (tmp_path / "main.py").write_text(
        MAIN.format(head="from rows import TRACKER, work", preload=preload)
    )
    assert run(tmp_path, method)[0] == list(range(-1, 4))


LATE = """
def work(at):
    import late
    late.TRACKER.log({"id": at})

TRACKER = Tracker("rows.db")
"""


@pytest.mark.usefixtures("old_rows")
@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_a_reset_that_only_workers_import_is_left_out_and_said(tmp_path, method):
    (tmp_path / "late.py").write_text(WORK)
    (tmp_path / "main.py").write_text(MAIN.format(head=LATE, preload=[]))
    ids, said = run(tmp_path, method)
    assert ids == [*range(-1, 4), 99]
    assert "'late'" in said


OWN = """
def work(at):
    with Tracker(f"own{at}.db", reset=True) as tracker:
        tracker.log({"id": at})
        assert len(tracker.to_df(all=True)) == 1
    TRACKER.log({"id": at})

TRACKER = Tracker("rows.db", reset=__name__ == "__main__")
"""


@pytest.mark.parametrize("method", ["spawn", "joblib"])
def test_a_worker_resets_what_is_its_own(tmp_path, method):
    for at in range(4):
        with Tracker(tmp_path / f"own{at}.db") as tracker:
            tracker.log({"id": 99})
    (tmp_path / "main.py").write_text(MAIN.format(head=OWN, preload=[]))
    assert run(tmp_path, method) == (list(range(-1, 4)), "")


PIPELINE = """
import multiprocessing
from xetrack import Tracker

def work():
    Tracker("own.db", reset=True).log({"id": 1})

child = multiprocessing.get_context("fork").Process(target=work)
child.start()
child.join()
"""


def test_a_worker_that_is_started_by_an_import_resets_what_is_its_own(tmp_path):
    """What lies on the stack beneath a forked worker is its parent's import."""
    with Tracker(tmp_path / "own.db") as tracker:
        tracker.log({"id": 99})
    (tmp_path / "main.py").write_text("import pipeline")
    (tmp_path / "pipeline.py").write_text(PIPELINE)
    subprocess.run([sys.executable, "main.py"], cwd=tmp_path, check=True, timeout=50)
    assert Reader(tmp_path / "own.db").to_df()["id"].tolist() == [1]


def test_two_resets_in_one_process_both_count(tmp_path):
    first = Tracker(tmp_path / "rows.db", reset=True)
    first.log({"id": 1})
    second = Tracker(tmp_path / "rows.db", reset=True)
    second.log({"id": 2})
    assert second.to_df(all=True)["id"].tolist() == [2]
