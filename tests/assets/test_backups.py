"""A backup is whole, of one moment, and takes nothing's place without being told to."""

from __future__ import annotations

import stat
import subprocess
import threading
from pathlib import Path

import numpy as np
import pytest

from tests.engines import quiet
from xetrack import Reader, Tracker
from xetrack.copying.backup import back_up
from xetrack.errors import (
    FileInTheWayError,
    InvalidArgumentError,
    NotADatabaseError,
    StorageError,
)
from xetrack_testing.processes import meanwhile


@pytest.fixture(params=["db", pytest.param("duckdb", marks=pytest.mark.slow)])
def path(request, tmp_path):
    """A database with rows, a batch, and an asset."""
    path = tmp_path / f"rows.{request.param}"
    with Tracker(path, track_id="run") as tracker:
        tracker.log({"n": 0, "array": np.arange(3)})
        tracker.log_batch([{"n": n, "word": "batch"} for n in range(1, 3_000)])
    return path


@pytest.fixture
def out(path, tmp_path):
    """Where the backup may come."""
    return tmp_path / "safe" / f"copy{path.suffix}"


def names(folder):
    """What is in a folder."""
    return sorted(one.name for one in folder.iterdir())


def values(path):
    """The numbers that are stored."""
    with Reader(path) as reader:
        return reader.to_df()["n"].tolist()


def test_a_backup_has_rows_batches_and_assets(path, out):
    """In a folder that was made for it, with nothing else there."""
    with Reader(path) as reader:
        files = reader.backup(out)
        assert files[0] == out
        assert sorted(file.name for file in files) == names(out.parent)
    path.rename(path.with_name("gone"))
    with Reader(out) as reader:
        frame = reader.to_df()
        assert [*range(3_000)] == frame["n"].tolist()
        assert [0, 1, 2] == reader.assets.get(frame["array"][0]).tolist()


def test_a_backup_while_threads_write(path, out):
    """What was acknowledged before is in it, in order, without holes."""
    stop = threading.Event()
    logged = []
    with Tracker(path, track_id="busy") as tracker:

        def work():
            while not stop.is_set():
                tracker.log({"n": len(logged), "array": np.arange(len(logged) % 5 + 2)})
                logged.append(1)

        with meanwhile(work), Reader(path) as reader:
            while not logged:
                pass
            before = len(logged)
            try:
                reader.backup(out)
            finally:
                stop.set()
    with Reader(out) as reader:
        rows = reader.to_df(track_id="busy")
        assert [*range(len(rows))] == rows["n"].tolist()
        assert before <= len(rows) <= len(logged)
        for row in rows.tail(3).itertuples():
            assert row.n % 5 + 2 == len(reader.assets.get(row.array))


def test_a_backup_goes_its_own_way(path, out):
    """Both take rows, and neither has those of the other; a mixture of both is refused."""
    with Reader(path) as reader:
        reader.backup(out)
    with Tracker(out) as copy, Tracker(path) as original:
        copy.log({"n": -1})
        original.log({"n": -2})
    assert [*range(3_000), -1] == values(out)
    assert [*range(3_000), -2] == values(path)
    if path.suffix == ".duckdb":
        out.replace(path)
        with pytest.raises(NotADatabaseError, match="belongs to another database"):
            values(path)


def test_what_is_there_stays_unless_it_is_to_be_replaced(path, out):
    """Then it is replaced as a whole, and what lay beside it with it."""
    with Reader(path) as reader:
        reader.backup(out)
        before = {one: one.read_bytes() for one in out.parent.iterdir()}
        with pytest.raises(FileInTheWayError, match="exists already"):
            reader.backup(out)
        assert before == {one: one.read_bytes() for one in out.parent.iterdir()}
        with Tracker(path) as tracker:
            tracker.log({"n": 3_000})
        reader.backup(out, overwrite=True)
    assert [*range(3_001)] == values(out)
    assert sorted(file.name for file in before) == names(out.parent)


