"""The page on every engine: the same rows give the same answers."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing

import pytest

from tests.cli import ledger
from tests.core.old.conftest import FIXTURES
from tests.ui.pages import every_kind, fill, of_table, opened
from xetrack import Reader, Tracker
from xetrack.plugins.registry import registry

LINE = [1 / (step + 1) for step in range(10)]


def check_answers(location, *, runs_sql):
    """Ask for everything there is, of a database that `fill` filled, and compare."""
    with opened(location) as page:
        (database,) = page.json("/api/databases")
        assert ([{"name": "default", "rows": 22}], runs_sql) == (
            database["tables"],
            database["sql"],
        )
        kinds = {each["name"]: each["kind"] for each in page.json("columns")}
        assert {"step": "number", "loss": "number", "optimizer": "text"}.items() <= kinds.items()
        runs = page.json("runs", sort="loss:max", where="lr > 0.01 AND loss < 5")
        assert ["run-0", "run-1"] == [run["track_id"] for run in runs["runs"]]
        assert {"last": 0.1, "min": 0.1, "max": 1.0} == runs["runs"][0]["values"]["loss"]
        assert ["finished", "failed"] == [run["status"] for run in runs["runs"]]
        assert [11, 11] == [run["rows"] for run in runs["runs"]]
        head, columns = page.series(y="loss", x="step", buckets=10, where="step >= 0", smooth=0.5)
        assert [("run-0", 10), ("run-1", 10)] == [(r["track_id"], r["rows"]) for r in head["runs"]]
        assert (
            pytest.approx(LINE + [1 + n for n in LINE], rel=1e-6) == columns["loss:mean"].tolist()
        )
        _, columns = page.series(y="loss", buckets=1, x="timestamp", runs="run-1")
        assert ([11], [8]) == (columns["rows"].tolist(), columns["loss:odd"].tolist())
        rows = page.json("rows", columns=["loss"], sort="loss", limit=1, offset=1)
        assert (22, 1 / 9) == (rows["total"], rows["rows"][0][0])
        rows = page.json("rows", columns=["track_id"], runs=["run-1", "run-0"], offset=20)
        assert (22, 2) == (rows["total"], len(rows["rows"]))
        compared = page.json("compare", runs=["run-0", "run-1"])
        assert ["lr"] == [row["name"] for row in compared["sections"][0]["rows"] if row["differs"]]
        assert "run-1" == page.json("run/@1")["record"]["track_id"]
        assert page.json("complete", text="optimizer = 's")
        check_sql(page, runs_sql=runs_sql)


def check_sql(page, *, runs_sql):
    """Conditions on rows are the database's own SQL; where none runs it, the error says so."""
    if runs_sql:
        assert 1 == page.json("rows", where="val_acc > 0.6")["total"]
        answer = page.json("/api/db/0/sql", q="SELECT count(*) AS n FROM events")
        assert (["n"], [[22]]) == (answer["columns"], answer["rows"])
        assert "QueryError" == page.error(400, "/api/db/0/sql", q="DROP TABLE events")["type"]
    else:
        for path, query in (("rows", {"where": "loss > 1"}), ("/api/db/0/sql", {"q": "SELECT 1"})):
            error = page.error(400, path, **query)
            assert "UnsupportedOperationError" == error["type"]
            assert "SQL" in error["message"] + error["hint"]


@pytest.mark.parametrize("name", ["runs.db", "runs.duckdb"])
def test_files_with_sql(tmp_path, name):
    """SQLite and DuckDB."""
    fill(tmp_path / name)
    check_answers(tmp_path / name, runs_sql=True)


def test_the_engine_of_a_stranger(journal):
    """It keeps rows in a text file. Another distribution lends it SQL."""
    fill(journal)
    check_answers(journal, runs_sql=True)


