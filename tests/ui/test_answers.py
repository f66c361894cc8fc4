"""What is answered about a table beside its list of runs."""

from __future__ import annotations

import io
import wave

import numpy as np
import pandas as pd
import pytest

from tests.cli.recorded import recorder
from tests.ui.pages import every_kind, fill, opened
from xetrack import Reader, Tracker


def test_databases_are_listed_with_their_tables(tmp_path):
    """Several at once; one that is not there says so, and is shown as soon as it is."""
    first, second = tmp_path / "first.db", tmp_path / "second.db"
    fill(first)
    with opened(first, second) as page:
        there, missing = page.json("/api/databases")
        assert (0, "first.db", "sqlite", True) == (
            *(there[name] for name in ("id", "name", "engine", "sql")),
        )
        assert [{"name": "default", "rows": 22}] == there["tables"]
        assert "DatabaseNotFoundError" == missing["error"]["type"]
        page.error(404, "/api/db/1/default/runs")
        fill(second, table="metrics")
        assert [{"name": "metrics", "rows": 22}] == page.json("/api/databases")[1]["tables"]
        assert 2 == page.json("/api/db/1/metrics/runs")["total"]


def test_a_location_is_shown_without_its_password():
    """Wherever the page names it."""
    with opened("postgresql://ada:lovelace@localhost:1/x?connect_timeout=1") as page:
        (database,) = page.json("/api/databases")
        assert "lovelace" not in str(database)
        assert "***" in database["location"]


def test_columns_are_described(tmp_path):
    """Each by what it holds."""
    location = tmp_path / "runs.db"
    with Tracker(location, {"lr": 0.1}, track_id="a", warnings=False) as tracker:
        tracker.log({**every_kind(), "array": np.zeros(3), "mixed": 1})
        tracker.log({"mixed": "n/a"})
    with opened(location) as page:
        columns = {each["name"]: each for each in page.json("columns")}
    kinds = {name: each["kind"] for name, each in columns.items()}
    names = {
        "number": {"nan", "inf", "minus", "huge", "big", "decimal", "mixed", "lr"},
        "time": {"timestamp", "when", "day"},
        "text": {"track_id", "path", "long", "text", "surrogate"},
        "asset": {"array"},
        "list": {"list"},
        "bool": {"truth"},
        "other": {"bytes"},
    }
    assert {name: kind for kind, some in names.items() for name in some} == kinds
    assert [False, False, True] == [columns[n]["own"] for n in ("timestamp", "track_id", "lr")]
    assert [True, False] == [columns[name]["param"] for name in ("lr", "mixed")]


def test_a_run_is_shown_by_all_that_names_it(page):
    """Its id, the beginning of it, its name, and its place."""
    for name in ("run-1", "the 1", "@1"):
        answer = page.json(f"run/{name}")
        assert "run-1" == answer["record"]["track_id"]
    assert "ZeroDivisionError" == answer["record"]["error_type"]
    assert "by hand" == answer["record"]["error_message"]
    assert 11 == answer["rows"] == answer["record"]["rows"]
    assert ["step", "loss", "val_acc"] == [n for n in answer["series"] if n != "lr"]
    assert {"lr": 0.2, "optimizer": "sgd"} == answer["record"]["params"]
    assert "RunNotFoundError" == page.error(404, "run/none")["type"]
    assert "InvalidArgumentError" == page.error(400, "run/run-")["type"]


def test_rows_come_with_the_code_that_gives_them(page):
    """The SQL and the Python, run as they stand, give the same rows."""
    for query in (
        {"columns": ["loss", "step"], "limit": 5, "offset": 3},
        {"columns": ["loss", "step"], "sort": "loss", "desc": 1, "limit": 4, "offset": 19},
        {"columns": ["step"], "runs": ["run-1"], "limit": 3},
        {"columns": ["step", "loss"], "runs": ["run-1", "run-0"], "sort": "loss", "limit": 7},
        {"columns": ["val/acc"], "where": "val_acc > 0", "limit": 7},
    ):
        answer = page.json("rows", **query)
        names = [column["name"] for column in answer["columns"]]
        with Reader(page.workspace.databases.numbered("0").location) as reader:
            result = reader.engine.sql(answer["sql"])
        assert answer["rows"] == [list(row) for row in result.rows]
        scope = {}
        head, _, last = answer["python"].rpartition("\n")
        exec(head, scope)
        selected = eval(last, scope)
        if not hasattr(selected, "rows"):  # a frame
            assert names == [*selected.columns]
            assert len(answer["rows"]) == len(selected)
        else:
            assert answer["rows"] == [list(row) for row in selected.rows()]
        scope["reader"].close()
    assert 1 == page.json("rows", where="val_acc > 0.6")["total"]
    assert 22 == page.json("rows", runs=["run-0", "run-1"], limit=0)["total"]


