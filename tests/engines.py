"""What tests of engines share: rows without a tracker, exact comparison, other processes."""

from __future__ import annotations

import itertools
import multiprocessing
import os
import subprocess
import sys
import time
from itertools import chain
from pathlib import Path

from xetrack.builtin.sqlite.engine import SQLiteEngine
from xetrack.interfaces.engine import Condition, Field, Query, Settings
from xetrack.kinds import kind_of
from xetrack.names import OWN
from xetrack_duckdb.engine import DuckDBEngine

ROOT = Path(__file__).resolve().parents[1]
_numbers = itertools.count()


def opened(path, **settings):
    """An engine on a path: DuckDB's by the ending of its name, otherwise SQLite's."""
    cls = DuckDBEngine if str(path).endswith(".duckdb") else SQLiteEngine
    return cls(str(path), Settings(**settings))


def fields(rows):
    """One field for each key in some rows, with the kinds of its values, then the own ones."""
    found = {
        key: {kind_of(row.get(key)) for row in rows}
        for key in dict.fromkeys(chain.from_iterable(rows))
    }
    found |= {name: {kind_of("")} for name in OWN}
    return [Field(key, frozenset(kinds - {None})) for key, kinds in found.items()]


def identity(run="run"):
    """A timestamp that comes once, in order within a process, and the track id."""
    return f"{time.time_ns():020d}-{os.getpid()}-{next(_numbers):06d}", run


def cells(row, keys, run="run"):
    """The cells of one row in the order of the fields."""
    return [*(row.get(key) for key in keys), *identity(run)]


def log(engine, *rows, table="default", run="run"):
    """Store rows in one batch, and return the inserter that did."""
    inserter = engine.inserter(table, fields(rows))
    keys = list(dict.fromkeys(chain.from_iterable(rows)))
    inserter.write([cells(row, keys, run) for row in rows])
    return inserter


def where(column, value, operator="="):
    """A condition."""
    return Condition(column, operator, value)


def read(engine, table="default", **query):
    """The rows without what names them, by key where there is one."""
    found = engine.read(table, Query(**query))
    names = [column.key or column.name for column in found.columns]
    rows = [row for batch in found.batches for row in zip(*batch, strict=True)]
    return [{k: v for k, v in zip(names, row, strict=True) if k not in OWN} for row in rows]


def column(engine, name, table="default", **query):
    """The cells of one column."""
    return [row[name] for row in read(engine, table, **query)]


def exact(value):
    """A form that is equal only for values of one type that are equal; nan equals nan."""
    if type(value) is list:
        return [exact(item) for item in value]
    if type(value) is dict:
        return {repr(exact(key)): exact(item) for key, item in value.items()}
    if type(value) is int:
        return "int", hex(value)  # decimal texts have a limit
    # Minus zero equals zero, and SQLite keeps the latter.
    return type(value).__name__, repr(value + 0.0 if type(value) is float else value)


def same(wanted, found):
    """Whether cells came back as they were logged: among floats, an int may be the equal float."""
    floats = float in set(map(type, wanted))
    return len(wanted) == len(found) and all(
        exact(one) == exact(cell)
        or (floats and (int, float) == (type(one), type(cell)) and one == cell)
        for one, cell in zip(wanted, found, strict=True)
    )


def run(code, *arguments, check=True, **options):
    """Run code in another interpreter, which can import this module."""
    found = subprocess.run(
        [sys.executable, "-c", code, *map(str, arguments)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=55,
        check=False,
        **options,
    )
    assert not check or found.returncode == 0, found.stderr
    return found


def start(code, *arguments, **options):
    """Start code in another interpreter, and return the process."""
    return subprocess.Popen(
        [sys.executable, "-c", code, *map(str, arguments)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        stdin=subprocess.PIPE,
        text=True,
        **options,
    )


def together(code, *arguments, processes):
    """Run code in many interpreters that begin at the same moment; return what they print.

    The code calls ``ready()`` when it has imported what it needs; its number is `number`.
    """
    head = (
        "import sys\nnumber = int(sys.argv.pop(1))\n"
        "def ready():\n    print('ready', flush=True)\n    sys.stdin.readline()\n"
    )
    started = [start(head + code, number, *arguments) for number in range(processes)]
    for one in started:
        assert "ready\n" == one.stdout.readline(), one.stderr.read()
    for one in started:
        one.stdin.write("go\n")
        one.stdin.flush()
    answers = [one.communicate(timeout=55) for one in started]
    assert [""] * processes == [error for _, error in answers]
    assert [0] * processes == [one.returncode for one in started]
    return [answer for answer, _ in answers]


def some_rows(path, who):
    """Store twenty rows in a worker process; return how many that were."""
    engine = opened(path)
    for number in range(20):
        log(engine, {"n": number, "who": who})
    engine.close()
    return 20


def pool_of_writers(path, method):
    """Let a pool of processes write while this one has the database open."""
    engine = opened(path)
    log(engine, {"n": -1, "who": "before"})
    with multiprocessing.get_context(method).Pool(3) as pool:
        tasks = [(path, f"task{one}") for one in range(9)]
        found = sum(pool.starmap(some_rows, tasks, 1))
        log(engine, {"n": 0, "who": "parent"})
    engine.close()
    return found
