"""What a program itself says of the conditions of its run: data, seed, and facts of its own."""

from __future__ import annotations

import json
import os
import random
from pathlib import Path

import numpy as np
import pytest

from xetrack import Reader, Tracker
from xetrack.errors import InvalidArgumentError
from xetrack.process.file_digests import digest_path

EMPTY = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


def facts(db, run="first"):
    """The facts of a run."""
    with Reader(db) as reader:
        return reader.run(run).facts


def test_data_is_recorded_whenever_it_is_used(db, tmp_path):
    """Before the first row and behind it, by its path or another name; what is used is returned."""
    for name in ("a", "b"):
        (tmp_path / name).write_text("")
    with Tracker(db, track_id="first", record=False) as tracker:
        assert tmp_path / "a" == tracker.use(tmp_path / "a")
        tracker.log({"x": 1})
        assert str(tmp_path / "b") == tracker.use(str(tmp_path / "b"), name="test")
    described = {"size": 0, "sha256": EMPTY}
    wanted = {
        str(tmp_path / "a"): {"path": str(tmp_path / "a"), **described},
        "test": {"path": str(tmp_path / "b"), **described},
    }
    assert {"data": wanted} == facts(db)


def test_a_relative_path_is_recorded_with_its_place(db, tmp_path, monkeypatch):
    """And goes by the name that the program has for it."""
    monkeypatch.chdir(tmp_path)
    Path("a.csv").write_text("1")
    with Tracker(db, track_id="first", record=False) as tracker:
        assert "a.csv" == tracker.use("a.csv")
        tracker.log({"x": 1})
    assert str(tmp_path / "a.csv") == facts(db)["data"]["a.csv"]["path"]


def test_a_url_is_recorded_without_secrets(db):
    """Nothing of it is read."""
    url = "https://me:pass@localhost:1/train.csv?token=4711&version=2"
    with Tracker(db, track_id="first", record=False) as tracker:
        assert url == tracker.use(url)
        tracker.log({"x": 1})
    public = "https://localhost:1/train.csv?version=2"
    assert {public: {"url": public}} == facts(db)["data"]


@pytest.mark.parametrize("path", ["missing", "", 7, None, "a\0b"])
def test_what_is_not_there_cannot_be_used(db, path, tmp_path, monkeypatch):
    """The error is typed, and nothing is recorded."""
    monkeypatch.chdir(tmp_path)
    with Tracker(db, track_id="first", record=False) as tracker:
        with pytest.raises(InvalidArgumentError, match="path="):
            tracker.use(path)
        tracker.log({"x": 1})
    assert {} == facts(db)


def test_a_run_that_only_uses_and_seeds_has_no_record(db, tmp_path):
    """A tracker that never logs leaves none."""
    with Tracker(db, track_id="first", record=False) as tracker:
        tracker.use(tmp_path)
        tracker.seed(1)
    with Tracker(db, track_id="second", record=False) as tracker:
        tracker.log({"x": 1})
    with Reader(db) as reader:
        assert 1 == len(reader.runs())


def test_the_next_run_of_a_tracker_has_the_same_conditions(db):
    """As it goes on with the same params."""
    with Tracker(db, track_id="first", record=False) as tracker:
        tracker.seed(7)
        tracker.log({"x": 1})
        tracker.track_id = "second"
        tracker.run.add_facts("model", {"layers": 2})
        tracker.log({"x": 2})
    assert [7, 7] == [facts(db, run)["seed"]["seed"] for run in ("first", "second")]
    assert ("model" in facts(db), facts(db, "second")["model"]) == (False, {"layers": 2})


@pytest.mark.parametrize("wrong", [object(), {"x": object()}, [1], {"x": {1, 2}}])
def test_facts_are_json(wrong):
    """Anything else is an error of whoever adds them."""
    tracker = Tracker(Tracker.IN_MEMORY)
    with pytest.raises(InvalidArgumentError, match="facts="):
        tracker.run.add_facts("model", wrong)


def test_a_seed_determines_all_that_is_imported(db):
    """Python's and NumPy's global generators give the same numbers again."""
    drawn = []
    for run in ("first", "second"):
        with Tracker(db, track_id=run, record=False) as tracker:
            assert 42 == tracker.seed(np.int64(42))
            drawn.append((random.random(), np.random.rand()))  # noqa: NPY002 - it is about these
            tracker.log({"x": 1})
    assert drawn[0] == drawn[1]
    assert 42 == facts(db)["seed"]["seed"]
    assert {"random", "numpy"} <= set(facts(db)["seed"]["libraries"])


def test_libraries_of_tensors_are_seeded_if_they_are_imported(monkeypatch):
    """Each by its own function."""
    seeds = []

    class Torch:
        manual_seed = seeds.append

    class Tensorflow:
        class random:  # noqa: N801 - a module
            set_seed = seeds.append

    monkeypatch.setitem(__import__("sys").modules, "torch", Torch)
    monkeypatch.setitem(__import__("sys").modules, "tensorflow", Tensorflow)
    Tracker(Tracker.IN_MEMORY).seed(3)
    assert [3, 3] == seeds