def test_only_a_database_at_rest_is_replaced(path, out, tmp_path):
    """Only a database at rest is replaced, no open one, and not the database itself."""
    out.parent.mkdir()
    with Reader(path) as reader:
        out.write_text("a letter")
        with pytest.raises(FileInTheWayError, match="no database of this kind"):
            reader.backup(out, overwrite=True)
        assert "a letter" == out.read_text()
        out.unlink()
        out.mkdir()
        with pytest.raises(InvalidArgumentError, match=path.name):
            reader.backup(out, overwrite=True)
        out.rmdir()
        link = tmp_path / "link.db"
        link.symlink_to(path)
        for itself in (path, link, *(one for one in [Path(f"{path}.rows")] if one.exists())):
            with pytest.raises(InvalidArgumentError, match="another file"):
                reader.backup(itself, overwrite=True)
        log = {".db": "-wal", ".duckdb": ".rows-wal"}[path.suffix]
        reader.backup(out)
        Path(f"{out}{log}").touch()
        with pytest.raises(FileInTheWayError, match="open somewhere"):
            reader.backup(out, overwrite=True)
    assert [*range(3_000)] == values(path)


@pytest.mark.parametrize("wrong", ["", 3, None, b"copy", "a\0b", "postgresql://x/y", "no/such/"])
def test_a_path_that_is_none_is_a_typed_error(path, wrong, tmp_path, monkeypatch):
    """A path that is none is a typed error before anything is written."""
    monkeypatch.chdir(tmp_path)
    before = names(tmp_path)
    with Reader(path) as reader, pytest.raises(InvalidArgumentError, match="path"):
        reader.backup(wrong)
    assert before == names(tmp_path)


def test_a_place_that_takes_no_file_is_a_typed_error(path):
    """It names the place."""
    with Reader(path) as reader, pytest.raises(StorageError, match="/proc/"):
        reader.backup("/proc/nowhere/copy.db")


def test_a_copy_that_fails_leaves_nothing(path, out, monkeypatch):
    """A copy that fails leaves nothing, nor does it take away what was there."""
    with Reader(path) as reader:
        reader.backup(out)
        monkeypatch.setattr(type(reader.engine), "backup", lambda *_: 1 / 0)
        before = names(out.parent)
        for overwrite in (True, False):
            with pytest.raises((ZeroDivisionError, FileInTheWayError)):
                reader.backup(out, overwrite=overwrite)
        assert before == names(out.parent)
    assert [*range(3_000)] == values(out)


def test_a_backup_is_as_private_as_its_database(path, out):
    """A copy for everybody would show what the database does not."""
    for one in path.parent.glob("rows*"):
        one.chmod(0o600)
    with Reader(path) as reader:
        files = reader.backup(out)
    assert {0o600} == {stat.S_IMODE(one.stat().st_mode) for one in files}


def test_an_engine_without_files_says_what_to_do_instead(out):
    """Its rows can be copied."""
    tracker = Tracker("SKIP_INSERT")
    with pytest.raises(InvalidArgumentError, match="xt copy"):
        back_up(tracker._engine, out, overwrite=False)


def test_duckdb_over_sqlite_backs_up_the_sqlite_file(tmp_path):
    """DuckDB over SQLite backs up the SQLite file: one file, for both engines."""
    path, out = tmp_path / "rows.db", tmp_path / "copy.db"
    with Tracker(path) as tracker:
        tracker.log({"n": 1})
    with Reader(path, engine="duckdb") as reader:
        assert (out,) == reader.backup(out)
    with Reader(out) as reader:
        assert [1] == reader.to_df()["n"].tolist()


def test_the_database_is_not_changed(path, out):
    """Others can go on with it, and find no more files beside it than before."""
    with Tracker(path) as tracker:
        tracker.log({"n": 3_000})
        quiet()
        with Reader(path) as reader:
            reader.backup(out)
        tracker.log({"n": 3_001})
        quiet()
        subprocess.run(["cp", path, out.parent / f"cp{path.suffix}"], check=True)
    assert [*range(3_002)] == values(path)
    assert [*range(3_001)] == values(out)
    assert [*range(3_002)] == values(out.parent / f"cp{path.suffix}")
