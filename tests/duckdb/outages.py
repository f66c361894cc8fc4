"""Ways in which a DuckDB file and the files beside it go away, and come back."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from pathlib import Path

from tests.engines import start
from xetrack_testing import displaced

HOLDS = """
import duckdb, sys
connection = duckdb.connect(sys.argv[1])
print("ready", flush=True)
sys.stdin.readline()
"""
"""A program that has the file open, which DuckDB grants one process at a time."""


def folders_instead_of(*endings):
    """Put folders in the place of files, given as what their names have beyond the database's."""

    @contextmanager
    def away(location):
        with ExitStack() as stack:
            for ending in endings:
                stack.enter_context(displaced(location + ending))
            yield

    return away


@contextmanager
def no_folder(location):
    """Move the folder of the database away, with everything in it."""
    with displaced(Path(location).parent):
        yield


@contextmanager
def no_database(location):
    """Put texts in the place of the database and its row log."""
    paths = [Path(location + ending) for ending in ("", ".rows", ".rows-wal", ".rows-shm")]
    there = [path for path in paths if path.exists()]
    for path in there:
        path.rename(f"{path}.aside")
    for path in paths[:2]:
        path.write_text("no database of any kind\n" * 1_000)
    try:
        yield
    finally:
        for path in paths:
            path.unlink(missing_ok=True)
        for path in there:
            Path(f"{path}.aside").rename(path)


@contextmanager
def another_program(location):
    """Have the file open in another program, as DuckDB's shell has it."""
    with start(HOLDS, location) as program:
        assert "ready\n" == program.stdout.readline()
        yield
        program.stdin.close()
        assert 0 == program.wait()


OUTAGES = {
    "file": folders_instead_of(""),
    "row-log": folders_instead_of(".rows", ".rows-wal", ".rows-shm"),
    "file-and-row-log": folders_instead_of("", ".rows", ".rows-wal", ".rows-shm"),
    "lock-file": folders_instead_of(".lock"),
    "log-of-duckdb": folders_instead_of(".wal"),
    "folder": no_folder,
    "no-database": no_database,
    "another-program": another_program,
}