def test_without_a_seed_there_is_a_new_one_each_time():
    """It is returned."""
    tracker = Tracker(Tracker.IN_MEMORY)
    seeds = {tracker.seed() for _ in range(4)}
    assert len(seeds) > 1
    assert all(0 <= seed < 2**32 for seed in seeds)


@pytest.mark.parametrize("wrong", [-1, 2**32, 1.5, "7", True])
def test_what_is_no_seed(wrong):
    """NumPy would take no more."""
    with pytest.raises(InvalidArgumentError, match="seed="):
        Tracker(Tracker.IN_MEMORY).seed(wrong)


@pytest.mark.parametrize(
    ("change", "is_same"),
    [
        (lambda folder: os.utime(folder / "a", (1, 1)), True),
        (lambda folder: (folder / "empty").mkdir(), True),
        (lambda folder: os.mkfifo(folder / "pipe"), True),
        (lambda folder: (folder / "a").write_text("2"), False),
        (lambda folder: (folder / "a").rename(folder / "b"), False),
        (lambda folder: (folder / "sub" / "c").rename(folder / "c"), False),
        (lambda folder: (folder / "new").touch(), False),
    ],
)
def test_the_digest_of_a_folder_is_that_of_names_and_contents(tmp_path, change, is_same):
    """Nothing else counts."""
    (tmp_path / "sub").mkdir()
    (tmp_path / "a").write_text("1")
    (tmp_path / "sub" / "c").write_text("3")
    before = digest_path(tmp_path)
    assert (2, 2) == (before["size"], before["files"])
    change(tmp_path)
    assert is_same == (before["sha256"] == digest_path(tmp_path)["sha256"])


def test_a_pipe_is_no_data(tmp_path):
    """Nobody waits for what comes out of it."""
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(InvalidArgumentError, match="neither a file nor a folder"):
        Tracker(Tracker.IN_MEMORY).use(tmp_path / "pipe")


@pytest.fixture
def repeats(db, monkeypatch):
    """Have trackers repeat the run 'first' of a database, which has one row."""
    with Tracker(db, track_id="first", record=False) as tracker:
        tracker.log({"x": 1})
    content = {"db": str(db), "parent": "first", "suffix": "-again-1", "seed": 7}
    monkeypatch.setenv("XETRACK_REPRODUCE", json.dumps(content))
    return db


def test_a_tracker_that_repeats_logs_beside_the_old_run(repeats, tmp_path):
    """Wherever it would log otherwise, and whatever it would drop or go on with."""
    elsewhere = tmp_path / "elsewhere.db"
    for number, options in enumerate(({}, {"reset": True}, {"resume": "must"})):
        options["track_id"] = ("first", "second", "third")[number]
        with Tracker(elsewhere, record=False, name="n", **options) as tracker:
            assert ("n-again-1", 7) == (tracker.run.name, tracker.seed())
            tracker.log({"x": 2})
    with Tracker(elsewhere, record=False) as tracker:
        tracker.log({"x": 3})
        tracker.track_id = "fourth"
        tracker.log({"x": 4})
    assert not elsewhere.exists()
    with Reader(repeats) as reader:
        ids = reader.select(["track_id"]).cells[0]
        assert {"first"} == {reader.run(run).parent for run in ids[1:]}
    assert ["first", *(f"{each}-again-1" for each in ("first", "second", "third"))] == ids[:4]
    assert ids[4].endswith("-again-1")
    assert "fourth-again-1" == ids[5]


def test_a_reader_reads_what_its_program_logged(repeats, tmp_path, monkeypatch):
    """And other databases that are there."""
    with Reader(tmp_path / "missing.db") as reader:
        assert [1] == reader.select(["x"]).cells[0]
    other = tmp_path / "other.sqlite"
    with monkeypatch.context() as patch:
        patch.delenv("XETRACK_REPRODUCE")
        Tracker(other, record=False).log({"x": 9})
    with Reader(other) as reader:
        assert [9] == reader.select(["x"]).cells[0]


def test_rows_in_memory_stay_there(repeats):
    """They are of the program alone."""
    tracker = Tracker(Tracker.IN_MEMORY, track_id="mine")
    tracker.log({"x": 2})
    assert ("mine", 1) == (tracker.track_id, len(tracker))


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "{}", '{"db": "", "parent": "a", "suffix": "b"}', "1"]
)
def test_a_variable_that_says_something_else(text, tmp_path, monkeypatch):
    """Is an error, rather than rows in a wrong place."""
    monkeypatch.setenv("XETRACK_REPRODUCE", text)
    with pytest.raises(InvalidArgumentError, match="XETRACK_REPRODUCE="):
        Tracker(tmp_path / "runs.db")
