"""Workers of multiprocessing leave nothing behind, though the forked ones end by `os._exit`."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.engines import ROOT

WORKERS = """
import multiprocessing, os, sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from xetrack import Reader, Tracker

def work(path, kind):
    global kept  # never closed, as with workers that keep a reader for all they do
    if kind == "over":
        kept = Reader(f"{path}.db", engine="duckdb")
        return kept.sql("SELECT 1")
    kept = Reader(path)
    assert len(kept) == 1
    if kind == "sql":
        kept.sql("SELECT 1")
    elif kind != "count":
        Tracker(path, warnings=False).to_csv(f"{path}.{os.getpid()}.csv")
    if kind == "raise":
        raise ArithmeticError

def main(path, method, way, size, is_open, kinds):
    context = multiprocessing.get_context(method)
    mine = Tracker(path, warnings=False)
    with Tracker(f"{path}.db", warnings=False) as tracker:
        tracker.log({"id": 1})
    mine.log({"id": 1})
    if is_open:
        mine.to_csv(f"{path}.csv")
        assert len(mine) == 1
    else:
        mine.close()
    for kind in kinds:
        try:
            if way == "process":
                process = context.Process(target=work, args=(path, kind))
                process.start()
                process.join()
            elif way == "pool":
                pool = context.Pool(size)
                try:
                    pool.starmap(work, [(path, kind)] * 2 * size)
                finally:
                    pool.close()
                    pool.join()
            else:
                with ProcessPoolExecutor(size, mp_context=context) as executor:
                    list(executor.map(work, [path] * 2 * size, [kind] * 2 * size))
        except ArithmeticError:
            pass
        # The parent's folder is still there, and nothing that a worker made. The fence, which
        # nobody has now, goes with the last one to leave.
        print(kind, len(os.listdir(os.environ["TMPDIR"])), os.path.exists(f"{path}.lock"))
    if is_open:
        mine.to_csv(f"{path}.csv")
        assert len(mine) == 1
        mine.close()
    del mine

if __name__ == "__main__":
    path, method, way, size, parent, *kinds = sys.argv[1:]
    main(path, method, way, int(size), parent == "open", kinds)
"""

KINDS = ("count", "csv", "sql", "raise", "over")
"""What a worker does."""

SOME = ("sql", "raise")
"""What it does where others like it do the rest, as to spawn one takes half a second."""

CASES = [
    ("fork", "process", 1, "open", KINDS),
    ("fork", "process", 1, "closed", KINDS),
    ("fork", "pool", 2, "open", KINDS),
    ("fork", "pool", 2, "closed", SOME),
    ("fork", "executor", 2, "open", SOME),
    ("fork", "executor", 1, "closed", SOME),
    ("spawn", "process", 1, "open", SOME),
    ("spawn", "pool", 1, "closed", SOME),
    ("spawn", "executor", 2, "open", SOME),
]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
@pytest.mark.parametrize(
    ("method", "way", "size", "parent", "kinds"),
    CASES,
    ids=["-".join(map(str, (*case, len(kinds)))) for *case, kinds in CASES],
)
def test_workers_that_read_leave_no_fence_and_no_folder(tmp_path, method, way, size, parent, kinds):
    """None of theirs, even after an error; the parent's folder is the parent's."""
    script, temporary, path = tmp_path / "workers.py", tmp_path / "temporary", tmp_path / "x.duckdb"
    script.write_text(WORKERS)
    temporary.mkdir()
    answer = subprocess.run(
        [sys.executable, "-W", "ignore", script, path, method, way, str(size), parent, *kinds],
        cwd=ROOT,
        env={**os.environ, "TMPDIR": str(temporary)},
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert 0 == answer.returncode, answer.stderr
    folders = int(parent == "open")
    assert [f"{kind} {folders} False" for kind in kinds] == answer.stdout.splitlines()
    assert [] == list(temporary.iterdir())
    assert not (tmp_path / "x.duckdb.lock").exists()
