"""Copies of the files that xetrack 0.7.0 wrote, and what was logged into them."""

from __future__ import annotations

import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.engines import exact

FIXTURES = Path(__file__).parents[2] / "fixtures/old"


def _value(found):
    """Return what JSON has no words for."""
    if found.keys() == {"hex"}:
        return bytes.fromhex(found["hex"])
    return found["text"] * found["times"] if "times" in found else found


@pytest.fixture(scope="session")
def expected():
    """What the files hold, by file and table; a row says nothing of cells that are missing."""
    return json.loads((FIXTURES / "expected.json").read_text("utf-8"), object_hook=_value)


@pytest.fixture
def old(tmp_path):
    """A folder with copies of all old files; every database is sound in the end."""
    folder = shutil.copytree(FIXTURES, tmp_path / "old")
    yield folder
    for path in folder.glob("*.db"):
        with closing(sqlite3.connect(path)) as connection:
            assert [("ok",)] == connection.execute("PRAGMA integrity_check").fetchall()


@pytest.fixture
def present():
    """Return a function that leaves missing cells out, and makes what is left comparable."""

    def cells(rows):
        return [{k: exact(v) for k, v in row.items() if v is not None} for row in rows]

    return cells


@pytest.fixture
def snapshot(old):
    """Return a function that tells the content of every file there is."""

    def files():
        return {path: path.read_bytes() for path in old.rglob("*") if path.is_file()}

    return files
