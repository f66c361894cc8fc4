"""Trackers with configured parts go into other processes, with the options that they have here."""

from __future__ import annotations

import json
import multiprocessing
import os
import pickle
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pytest

from tests.core.configuration.parts import Bell, Mask, OptionsEngine, Otel, Plain, Unpicklable, hide
from xetrack import Reader, Tracker
from xetrack.errors import PartNotPickledError

cloudpickle = pytest.importorskip("cloudpickle")


def copy(tracker):
    """A tracker that went through pickle."""
    return pickle.loads(pickle.dumps(tracker))


def made():
    """The options of the last sink of a tracker, without those of the tracker."""
    trackers = {"logs_path", "logs_file_format", "jsonl"}
    return {name: value for name, value in Otel.made[-1].options.items() if name not in trackers}


@pytest.mark.parametrize(
    "form",
    [
        "otel?batch=7&file=rows",
        ("otel", {"batch": 7, "file": Path("rows")}),
        "otlp://c?batch=7&file=rows",
        (Plain, {"batch": 7, "file": "rows"}),
        Plain,
    ],
)
def test_a_choice_comes_along_by_value(installed, form, tmp_path, monkeypatch):
    """Whatever the working directory is there: a relative path is one of here."""
    tracker = Tracker("runs.db", sinks=[form])
    before = made()
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    count = len(Otel.made)
    again = copy(tracker)
    assert count + 1 == len(Otel.made)
    assert before == made()
    assert before == (copy(again), made())[1]


def test_what_the_project_said_comes_along(installed, project, tmp_path, monkeypatch):
    """Not what is said where the copy is made."""
    path = project(
        '[parts]\nsinks = ["otel?file=rows"]\n[options.otel]\nbatch = 7\n', "xetrack.toml"
    )
    monkeypatch.setenv("XETRACK_OPTIONS", '{"otel": {"rate": 9}}')
    tracker = Tracker("runs.db")
    before = made()
    assert (7, 9.0, tmp_path / "rows") == (before["batch"], before["rate"], before["file"])
    monkeypatch.delenv("XETRACK_OPTIONS")
    path.write_text('[parts]\nsinks = ["plain", "stdout"]\n')
    again = copy(copy(tracker))
    assert (1, before) == (len(again._sinks._parts), made())


def test_nothing_said_stays_nothing(installed, project):
    """A project of the other process adds nothing to a tracker that had none."""
    tracker = Tracker("runs.db")
    project('[parts]\nsinks = ["otel"]\n', "xetrack.toml")
    assert 0 == len(copy(tracker)._sinks._parts)
    assert 1 == len(Tracker("runs.db")._sinks._parts)


def test_the_other_kinds_come_along(installed, tmp_path, monkeypatch):
    """An engine with its options, a class, a cache, probes, and options by name."""
    trackers = [
        Tracker("a.lmdb", engine=("lmdb", {"size": 3, "folder": "here"})),
        Tracker("b.lmdb", options={"lmdb": {"size": 3, "folder": "here"}}),
        Tracker("c.any", engine=(OptionsEngine, {"size": 3, "folder": tmp_path / "here"})),
    ]
    monkeypatch.chdir("/")
    for tracker in trackers:
        copy(tracker)
        options = OptionsEngine.opened[-1].settings.options
        assert (3, tmp_path / "here") == (options["size"], options["folder"])


@pytest.mark.parametrize("cache", ["results", ("diskcache", {"location": "results"})])
def test_a_cache_is_where_it_was_given(tmp_path, monkeypatch, cache):
    """For a copy that runs in another folder, too."""
    tracker = Tracker("runs.db", cache=cache)
    monkeypatch.chdir("/")
    with copy(tracker) as again:
        again.track(pow, args=[2, 3])
    assert (tmp_path / "results").is_dir()


def test_an_object_that_can_be_pickled_goes_along():
    """With what it is made of."""
    sink = Otel({"batch": 5})
    assert 5 == copy(Tracker("runs.db", sinks=[sink]))._sinks._parts[0].part.options["batch"]


def test_an_object_that_cannot_be_pickled_is_an_error_with_what_to_type():
    """Here, and not somewhere in the pickle; though cloudpickle is there, which could."""
    tracker = Tracker("runs.db", sinks=[Unpicklable()])
    with pytest.raises(
        PartNotPickledError, match=r"sink 'Unpicklable'.*\(Unpicklable, \{"
    ) as error:
        pickle.dumps(tracker)
    assert isinstance(error.value, TypeError)
    assert ("sink", "Unpicklable") == (error.value.kind, error.value.part)
    assert str(error.value) == str(copy(error.value))
    again = pickle.loads(cloudpickle.dumps([tracker]))[0]
    assert ["Unpicklable"] == [type(each.part).__name__ for each in again._sinks._parts]