def test_hard_cells_are_shown_in_bounded_length(tmp_path):
    """nan, infinities and large integers as texts; a text of a megabyte by its beginning."""
    location = tmp_path / "runs.db"
    row = every_kind()
    with Tracker(location, track_id="a") as tracker:
        tracker.log(row)
    with opened(location) as page:
        answer = page.json("rows", columns=list(row))
        (cells,) = answer["rows"]
        shown = dict(zip(row, cells, strict=True))
        assert ["nan", "inf", "-inf"] == [shown[name] for name in ("nan", "inf", "minus")]
        assert [str(10**30), str(2**60)] == [shown[name] for name in ("huge", "big")]
        assert shown["bytes"].startswith("0x00ff00ff")
        assert shown["bytes"].endswith("... (80 bytes)")
        assert "2026-01-02T03:04:05+00:00" == shown["when"]
        assert ["2026-01-02", "0.10", "a/b", True] == [
            shown[name] for name in ("day", "decimal", "path", "truth")
        ]
        assert [1, "nan", {"a": "0x78"}] == shown["list"]
        assert shown["long"].endswith("... (1,048,576 characters)")
        assert len(shown["long"]) < 10_100
        assert row["text"] == shown["text"]
        assert row["surrogate"] == shown["surrogate"]
        # A statement of SQL returns what the database keeps, in bounded length too.
        answer = page.json("/api/db/0/sql", q="SELECT * FROM events")
        assert len(page.answer("/api/db/0/sql", q="SELECT * FROM events").content) < 40_000
        assert len(row) + 2 == len(answer["rows"][0])
        page.json("run/a")
        page.json("runs", sort="huge")
        page.json("complete", text="text = '")


def test_runs_are_compared(tmp_path):
    """Params, figures, records, packages and patches; what differs is marked."""
    location = tmp_path / "runs.db"
    for number, patch in enumerate(("+one\n", "+one\n+two\n")):
        packages = {"distributions": {"numpy": f"2.{number}", "pandas": "3.0"}}
        with Tracker(
            location,
            {"lr": number, "same": 1},
            track_id=f"run-{number}",
            record=[
                recorder("packages", packages),
                recorder("git", {"patch": patch, "commit": "abc"}),
            ],
        ) as tracker:
            tracker.log({"loss": 0.5 - number / 10})
    with opened(location) as page:
        answer = page.json("compare", runs=["run-1", "run-0"], baseline="run-0")
        sections = {
            each["name"]: {row["name"]: row for row in each["rows"]} for each in answer["sections"]
        }
        assert (["run-1", "run-0"], 1) == (answer["runs"], answer["baseline"])
        assert {"name": "lr", "values": [1, 0], "differs": True} == sections["params"]["lr"]
        assert not sections["params"]["same"]["differs"]
        assert [0.4, 0.5] == sections["metrics"]["loss"]["values"]
        assert {"numpy"} == {*sections["packages"]}
        assert ["abc", "abc"] == sections["record"]["commit"]["values"]
        difference = sections["patch"]["difference"]["values"]
        assert difference[1] is None
        assert "++two" in difference[0]
        page.error(404, "compare", runs=["run-1", "none"])
        assert "baseline" in page.error(400, "compare", runs="run-1", baseline="run-0")["message"]


