"""Many processes and threads at once on one file, from the first moment on."""

from __future__ import annotations

import pytest

from tests.engines import column, opened, together

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
