"""Many processes and threads at once on one file, from the first moment on."""

from __future__ import annotations

import json

import pytest

from tests.engines import column, opened, together

COLUMNS = """
import json, sys
from tests.engines import fields, opened
engine = opened(sys.argv[1])
keys = json.loads(sys.argv[2])
ready()
own = [f"mine{number}_{n}" for n in range(5)]
answers = {}
for key in [*keys[number % len(keys):], *keys, *own]:
    value = [1, 0.5, "x", True][number % 4]
    answers[key] = engine.add_columns("default", fields([{key: value}]))[0]
print(json.dumps({key: answers[key] for key in keys}))
engine.close()
"""


def test_columns_added_at_once_get_one_answer(path):
    """Same, different and case-variant keys, of different kinds, on a file that does not exist."""
    keys = ["loss", "Loss", "LOSS", "a b", "a_b", "select", "k" * 70, "k" * 71]
    answers = together(COLUMNS, path, json.dumps(keys), processes=6)
    assert 1 == len(set(answers))
    names = json.loads(answers[0])
    assert len(keys) == len({name.casefold() for name in names.values()})
    engine = opened(path)
    assert 2 + len(keys) + 6 * 5 == len(engine.columns("default"))
    assert {"int", "float", "text", "bool"} == set(
        next(one.kinds for one in engine.columns("default") if one.key == "loss")
    )
    engine.close()


ROWS = """
import sys, threading
from tests.engines import log, opened
path, rows, threads = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
shared = opened(path)
failures = []

def work(thread):
    engine = shared if thread % 2 else opened(path)
    try:
        for n in range(rows):
            log(engine, {"n": n, "of": f"{number}-{thread}", f"k{n % 7}": [n, n / 2, "x"][n % 3]})
    except BaseException as error:
        failures.append(repr(error))
    finally:
        if engine is not shared:
            engine.close()

ready()
workers = [threading.Thread(target=work, args=(one,)) for one in range(threads)]
for one in workers: one.start()
for one in workers: one.join()
shared.close()
print(failures)
"""


@pytest.mark.parametrize(
    ("processes", "rows", "threads"), [(4, 500, 1), (8, 150, 4)], ids=["4x500", "8x4x150"]
)
def test_no_row_is_lost_when_all_start_at_once(path, processes, rows, threads):
    """On a missing file, widening columns as they go: every row once, in order, and no error."""
    answers = together(ROWS, path, rows, threads, processes=processes)
    assert {"[]\n"} == set(answers)
    engine = opened(path)
    numbers = {}
    for of, n in zip(column(engine, "of"), column(engine, "n"), strict=True):
        numbers.setdefault(of, []).append(n)
    engine.close()
    assert processes * threads == len(numbers)
    assert [list(range(rows))] * len(numbers) == list(numbers.values())


BIRTH = """
import sys
from tests.engines import log, opened
engine = opened(sys.argv[1])
ready()
log(engine, {"n": number})
engine.close()
"""


def test_eight_processes_may_begin_one_file(path):
    """The switch to WAL ignores busy handlers, and nobody fails by that."""
    together(BIRTH, path, processes=8)
    engine = opened(path)
    assert list(range(8)) == sorted(column(engine, "n"))
    engine.close()


RESET = """
import sys
from tests.engines import log, opened
engine = opened(sys.argv[1])
ready()
for n in range(20):
    if n % 5 == 0:
        engine.drop("default")
    log(engine, {"n": n, "x": float("nan")})
engine.close()
"""


def test_tables_dropped_by_all_at_once_raise_nothing(path):
    """Each begins with an empty table, again and again; what is there at the end is whole."""
    together(RESET, path, processes=4)
    engine = opened(path)
    assert {"nan"} == set(map(str, column(engine, "x")))
    engine.close()
