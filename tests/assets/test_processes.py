"""Promise 23 and R17 with assets: processes of every sort, and those that are killed."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time

import pytest

from tests.assets.conftest import sql
from xetrack import Reader, Tracker

HEAD = """
import multiprocessing, os, sys, threading
from concurrent.futures import ProcessPoolExecutor
import numpy as np
from xetrack import Reader, Tracker

class Model:
    def __init__(self, n):
        self.n = n
    def predict(self, x):
        return self.n + x

def log_given(tracker, n):
    tracker.log({"n": n, "model": Model(n % 3), "array": np.arange(n % 3)})

def log_new(n):
    with Tracker("track.db") as tracker:
        log_given(tracker, n)

def log_global(n):
    log_given(TRACKER, n)

"""

WAYS = {
    "forked": """
TRACKER = Tracker("track.db")
log_global(0)
stop = threading.Event()
def work():
    while not stop.is_set():
        TRACKER.log({"model": Model(1)})
thread = threading.Thread(target=work); thread.start()
context = multiprocessing.get_context("fork")
children = [context.Process(target=log_global, args=(n,)) for n in range(1, 9)]
for child in children: child.start()
for child in children: child.join()
stop.set(); thread.join()
print([child.exitcode for child in children])
""",
    "spawned": """
if __name__ == "__main__":
    tracker = Tracker("track.db", params={"p": Model(5)})
    log_given(tracker, 0)
    context = multiprocessing.get_context("spawn")
    with context.Pool(2) as pool:
        pool.starmap(log_given, [(tracker, n) for n in range(1, 5)])
        pool.map(log_new, range(5, 9))
    print([tracker.get("p").predict(1)])
""",
    "an executor": """
if __name__ == "__main__":
    with ProcessPoolExecutor(2, multiprocessing.get_context("forkserver")) as pool:
        list(pool.map(log_new, range(9)))
    print([])
""",
}


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_promise_23_processes_with_assets(way, python, db):
    """No row and no object is lost, none is stored twice; classes of `__main__` come along."""
    assert "Error" not in python(HEAD + way)
    with Reader(db) as reader:
        rows = [
            row for row in reader.select(["n", "model", "array"]).dicts() if row["n"] is not None
        ]
        assert [*range(9)] == sorted(row["n"] for row in rows)
        assert {} == reader.assets.verify()
        for row in rows:
            model, array = (reader.assets[row[key]] for key in ("model", "array"))
            assert (row["n"] % 3 + 1, row["n"] % 3) == (model.predict(1), len(array))
        assert len({row["array"] for row in rows}) == 3


def test_a_class_of_main_and_a_lambda_load_in_another_process(python):
    """By value, as cloudpickle keeps what no module holds."""
    code = HEAD + (
        "row = Tracker('track.db').log({'m': Model(1), 'f': lambda x: Model(x)})\n"
        "print(row['m'], row['f'])"
    )
    model, function = python(code).split()
    load = (
        "import sys; from xetrack import Reader; assets = Reader('track.db').assets\n"
        "print(assets[sys.argv[1]].predict(1), assets[sys.argv[2]](4).predict(1))"
    )
    assert "2 5" == python(load, model, function)


WRITER = """
import sys
import numpy as np
from xetrack import Tracker
tracker = Tracker(sys.argv[1])
first = int(sys.argv[2])
for n in range(first, first + 1000):
    array = np.full(200_000 + n, float(n))
    print(n, tracker.log({"n": n, "a": array, "s": {n}})["a"], flush=True)
"""


def test_r17_a_kill_at_any_moment_leaves_no_row_without_its_objects(db):
    """Nor objects without a row; what was acknowledged is stored, and all can be stored again."""
    draw, acknowledged, first = random.Random(17), {}, 0
    for _ in range(6):
        with subprocess.Popen(
            [sys.executable, "-c", WRITER, db, str(first)], stdout=subprocess.PIPE, text=True
        ) as writer:
            lines = [writer.stdout.readline()]
            time.sleep(draw.uniform(0, 0.2))
            writer.send_signal(signal.SIGKILL)
            lines += writer.stdout.readlines()
        acknowledged |= {int(n): asset for n, asset in map(str.split, filter(str.strip, lines))}
        first += 1_000
    with Tracker(db) as tracker, Reader(db) as reader:
        rows = {row["n"]: row for row in reader.select(["n", "a", "s"]).dicts()}
        assert acknowledged.items() <= {n: row["a"] for n, row in rows.items()}.items()
        assert [] == tracker.assets.gc()
        assert {} == tracker.assets.verify()
        assert 2 * len(rows) == len(tracker.assets)
        for n, row in rows.items():
            assert {n} == tracker.get(row["s"])
        assert [] == sql(
            db,
            "SELECT asset FROM xetrack_asset_references "
            "WHERE asset NOT IN (SELECT id FROM xetrack_assets)",
        )
