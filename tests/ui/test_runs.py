"""The list of runs: what it shows, how it is sorted, filtered and cut."""

from __future__ import annotations

from urllib.parse import quote

import pytest

from tests.engines import fields
from tests.engines import opened as opened_engine
from tests.ui.pages import HOSTILE, fill, of_table, opened
from xetrack import Tracker
from xetrack.interfaces.query import Condition


def ids(answer):
    """Return the runs of an answer."""
    return [run["track_id"] for run in answer["runs"]]


def test_a_run_has_its_record_its_rows_and_its_figures(page):
    """What the list shows is what the tracker and the database say."""
    answer = page.json("runs")
    assert (2, 2) == (answer["total"], answer["matching"])
    assert ["lr", "optimizer"] == answer["params"]
    assert ["step", "loss", "val_acc"] == answer["metrics"]
    newest, oldest = answer["runs"]
    assert ("run-1", "run-0") == (newest["track_id"], oldest["track_id"])
    assert ("failed", "finished") == (newest["status"], oldest["status"])
    assert (1, 0) == (newest["number"], oldest["number"])
    assert ["fine"] == newest["tags"]
    assert ("the 0", "sweep", 11) == (oldest["name"], oldest["group"], oldest["rows"])
    assert {"lr": 0.1, "optimizer": "sgd"} == oldest["params"]
    assert {"last": 0.1, "min": 0.1, "max": 1.0} == oldest["values"]["loss"]
    assert oldest["started"] <= oldest["first"] <= oldest["last"] <= oldest["ended"]
    assert oldest["started"].endswith("+00:00") or oldest["started"][-6] in "+-"
    assert 0 <= oldest["duration"] < 60


@pytest.mark.parametrize(
    ("sort", "desc", "first"),
    [
        ("name", 0, "run-0"),
        ("started", 1, "run-1"),
        ("lr", 1, "run-1"),
        ("loss", 0, "run-0"),
        ("loss:max", 1, "run-1"),
        ("loss:min", 1, "run-1"),
        ("val_acc", 0, "run-0"),
        ("duration", 0, None),
        ("tags", 0, "run-1"),
        ("tags", 1, "run-1"),
    ],
)
def test_runs_are_sorted_by_fields_params_and_metrics(page, sort, desc, first):
    """Missing values come last in either direction."""
    found = ids(page.json("runs", sort=sort, desc=desc))
    assert {"run-0", "run-1"} == {*found}
    assert first in {None, found[0]}


@pytest.mark.parametrize(
    ("chosen", "expected"),
    [
        ({"status": "failed"}, ["run-1"]),
        ({"status": ["failed", "finished"]}, ["run-1", "run-0"]),
        ({"q": "THE 1"}, ["run-1"]),
        ({"q": "optimizer=sgd"}, ["run-1", "run-0"]),
        ({"q": "nothing"}, []),
        ({"ids": ["run-0", "gone"]}, ["run-0"]),
        ({"where": "lr > 0.15"}, ["run-1"]),
        ({"where": "loss < 1 AND status = 'finished'"}, ["run-0"]),
        ({"where": '"loss:max" >= 2'}, ["run-1"]),
        ({"where": '"val_acc" = 0.5 -- the best'}, ["run-0"]),
        ({"where": "rows = 11 and [group] like 'sw%'", "q": "0"}, ["run-1", "run-0"]),
        ({"where": "track_id in (select track_id from runs limit 0)"}, []),
    ],
)
def test_runs_are_chosen(page, chosen, expected):
    """By status, by a word, by ids, and by a condition of SQL on what the list shows."""
    answer = page.json("runs", **chosen)
    assert expected == ids(answer)
    assert (2, len(expected)) == (answer["total"], answer["matching"])


@pytest.mark.parametrize(
    "where", ["foo = 1", "1; DROP TABLE runs", "1) UNION SELECT 1, 2 --", "lr >", "(", "'", "\x00"]
)
def test_a_condition_that_is_none_is_refused(page, where):
    """The error says what is wrong and what to type."""
    error = page.error(400, "runs", where=where)
    assert "QueryError" == error["type"]
    assert error["hint"].startswith("Type")
    assert 2 == page.json("runs")["matching"]


def test_a_condition_that_never_ends_is_stopped(page, monkeypatch):
    """It costs its own answer and nothing else."""
    monkeypatch.setattr("xetrack_ui.tables.run_filter.TIMEOUT", 0.2)
    endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n"
    assert "QueryError" == page.error(400, "runs", where=f"lr > ({endless})")["type"]


def test_pages_of_runs_are_cut_from_one_order(page):
    """Each run is on one of them."""
    found = [ids(page.json("runs", sort="lr", offset=at, limit=1)) for at in range(3)]
    assert [["run-0"], ["run-1"], []] == found


def test_metrics_are_those_that_are_named(page):
    """None for an empty list, all without one."""
    values = [page.json("runs", **q)["runs"][0]["values"].keys() for q in ({}, {"metrics": ""})]
    assert [{"step", "loss", "val_acc"}, set()] == [*map(set, values)]
    assert {"loss"} == {*page.json("runs", metrics="loss")["runs"][0]["values"]}