@pytest.fixture
def ledger_url(tmp_path, monkeypatch):
    """The URL of an engine that has no SQL, where nothing is installed that lends it any."""
    monkeypatch.syspath_prepend(str(ledger.installed(tmp_path / "site")))
    monkeypatch.setenv("XETRACK_DISABLE_PLUGINS", "duckdb")
    registry().refresh()
    yield f"ledger://{tmp_path}/runs?token=hush-hush"
    monkeypatch.undo()
    registry().refresh()


def test_an_engine_without_sql(ledger_url):
    """All but SQL is answered; for that, the error says what to install."""
    fill(ledger_url)
    check_answers(ledger_url, runs_sql=False)
    with opened(ledger_url) as page:
        rows = page.json("rows", columns=["loss"], runs=["run-0", "run-1"], sort="loss", desc=1)
        assert [2.0, 1.5] == [row[0] for row in rows["rows"][:2]]
        rows = page.json("rows", columns=["step"], runs=["run-0", "run-1"], desc=1, limit=2)
        assert [[None], [9]] == rows["rows"]
        for path in ("/api/databases", "/api/db/0/default/rows"):
            assert "hush" not in page.answer(path).text


@pytest.mark.parametrize("name", ["runs.duckdb", "runs.journal"])
def test_hard_cells_of_other_engines(journal, tmp_path, name):
    """Every cell has a form in JSON, as the engine returns it."""
    row = {name: value for name, value in every_kind().items() if name != "surrogate"}
    with Tracker(tmp_path / name, track_id="a") as tracker:
        tracker.log(row)
    with opened(tmp_path / name) as page:
        ((nan, inf, huge, long),) = page.json("rows", columns=["nan", "inf", "huge", "long"])[
            "rows"
        ]
        assert ("nan", "inf", str(10**30)) == (nan, inf, huge)
        assert long.endswith("characters)")
        assert len(row) + 2 == len(page.json("rows")["rows"][0])


@pytest.mark.parametrize(
    ("name", "table"),
    [
        ("runs.db", "default"),
        ("runs.db", "model-metrics"),
        ("duckdb.db", "default"),
        ("compressed.db", "default"),
    ],
)
def test_files_of_an_earlier_version(tmp_path, name, table):
    """They have no records: runs are made of their rows, and the file stays as it is."""
    path = tmp_path / name
    shutil.copy(FIXTURES / name, path)
    before = path.read_bytes()
    with opened(path) as page:
        with Reader(path, table=table) as reader:
            rows = reader.select().dicts()
        runs = page.json(of_table("runs", table))["runs"]
        by_run = {row["track_id"] for row in rows}
        assert by_run == {run["track_id"] for run in runs}
        assert {"unknown"} == {run["status"] for run in runs}
        assert len(rows) == sum(run["rows"] for run in runs)
        assert all(run["started"] == run["first"] for run in runs)
        shown = page.json(of_table("rows", table), limit=1000)
        assert len(rows) == shown["total"] == len(shown["rows"])
        for column in page.json(of_table("columns", table)):
            if column["kind"] == "number" and column["own"]:
                answer = page.answer(of_table("series", table), y=[column["name"]])
                assert 200 == answer.status_code
        for run in runs:
            page.json(of_table(f"run/{run['track_id']}", table))
    assert before == path.read_bytes()


def test_a_table_of_another_program_has_rows_and_no_runs(tmp_path):
    """Without the column of runs."""
    path = tmp_path / "other.db"
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute('CREATE TABLE "some table" (a, "b c" TEXT)')
        connection.execute("""INSERT INTO "some table" VALUES (1, 'x'), (2.5, NULL)""")
    with opened(path) as page:
        assert ["some table"] == [t["name"] for t in page.json("/api/databases")[0]["tables"]]
        assert ([], 0) == (
            *(page.json(of_table("runs", "some table"))[n] for n in ("runs", "total")),
        )
        rows = page.json(of_table("rows", "some table"), where="a > 1")
        assert [[2.5, None]] == rows["rows"]
        error = page.error(400, of_table("series", "some table"), y="a")
        assert "track_id" in error["message"]