@pytest.mark.parametrize(
    "forms",
    [["mask"], [("mask", {"column": "secret"})], [Mask], [Mask({})], [hide], iter(["mask"])],
)
def test_a_copy_has_the_filters_of_its_tracker(installed, forms):
    """In whatever form, of an iterator too: no row of a worker has what they hide."""
    tracker = Tracker("runs.db", filters=forms)
    row = copy(copy(tracker)).log({"secret": "password"})
    assert "***" == row["secret"]


@pytest.mark.parametrize("forms", [["bell"], [Bell], [Bell({})], iter([("bell", {})])])
def test_a_copy_has_the_run_hooks_of_its_tracker(installed, forms):
    """In whatever form."""
    tracker = copy(copy(Tracker("runs.db", run_hooks=forms)))
    assert isinstance(tracker._run_hooks._parts[0].part, Bell)


class Locked:
    """Has what cannot be pickled."""

    def __reduce__(self):
        raise ValueError("it has a lock")


@pytest.mark.parametrize(
    ("argument", "form", "named", "hint"),
    [
        ("filters", lambda row: row, "row-filter '<lambda>'", "function that stands in a module"),
        ("filters", Mask({"x": Locked()}), "row-filter 'Mask'", r"a pair such as \(Mask, "),
        ("run_hooks", Bell({"x": Locked()}), "run-hook 'Bell'", r"a pair such as \(Bell, "),
    ],
)
def test_what_is_around_rows_and_cannot_be_pickled_is_named(argument, form, named, hint):
    """With what to give in its place."""
    tracker = Tracker("runs.db", **{argument: [form]})
    with pytest.raises(PartNotPickledError, match=f"{named}.*{hint}"):
        pickle.dumps(tracker)


@pytest.mark.parametrize(
    "chosen",
    [
        {"sinks": [("plain", {"producer": Locked()})]},
        {"sinks": ["plain"], "options": {"plain": {"producer": Locked()}}},
        {"run_hooks": [("bell", {"producer": Locked()})]},
    ],
)
def test_options_that_cannot_be_pickled_are_named(installed, chosen):
    """With the part that they are for."""
    tracker = Tracker("runs.db", **chosen)
    with pytest.raises(PartNotPickledError, match=r"its options of '(plain|bell)' cannot: .* lock"):
        pickle.dumps(tracker)


def test_what_only_cloudpickle_can_pickle_goes_along_with_it():
    """As dask and loky do; pickle itself says what to type."""

    class Local(Plain):
        """Of no module."""

    tracker = Tracker("runs.db", sinks=[Local, ("jsonl", {"path": "rows.jsonl"})])
    again = pickle.loads(cloudpickle.dumps(tracker))
    again.log({"x": 1})
    with pytest.raises(PartNotPickledError, match="Local"):
        pickle.dumps(tracker)
    assert ["Local", "JsonlSink"] == [type(each.part).__name__ for each in again._sinks._parts]


def work(tracker, x):
    """What each process does."""
    with tracker:
        tracker.log({"x": x, "process": os.getpid()})


def start(project):
    """A tracker of a project, with parts of every form."""
    project('[tool.xetrack.parts]\nsinks = ["jsonl?path=project.jsonl"]\nprobes = ["system"]\n')
    sink = (Otel, {"file": str(Path("own").absolute()), "batch": 7})
    forms = ["log?path=logs&format=all.log", ("stdout", {}), sink]
    return Tracker("runs.db", sinks=forms, options={"system": {"interval": 60}})


def check(tmp_path, count):
    """Every part got the rows of all processes, and no other file was made."""
    table = Reader("runs.db").select().dicts()
    assert count == len(table)
    assert all(row["cpu_percent"] is not None for row in table)
    assert os.getpid() not in {row["process"] for row in table}
    for name in ("project.jsonl", "logs/all.log", "own"):
        assert count == len((tmp_path / name).read_text().splitlines()), name
    rows = [json.loads(line) for line in (tmp_path / "own").read_text().splitlines()]
    assert {7} == {row["batch"] for row in rows}


def test_a_configured_tracker_goes_through_spawn(project, tmp_path):
    """Two processes that share nothing with this one."""
    tracker = start(project)
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(2, context) as pool:
        list(pool.map(work, [tracker] * 4, range(4)))
    check(tmp_path, 4)


def test_a_configured_tracker_goes_through_loky(project, tmp_path):
    """Which pickles by cloudpickle."""
    loky = pytest.importorskip("joblib.externals.loky")
    tracker = start(project)
    with loky.ProcessPoolExecutor(2) as pool:
        list(pool.map(work, [tracker] * 4, range(4)))
    check(tmp_path, 4)
