"""Promise 23 with assets: processes of every sort; R17, those that are killed, is in the kit."""

from __future__ import annotations

import pytest

from xetrack import Reader

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
    tracker.log({"n": n, "model": Model(n % 3), "array": np.arange(n % 3 + 2)})

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
            assert (row["n"] % 3 + 1, row["n"] % 3 + 2) == (model.predict(1), len(array))
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