def test_sql_only_reads(page):
    """The answer is cut, and says so."""
    answer = page.json("/api/db/0/sql", q="SELECT step, loss AS step FROM events", limit=3)
    assert (["step", "step_2"], 3, True) == (
        answer["columns"],
        len(answer["rows"]),
        answer["truncated"],
    )
    assert answer["seconds"] >= 0
    for statement in ("DELETE FROM events", "SELECT foo FROM events", "", "ATTACH 'x' AS y"):
        page.error(400, "/api/db/0/sql", q=statement)
    assert 2 == page.json("runs")["total"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("sta", {"started", "status"}),
        ("status = 'fi", {"'finished'"}),
        ("optimizer=", {"'sgd'"}),
        ("lr > 0.1 an", {"AND"}),
        ('"val', {'"val_acc"', '"val_acc:min"', '"val_acc:max"'}),
        ("loss:m", {'"loss:min"', '"loss:max"'}),
        ("zzz", set()),
    ],
)
def test_texts_are_completed(page, text, expected):
    """By names, keywords, and values that there are."""
    assert expected == {each["text"] for each in page.json("complete", text=text, of="runs")}


def test_completion_looks_before_the_cursor(page):
    """What stands behind it does not count."""
    found = page.json("complete", text="lo > 1", at=2)
    assert {"loss"} == {each["text"] for each in found if ":" not in each["text"]}
    assert [] == page.json("complete", text="step = 'a", of="rows")


def wave_file():
    """Return a short sound."""
    file = io.BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setparams((1, 2, 8000, 0, "NONE", ""))
        sound.writeframes(b"\0\0" * 10)
    return file.getvalue()


ASSETS = {
    "image": (b"\x89PNG\r\n\x1a\n" + b"\0" * 20, "image", "image/png"),
    "sound": (wave_file(), "audio", "audio/wav"),
    "svg": (b"\0<svg onload=alert(1)>", "other", "application/octet-stream"),
    "html": (b"<script>alert(1)</script>", "text", "text/plain; charset=utf-8"),
    "array": (np.zeros((3, 4)), "array", "application/octet-stream"),
    "frame": (pd.DataFrame({"a": [1, 2], "b": ["x", "y"]}), "table", "application/octet-stream"),
    "object": ({"a", "b"}, "other", "application/octet-stream"),
}


def test_assets_are_described_and_sent_safely(tmp_path, monkeypatch):
    """Images, sounds and texts are shown; all else is saved. Nothing is unpickled."""
    location = tmp_path / "runs.db"
    with Tracker(location, track_id="a") as tracker:
        ids = {name: tracker.assets.put(value, name) for name, (value, _, _) in ASSETS.items()}
        for name, asset in ids.items():
            tracker.log({name: asset})
        tracker.log({"image": "0123456789abcdef"})
    monkeypatch.setattr("pickle.loads", None)
    with opened(location) as page:
        listed = {each["column"]: each for each in page.json("run/a")["assets"]}
        assert ids == {name: each["id"] for name, each in listed.items()}
        for name, (_, media, kind) in ASSETS.items():
            assert media == listed[name]["media"], name
            shown = page.json(f"asset/{ids[name]}")
            assert (media, listed[name]["size"]) == (shown["media"], shown["size"])
            sent = page.answer(f"asset/{ids[name]}/content")
            assert kind == sent.headers["content-type"]
            assert "nosniff" == sent.headers["x-content-type-options"]
            how = "attachment" if kind == "application/octet-stream" else "inline"
            assert sent.headers["content-disposition"].startswith(how)
            assert "sandbox" in sent.headers["content-security-policy"]
            assert listed[name]["size"] == len(sent.content)
        assert [3, 4] == page.json(f"asset/{ids['array']}")["shape"]
        table = page.json(f"asset/{ids['frame']}")["table"]
        assert {"columns": ["a", "b"], "rows": [[1, "x"], [2, "y"]]} == table
        assert ASSETS["html"][0].decode() == page.json(f"asset/{ids['html']}")["text"]
        assert "AssetNotFoundError" == page.error(404, "asset/0123456789abcdef")["type"]
        page.error(404, "asset/0123456789abcdef/content")
        page.error(404, "asset/nothing")
    assert [] == [*tmp_path.glob("xetrack-ui-*")]
