"""Objects in a file of the old layout, which xetrack 0.7 reads: whole, or not at all."""

from __future__ import annotations

import base64
import pickle
import shutil
import signal
import sqlite3
import sys
import threading
from array import array
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sqlitedict import SqliteDict, decode_key

from tests.assets.conftest import Canary, sql
from tests.preloaded import run_command, run_xt
from xetrack import Reader
from xetrack.errors import DamagedAssetError, FileInTheWayError, StorageError, UntrustedPickleError
from xetrack_assets import export_old
from xetrack_assets.legacy_tables import as_key

FIXTURES = Path(__file__).parents[1] / "fixtures/old"
FRAME = pd.DataFrame({"a": [1, 2], "b": ["x", None]})


def threads():
    """All but the one that makes files whole in a quiet moment, and ends by itself."""
    return {one for one in threading.enumerate() if one.name != "xetrack-idle"}


@pytest.fixture
def out(tmp_path):
    """Where the file may come; no other is left beside it, and no thread behind."""
    path = tmp_path / "out" / "old.db"
    path.parent.mkdir()
    before = threads()
    yield path
    assert before == threads()
    assert {path} >= set(path.parent.iterdir())


def read_as_07(path):
    """Read a file as 0.7 does: by sqlitedict, which unpickles."""
    keys = {"encode_key": as_key, "decode_key": decode_key}
    with (
        SqliteDict(str(path), "assets", flag="r", **keys) as assets,
        SqliteDict(str(path), "keys", flag="r", **keys) as columns,
        SqliteDict(str(path), "counts", flag="r") as counts,
    ):
        return dict(assets), dict(columns), dict(counts)


def test_what_is_exported_is_read_as_before(tracker, db, out):
    """What is exported is read as before, by the ids in the rows, whatever codec encoded it."""
    row = tracker.log({"array": np.arange(3), "frame": FRAME, "model": array("b", [1, 2])})
    again = tracker.log({"other": array("b", [1, 2])})
    lone = tracker.assets.put("a text")
    assert 4 == export_old(db, out)
    assets, columns, counts = read_as_07(out)
    assert {*row.values(), lone} & {*assets} == {*assets}
    assert [0, 1, 2] == assets[row["array"]].tolist()
    assert FRAME.equals(assets[row["frame"]])
    assert array("b", [1, 2]) == assets[row["model"]]
    assert "a text" == assets[lone]
    expected = {key: row[key] for key in ("array", "frame", "model")}
    assert {**expected, "other": again["other"]} == columns
    assert {row["array"]: 1, row["frame"]: 1, row["model"]: 2, lone: 1} == counts


def test_what_is_exported_is_old_to_us_too(tracker, db, out):
    """Listed, and read with trust."""
    row = tracker.log({"array": np.arange(3), "model": array("b", [1, 2])})
    export_old(db, out)
    with Reader(out) as reader, Reader(out, trust=True) as trusting:
        assert {row["array"], row["model"]} == {info.id for info in reader.assets}
        with pytest.raises(UntrustedPickleError, match="trust=True"):
            reader.assets.get(row["model"])
        assert array("b", [1, 2]) == trusting.assets.get(row["model"])
        assert ["array"] == [one.key for one in reader.assets.references(row["array"])]


@pytest.mark.parametrize("name", ["runs.db", "compressed.db"])
def test_a_file_of_07_can_be_exported_again(name, tmp_path, out):
    """Its pickles as they are, but for the compression, which not all of 0.7 undo."""
    path = shutil.copy(FIXTURES / name, tmp_path)
    with Reader(path) as reader:
        number = len(reader.assets)
    assert number == export_old(path, out)
    before = {key for (key,) in sql(path, 'SELECT key FROM "assets"')}
    assert before == {key for (key,) in sql(out, 'SELECT key FROM "assets"')}


