"""What tests of the SQLite engine share beside the conformance kit: programs of their own."""

from __future__ import annotations

import multiprocessing
import subprocess
import sys
import time
from pathlib import Path

from tests.preloaded import run_command, start_command
from xetrack.builtin.sqlite.engine import SQLiteEngine
from xetrack.interfaces.engine import Settings
from xetrack.process import idle
from xetrack_testing.processes import ended_well, forked
from xetrack_testing.rows import cells, column, exact, fields, identity, log, read, same, where

__all__ = [
    "cells",
    "column",
    "ended_well",
    "exact",
    "fields",
    "forked",
    "identity",
    "log",
    "opened",
    "quiet",
    "read",
    "run",
    "same",
    "start",
    "together",
    "where",
]

ROOT = Path(__file__).resolve().parents[1]


def opened(path, **settings):
    """An engine on a path: DuckDB's by the ending of its name, otherwise SQLite's."""
    cls = SQLiteEngine
    if str(path).endswith(".duckdb"):
        from xetrack_duckdb.engine import DuckDBEngine as cls  # noqa: PLC0415, N813 - few need it
    return cls(str(path), Settings(**settings))


def quiet():
    """Wait until what waits for a quiet moment in this process is done.

    What cannot be done, as a test before damaged its file, is waited for until its third try.
    """
    deadline = time.monotonic() + 20
    while any(watch.tries < 3 for watch in [*idle._waiting.values()]):
        assert time.monotonic() < deadline, [*idle._waiting]
        time.sleep(0.02)


def run(code, *arguments, check=True, fresh=False, **options):
    """Run code in another process, which can import this module; in a fresh interpreter, or not."""
    found = run_command(
        [sys.executable, "-c", code, *map(str, arguments)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        fresh=fresh,
        **options,
    )
    assert not check or found.returncode == 0, found.stderr
    return found


def start(code, *arguments, **options):
    """Begin code in another process, and return that."""
    return start_command(
        [sys.executable, "-c", code, *map(str, arguments)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        stdin=subprocess.PIPE,
        text=True,
        **options,
    )


def together(code, *arguments, processes):
    """Run code in many processes that begin at the same moment; return what they print.

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
