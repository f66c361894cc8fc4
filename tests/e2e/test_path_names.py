"""Names of paths as people have them: `~`, signs of URLs and of SQL, and files of other kinds."""

from __future__ import annotations

import sqlite3

import pytest

from xetrack import Reader, Tracker, copy
from xetrack.errors import InvalidArgumentError, NotADatabaseError, RunNotFoundError

NAMES = ["a#b", "a%41b", "a b'c", "ü\u202e", "new\nline", 'q"q', "a;b", "[a]*{b,c}", "-a", "~x"]
ENDINGS = ["db", "duckdb"]


@pytest.mark.parametrize("name", [*NAMES, "a?b", "a?mode=ro"])
@pytest.mark.parametrize("ending", ENDINGS)
def test_every_name_is_a_path(tmp_path, monkeypatch, name, ending):
    """For files and folders: it works, or is refused before anything is made."""
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / name
    folder.mkdir()
    for number, path in enumerate((f"{name}.{ending}", folder / f"rows.{ending}")):
        if ending == "duckdb" and "?" in name:
            with pytest.raises(NotADatabaseError, match="parameters of a URL"):
                Tracker(path)
            continue
        with Tracker(path) as tracker:
            tracker.log({"a": 1})
            tracker.to_csv(folder / "rows.csv")
            tracker.to_parquet(folder / "rows.parquet")
        reader = Reader(path)
        assert 1 == len(reader.sql("SELECT a FROM events"))
        reader.backup(folder / f"{name}.{number}.{ending}")
        assert 1 == len(Reader(folder / f"{name}.{number}.{ending}"))
        assert 1 == copy(path, folder / f"{name}.copy{number}.db")
        assert {"rows.csv", "rows.parquet"} <= {file.name for file in folder.iterdir()}
    assert all(file.name.startswith(name) for file in tmp_path.iterdir())


def test_duckdb_writes_no_copy_that_it_cannot_open(tmp_path):
    """A backup under such a name is refused, and nothing is left of it."""
    with Tracker(tmp_path / "a.duckdb") as tracker:
        tracker.log({"a": 1})
    before = sorted(tmp_path.iterdir())
    with pytest.raises(InvalidArgumentError, match=r"a path without '\?'"):
        Reader(tmp_path / "a.duckdb").backup(tmp_path / "b?c.duckdb")
    assert before == sorted(tmp_path.iterdir())


@pytest.mark.parametrize("name", ["a\\b.duckdb", "c\\d/b.duckdb"])
def test_duckdb_refuses_a_backslash(tmp_path, name):
    """It is the end of a folder's name to DuckDB, whose file would lie elsewhere."""
    path, good = tmp_path / name, tmp_path / "good.duckdb"
    (tmp_path / "a").mkdir()
    path.parent.mkdir(exist_ok=True)
    with Tracker(good) as tracker:
        tracker.log({"a": 1})
    before = sorted(tmp_path.rglob("*"))
    for call in (lambda: Tracker(path), lambda: copy(good, path)):
        with pytest.raises(NotADatabaseError, match="takes a backslash in a path for the '/'"):
            call()
    with pytest.raises(InvalidArgumentError, match="a path without a backslash"):
        Reader(good).backup(path)
    assert before == sorted(tmp_path.rglob("*"))
    with Tracker(path.with_suffix(".db")) as tracker:
        tracker.log({"a": 1})
    assert path.with_suffix(".db").is_file()


def test_the_home_is_expanded_in_every_argument(tmp_path, monkeypatch):
    """No shell has expanded what stands in a script or in quotes."""
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.chdir(tmp_path)
    options = {"logs_path": "~/logs", "jsonl": "~/rows.jsonl", "cache": "~/cache"}
    with Tracker("~/runs.db", warnings=False, **options) as tracker:
        tracker.track(len, args=["abc"])
        tracker.to_csv("~/rows.csv")
        tracker.to_parquet("~/rows.parquet")
    reader = Reader("~/runs.db")
    assert 1 == len(reader) == len(Reader.read_db("~/runs.db"))
    reader.backup("~/backup.db")
    assert 1 == copy("~/runs.db", "~/copy.db")
    assert 1 == len(Reader.read_jsonl("~/rows.jsonl")) == len(Reader.read_logs("~/logs"))
    made = {path.name for path in home.iterdir()}
    files = {"runs.db", "rows.jsonl", "rows.csv", "rows.parquet", "backup.db", "copy.db", "logs"}
    assert files <= made
    assert [home] == list(tmp_path.iterdir())


@pytest.mark.parametrize("engine", [None, "sqlite", "duckdb"])
@pytest.mark.parametrize("content", [b"x", b"\n", b"S", b"\0", b"xy", b"SQLite", b"\0" * 100])
@pytest.mark.parametrize("ending", ENDINGS)
def test_a_short_file_is_no_database(tmp_path, engine, content, ending):
    """It is refused by whoever reads or writes, and stays what it is."""
    path, good = tmp_path / f"short.{ending}", tmp_path / "good.db"
    path.write_bytes(content)
    Tracker(good).log({"a": 1})

    def log():
        with Tracker(path, engine=engine) as tracker:
            tracker.log({"a": 1})

    for call in (log, lambda: Reader(path, engine).to_df(), lambda: copy(good, path)):
        with pytest.raises(NotADatabaseError):
            call()
    with pytest.raises(Exception, match="is no database of this kind"):
        Reader(good).backup(path, overwrite=True)
    assert content == path.read_bytes()
    assert {path.name, good.name} == {file.name for file in tmp_path.iterdir()} - {
        "good.db-wal",
        "good.db-shm",
    }


def test_a_short_file_beside_a_database_is_left_alone(tmp_path):
    """The row log of DuckDB, and the database of a cache, are SQLite's too."""
    log, cached = tmp_path / "a.duckdb.rows", tmp_path / "cache" / "cache.db"
    cached.parent.mkdir()
    log.write_text("x")
    cached.write_text("x")
    with pytest.raises(NotADatabaseError):
        Tracker(tmp_path / "a.duckdb").log({"a": 1})
    with (
        pytest.warns(match="cache.db is no database"),
        Tracker(tmp_path / "b.db", cache=cached.parent) as tracker,
    ):
        assert 3 == tracker.track(len, args=["abc"])
    assert "x" == log.read_text() == cached.read_text()


@pytest.mark.parametrize("ending", ENDINGS)
def test_setting_a_value_of_an_unknown_run_is_an_error(tmp_path, ending):
    """`Reader.set_value` and `Reader.set_where` name the run; no column is added."""
    path = tmp_path / f"a.{ending}"
    with Tracker(path, track_id="known") as tracker:
        tracker.log({"a": 1})
    reader = Reader(path)
    with pytest.raises(RunNotFoundError, match="unknown"):
        reader.set_value("b", 1, track_id="unknown")
    with pytest.raises(RunNotFoundError, match="unknown"):
        reader.set_where("b", 1, "a", 1, track_id="unknown")
    assert 0 == reader.set_where("b", 1, "a", 99) == reader.set_where("b", 1, "a", 9, "known")
    assert "b" not in reader.columns
    assert 1 == reader.set_where("b", 1, "a", 1, "known")
    if ending == "db":
        with sqlite3.connect(path) as connection:
            assert [(1,)] == connection.execute('SELECT b FROM "default"').fetchall()
