"""Databases that hold assets, and a look at their tables from outside."""

from __future__ import annotations

import os
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

import pytest

from tests.preloaded import run_command
from xetrack import Tracker


@pytest.fixture
def db(tmp_path):
    """Where a database may be; if one came to be, SQLite must find nothing wrong with it."""
    path = tmp_path / "track.db"
    yield path
    if path.exists():
        assert [("ok",)] == sql(path, "PRAGMA integrity_check")


@pytest.fixture
def tracker(db):
    """A tracker on a file."""
    with Tracker(db) as made:
        yield made


def sql(path, statement, *parameters):
    """Run a statement as another program would."""
    with closing(sqlite3.connect(path)) as connection, connection:
        return connection.execute(statement, parameters).fetchall()


@pytest.fixture
def python(tmp_path):
    """Run a script in a process of its own, in the test's folder, and return what it printed."""

    def run(code, *arguments, fresh=False, **environment):
        script = tmp_path / "script.py"
        script.write_text(code)
        done = run_command(
            [sys.executable, "-W", "error", script, *map(str, arguments)],
            cwd=tmp_path,
            env={**os.environ, **environment},
            capture_output=True,
            text=True,
            fresh=fresh,
        )
        assert (0, "") == (done.returncode, done.stderr)
        return done.stdout.strip()

    return run


class Canary:
    """Makes a file when it is unpickled."""

    def __init__(self, folder):
        self.path = str(Path(folder, "canary"))

    def __reduce__(self):
        return os.mkdir, (self.path,)
