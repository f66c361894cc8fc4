"""Trackers, readers, copies and `xt` take a URL wherever they take a path."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from array import array
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import pytest

from xetrack import Reader, Tracker, copy
from xetrack.errors import InvalidKeyError, TableNotFoundError, UnsupportedValueError
from xetrack.plugins.registry import registry

XT = Path(sys.executable).with_name("xt")


@pytest.fixture
def runs(url):
    """A database with two runs, and their URL with a password in it."""
    for number in range(2):
        with Tracker(url, params={"model": f"m{number}"}, track_id=f"run-{number}") as tracker:
            tracker.log_batch([{"loss": n / 4, "n": n} for n in range(3)])
            tracker.track(divmod, args=[7, 2])
    return url.replace("postgres:@", "postgres:hush-hush@")


def xt(*arguments, code=0):
    """What a command prints."""
    found = subprocess.run(
        [XT, *arguments],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "COLUMNS": "200"},
    )
    assert code == found.returncode, found.stderr
    assert "hush" not in found.stdout + found.stderr
    return found.stdout + found.stderr


def test_commands_take_a_url(runs):
    """Commands take a URL, as they take a file; and nobody is shown the password."""
    rows = json.loads(xt("head", runs, "--json"))
    assert 5 == len(rows["rows"] if isinstance(rows, dict) else rows)
    assert "run-0" in xt("ls", runs, "track_id", "--unique")
    assert "loss" in xt("columns", runs)
    query = "SELECT model, count(loss) AS n FROM db.default GROUP BY model ORDER BY model"
    assert '"m1"' in xt("sql", runs, query, "--json")


def test_what_fails_shows_no_password(runs):
    """A wrong statement, a missing table, a server that is away."""
    assert "only reading" in xt("sql", runs, "DROP TABLE default", code=1)
    assert "no column" in xt("ls", runs, "nothing", code=1)
    assert "createdb nothing" in xt("head", runs.replace("/postgres?", "/nothing?"), code=1)
    assert "Start the server" in xt("head", "postgresql://me:hush-hush@localhost:1/db", code=1)


def test_a_tracker_and_a_reader_do_all_they_do(runs):
    """Params, values set later, runs deleted, SQL, frames."""
    with Reader(runs) as reader:
        assert 8 == len(reader)
        frame = reader.to_df(track_id="run-0")
        assert [0.0, 0.25, 0.5] == frame["loss"].dropna().tolist()
        assert 4 == reader.set_value("note", "x\0y", track_id="run-0")
        assert 1 == reader.set_where("n", 10**30, "loss", 0.25, track_id="run-1")
        assert 10**30 in reader.select(["n"]).dicts()[5].values()
        assert 4 == reader.delete_run("run-0")
        assert ["run-1"] == reader.to_df()["track_id"].unique().tolist()
        found = reader.engine.sql("SELECT model, count(*) FROM events GROUP BY 1")
        assert [("m1", 4)] == found.rows
    with pytest.raises(TableNotFoundError):
        Reader(runs, table="nothing").to_df()


def test_objects_are_kept_with_their_rows(url, tmp_path):
    """Objects are kept with their rows, in one transaction; copied to a file and back.

    `xt assets` works as on a file.
    """
    file, back = str(tmp_path / "runs.db"), f"{url}_back"
    with Tracker(url) as tracker:
        asset = tracker.log({"x": 1, "array": np.arange(1_000)})["array"]
        with pytest.raises(InvalidKeyError):
            tracker.log_batch([{"other": array("b", [1, 1])}, {"": 1}])
        model = tracker.log({"x": 2, "the \0 model": array("b", [1, 2])})["the___model"]
        assert array("b", [1, 2]) == tracker.get("the \0 model")
    assert [2, 2] == [copy(url, file), copy(file, back)]
    for place in (file, back):
        with Reader(place) as reader:
            assert [asset, model] == [info.id for info in reader.assets]
            assert [*range(1_000)] == reader.assets[asset].tolist()
            assert ["the \0 model"] == [one.key for one in reader.assets.references(model)]
            assert {} == reader.assets.verify()
    assert [asset, model] == [row["id"] for row in json.loads(xt("assets", "ls", url, "--json"))]
    with Reader(url) as reader:
        reader.delete_run(tracker.track_id)
        assert [asset, model] == reader.assets.gc()


def test_without_codecs_an_object_is_refused_with_a_reason(url, monkeypatch):
    """They come with xetrack-assets; nothing is stored of the row."""
    monkeypatch.setenv("XETRACK_DISABLE_PLUGINS", "assets")
    registry().refresh()
    with Tracker(url) as tracker:
        with pytest.raises(UnsupportedValueError, match=r"xetrack\[assets\]"):
            tracker.log({"x": 1, "model": object()})
        assert (None, 0) == (tracker.assets, tracker.count_all())
    monkeypatch.undo()
    registry().refresh()


def test_tables_are_copied_to_and_from_a_file(runs, url, tmp_path):
    """Whole, in one transaction, with what SQL cannot say; again, nothing is new."""
    with Tracker(runs, track_id="odd", warnings=False) as tracker:
        tracker.log({"n": float("nan"), "t": "a\0b", "j": [{"a": 1.0}], "loss": 2**60 + 1})
    file, back = str(tmp_path / "runs.db"), f"{url}_back"
    assert 9 == copy(runs, file)
    assert 9 == copy(file, back)
    assert 0 == copy(runs, back)
    one, two = (str(Reader(place).select().dicts()) for place in (runs, back))
    assert one == two


def log_some(url, number):
    """Log from another process, which inherited or was sent nothing but the URL."""
    with Tracker(url, params={"who": number}) as tracker:
        for n in range(10):
            tracker.log({"n": n})


@pytest.mark.parametrize("method", ["fork", "spawn"])
@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
def test_pools_of_processes_log_beside_an_open_tracker(url, method):
    """However they begin."""
    with Tracker(url) as tracker:
        tracker.log({"n": -1})
        with get_context(method).Pool(2) as pool:
            pool.starmap(log_some, [(url, number) for number in range(4)], 1)
        tracker.log({"n": 10})
        assert 42 == tracker.count_all()
