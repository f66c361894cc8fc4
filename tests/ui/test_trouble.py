"""Databases that are missing, busy, damaged, replaced or removed while the page shows them."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest

from tests.ui.pages import fill, opened
from xetrack import Tracker
from xetrack.builtin.sqlite.engine import SQLiteEngine
from xetrack.errors import StorageError
from xetrack_ui.tables import databases


def test_a_database_that_is_removed_is_an_error_until_it_is_back(page, tmp_path):
    """And then it is the new one that is shown."""
    path = tmp_path / "runs.db"
    assert 2 == page.json("runs")["total"]
    for each in tmp_path.glob("runs.db*"):
        each.unlink()
    error = page.error(404, "runs")
    assert "DatabaseNotFoundError" == error["type"]
    assert "error" in page.json("/api/databases")[0]
    with Tracker(path, track_id="new") as tracker:
        tracker.log({"loss": 1.0})
    assert ["new"] == [run["track_id"] for run in page.json("runs")["runs"]]


def test_a_damaged_database_is_an_error(tmp_path):
    """One that is no database, one that is cut, one that is empty."""
    paths = {name: tmp_path / f"{name}.db" for name in ("text", "cut", "empty", "folder")}
    paths["text"].write_bytes(b"no database at all\n" * 100)
    fill(paths["cut"])
    content = paths["cut"].read_bytes()
    paths["cut"].write_bytes(content[: len(content) // 2])
    paths["empty"].touch()
    paths["folder"].mkdir()
    with opened(*paths.values()) as page:
        listed = {each["name"]: each for each in page.json("/api/databases")}
        for name in ("text.db", "folder.db"):
            assert listed[name]["error"]["message"]
        assert [] == listed["empty.db"]["tables"]
        for number in range(4):
            answer = page.answer(f"/api/db/{number}/default/runs")
            assert answer.status_code in {404, 503, 200}, answer.text
            assert "InternalError" not in answer.text
        assert "NotADatabaseError" == page.answer("/api/db/0/default/runs").json()["error"]["type"]


def test_a_token_that_cannot_be_had_is_an_error_of_the_answer(page, monkeypatch):
    """And the next answer is right."""

    def fail(engine, _):
        raise StorageError(engine.location, "Reading", "no token")

    with monkeypatch.context() as patch:
        patch.setattr(SQLiteEngine, "change_token", fail)
        failure = page.answer("/api/db/0/default/runs")
    error = failure.json()["error"]
    assert (True, "StorageError") == (500 <= failure.status_code, error["type"])
    assert "no token" in error["message"]
    assert 2 == page.json("runs")["total"]


def test_bytes_that_are_damaged_while_the_page_is_open(page, tmp_path):
    """Whatever is overwritten, each answer is one, and the page goes on."""
    path = tmp_path / "runs.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    content = bytearray(path.read_bytes())
    page.json("runs")
    for place in range(100, len(content), len(content) // 40):
        damaged = content.copy()
        damaged[place : place + 64] = b"\xff" * 64
        path.write_bytes(damaged)
        for name, query in (
            ("runs", {}),
            ("rows", {}),
            ("series", {"y": "loss"}),
            ("run/run-0", {}),
        ):
            answer = page.answer(name, **query)
            assert answer.status_code in {200, 400, 404, 503}, answer.text
    path.write_bytes(content)
    assert 2 == page.json("runs")["total"]


def test_a_database_that_another_has_for_itself_is_busy(tmp_path, monkeypatch):
    """The error comes in time, and the next answer is one again."""
    monkeypatch.setattr(databases, "TIMEOUT", 0.2)
    path = tmp_path / "runs.db"
    with closing(sqlite3.connect(path)) as connection:  # without a write-ahead log
        connection.execute("CREATE TABLE 'default' (timestamp, track_id, loss)")
        connection.execute("INSERT INTO 'default' VALUES ('2026-01-01 00:00:00', 'a', 1.0)")
        connection.commit()
        with opened(path) as page:
            connection.execute("BEGIN EXCLUSIVE")
            answer = page.answer("runs")
            assert (503, "DatabaseBusyError") == (
                answer.status_code,
                answer.json()["error"]["type"],
            )
            connection.execute("ROLLBACK")
            assert 1 == page.json("runs")["total"]


def test_a_table_that_is_dropped_is_not_found(page, tmp_path):
    """Until somebody logs into it again."""
    page.json("runs")
    with Tracker(tmp_path / "runs.db", reset=True, track_id="again") as tracker:
        with opened(tmp_path / "runs.db") as other:
            assert other.answer("rows").status_code in {200, 404}
        tracker.log({"x": 1})
    assert ["again"] == [r["track_id"] for r in page.json("runs", where="rows > 0")["runs"]]


def test_what_should_not_happen_is_an_answer_too(page, monkeypatch):
    """It is said on the terminal, and the next request is answered."""

    def fail(*_):
        raise ZeroDivisionError("by hand")

    with monkeypatch.context() as patch:
        patch.setattr("xetrack_ui.answers.runs.choose_runs", fail)
        with pytest.warns(UserWarning, match="by hand"):
            error = page.error(500, "runs")
    assert "InternalError" == error["type"]
    assert "by hand" in error["message"]
    page.json("runs")