def test_the_best_of_a_metric_needs_a_goal(page):
    """Nobody can tell whether a high loss is good, unless somebody said so."""
    error = page.error(400, "runs", sort="loss:best")
    assert "goal" in error["hint"]


def test_rows_that_were_logged_are_in_the_next_answer(tmp_path):
    """And the token is another one; while nothing happens it is the same."""
    location = tmp_path / "runs.db"
    with Tracker(location, track_id="a") as tracker, opened(location) as page:
        tracker.log({"loss": 1.0})
        first, again = page.json("runs"), page.json("runs")
        assert first["token"] == again["token"]
        tracker.log({"loss": 0.5})
        second = page.json("runs")
        assert first["token"] != second["token"]
        assert [1, 2] == [each["runs"][0]["rows"] for each in (first, second)]
        assert 0.5 == second["runs"][0]["values"]["loss"]["last"]


def test_a_list_that_took_long_to_read_may_be_older_than_the_table(page, tmp_path, monkeypatch):
    """Five times as long as it took, and no longer; so a busy table costs a sixth of the time."""
    monkeypatch.setattr("xetrack_ui.tables.state._CHEAP", 0.2)
    page.json("runs")
    database = page.workspace.databases.numbered("0")
    with database.reading() as reader:
        state = page.workspace.states.state(database, reader)
    state.cost = 3.0
    assert state.serves("another")
    with Tracker(tmp_path / "runs.db", track_id="new") as tracker:
        tracker.log({"loss": 1.0})
    assert 2 == page.json("runs")["total"]
    state.made -= 16
    assert not state.serves("another")
    assert 3 == page.json("runs")["total"]
    state.cost = 0.1
    assert not state.serves("another")


def test_runs_without_a_record_show_their_constant_columns_as_params(tmp_path):
    """As those of 0.7, or of another program: what never changes within a run is a param."""
    location = tmp_path / "runs.db"
    for number in range(3):
        with Tracker(location, track_id=f"run-{number}") as tracker:
            for step in range(4):
                tracker.log({"step": step, "size": number, "kind": "x", "score": step / 2})
    engine = opened_engine(location)
    assert engine.delete("xetrack_runs", [Condition("track_id", "!=", "")])
    engine.close()
    with opened(location) as page:
        answer = page.json("runs")
        assert ["size", "kind"] == answer["params"]
        assert ["step", "score"] == answer["metrics"]
        assert {"unknown"} == {run["status"] for run in answer["runs"]}
        assert ["run-2"] == ids(page.json("runs", where="size = 2"))


def test_hostile_names_and_values_are_values(tmp_path):
    """Of runs, params, tags, notes and metrics; each is found, sorted and filtered by its name."""
    location = tmp_path / "runs.db"
    for number, text in enumerate(HOSTILE):
        with Tracker(
            location, {"param": text, f"p {text}": number}, track_id=text, name=text, notes=text
        ) as tracker:
            tracker.log({f"m {text}": float(number)})
    with opened(location) as page:
        answer = page.json("runs", limit=100)
        assert {*HOSTILE} == {*ids(answer)} == {run["name"] for run in answer["runs"]}
        for text in HOSTILE:
            assert [text] == ids(page.json("runs", ids=[text]))
            assert [text] == ids(page.json("runs", q=text.split("\n")[0]))[:1]
            where = "param = '" + text.replace("'", "''") + "'"
            assert [text] == ids(page.json("runs", where=where))
            shown = page.json(f"run/{quote(text, safe='')}")
            assert text == shown["record"]["track_id"] == shown["record"]["notes"]
        for name in answer["metrics"]:
            assert 1 == len([run for run in answer["runs"] if name in run["values"]])
            page.json("runs", sort=f"{name}:max", metrics=[name])


def test_thousands_of_runs_come_page_by_page(tmp_path):
    """Sorted in the order of all of them, not of the page."""
    location = tmp_path / "runs.db"
    with Tracker(location, track_id="first") as tracker:
        tracker.log({"loss": 0.0})
    rows = [(f"2026-01-01 00:00:{n % 60:02d}.{n:06d}", f"r{n:04d}", float(n)) for n in range(2000)]
    engine = opened_engine(location)
    named = [{"timestamp": "", "track_id": "", "loss": 0.5}]
    engine.inserter("default", fields(named)).write(rows)
    engine.close()
    with opened(location) as page:
        answer = page.json("runs", sort="loss", desc=1, offset=1000, limit=2)
        assert (2001, ["r0999", "r0998"]) == (answer["total"], ids(answer))


def test_a_table_of_another_name_is_one(tmp_path):
    """Also one with a slash, a question mark and a per cent in its name."""
    name = "a/b?c%20d"
    fill(tmp_path / "runs.db", table=name)
    with opened(tmp_path / "runs.db") as page:
        assert 2 == page.json(of_table("runs", name))["total"]
        (database,) = page.json("/api/databases")
        assert [{"name": name, "rows": 22}] == database["tables"]