def test_no_pickle_is_loaded(tmp_path, tracker, db, out):
    """No pickle is loaded, neither ours nor one of somebody else's, in whichever table of an old
    file.
    """
    canary = Canary(tmp_path)
    tracker.assets.put(canary)
    poison = pickle.dumps(canary)
    with sqlite3.connect(db) as connection:
        for table in ("keys", "counts"):
            connection.execute(f'CREATE TABLE "{table}" (key TEXT PRIMARY KEY, value BLOB)')
            connection.execute(f'INSERT INTO "{table}" VALUES (?, ?)', ("k", poison))
        rows = [(base64.b64encode(poison).decode(), poison), (as_key("0" * 16), poison)]
        connection.executemany('INSERT INTO "assets" VALUES (?, ?)', rows)
    connection.close()
    assert 2 == export_old(db, out)
    assert not Path(canary.path).exists()


def test_what_is_damaged_leaves_the_older_file(tracker, db, out):
    """Nothing is half written."""
    tracker.log({"model": array("b", [1, 2]), "array": np.arange(9)})
    export_old(db, out)
    before = out.read_bytes()
    sql(db, 'UPDATE "assets" SET value = ?', b"another")
    with pytest.raises(DamagedAssetError):
        export_old(db, out)
    assert before == out.read_bytes()


def test_another_database_is_not_replaced(tracker, db, out):
    """Nor its own one, but for an older file of this kind."""
    tracker.log({"model": array("b", [1, 2])})
    before = db.read_bytes()
    with pytest.raises(FileInTheWayError, match="is a database"):
        export_old(db, db)
    assert before == db.read_bytes()
    assert [export_old(db, out) for _ in range(2)] == [1, 1]


FULL = """
import resource, signal, sys
import xetrack_assets.legacy_files as old_files
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, 300_000))
try:
    old_files.export_old(*sys.argv[1:])
except old_files.StorageError as error:
    print("refused")
"""
KILLED = """
import os, signal, sys
import xetrack_assets.legacy_files as old_files
write = old_files._write
def killed(path, table, rows):
    write(path, table, rows)
    if table == sys.argv[3]:
        os.kill(os.getpid(), signal.SIGKILL)
old_files._write = killed
old_files.export_old(*sys.argv[1:3])
"""


def test_a_full_disk_is_an_error_and_no_file(tracker, db, out):
    """A full disk is an error and no file, and nobody waits for a thread that has ended."""
    tracker.assets.put(bytes(range(256)) * 4_000)
    command = [sys.executable, "-c", FULL, db, out]
    done = run_command(command, capture_output=True, text=True, timeout=55, check=False)
    assert "refused" == done.stdout.strip()
    assert not out.exists()


@pytest.mark.parametrize("table", ["assets", "keys", "counts"])
def test_a_kill_leaves_no_file(table, tracker, db, tmp_path):
    """A kill leaves no file, at least none of that name."""
    tracker.log({"model": array("b", [1, 2])})
    out = tmp_path / "out.db"
    command = [sys.executable, "-c", KILLED, db, out, table]
    done = run_command(command, timeout=55, check=False)
    assert -signal.SIGKILL == done.returncode
    assert not out.exists()


def test_a_folder_that_is_missing_or_a_file_that_cannot_be_written(tracker, db, tmp_path):
    """A folder that is missing, or a file that cannot be written, is a typed error."""
    tracker.log({"model": array("b", [1, 2])})
    (tmp_path / "folder").mkdir()
    with pytest.raises(StorageError):
        export_old(db, tmp_path / "folder")


def test_xt_writes_such_a_file(tracker, db, out):
    """`xt` writes such a file, and says how many objects are in it."""
    tracker.log({"model": array("b", [1, 2])})
    assert (
        f"Wrote 1 object to {out}" in run_xt(["assets", "export-old", db, out], cwd=db.parent).out
    )
    assert [array("b", [1, 2])] == [*read_as_07(out)[0].values()]
