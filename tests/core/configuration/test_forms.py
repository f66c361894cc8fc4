"""Every form in which a part may be given, for every kind of part."""

from __future__ import annotations

import pickle
from collections import OrderedDict
from pathlib import Path

import pytest

from tests.core.configuration.parts import Gpu, OptionsEngine, Otel, Plain, Unpicklable
from xetrack import Reader, Tracker
from xetrack.configuration.choice import choose
from xetrack.errors import (
    EngineFailedError,
    InvalidArgumentError,
    PartFailedError,
    PartOptionError,
    UnknownComponentError,
)
from xetrack.interfaces.component import PartKind
from xetrack.interfaces.engine import Settings
from xetrack.interfaces.engines.factory import EngineFactory
from xetrack.interfaces.engines.memory.engine import MemoryEngine

DEFAULTS = {
    "endpoint": "http://localhost",
    "batch": 100,
    "rate": 1.5,
    "quick": False,
    "tags": ["none"],
    "file": None,
    "token": None,
}


def own(sink):
    """The options of a sink without those of the tracker."""
    trackers = {"logs_path", "logs_file_format", "jsonl"}
    return {name: value for name, value in sink.options.items() if name not in trackers}


FORMS = [
    ("otel", {}),
    ("otel?", {}),
    ("otel?endpoint=http://c:4318&batch=10", {"endpoint": "http://c:4318", "batch": 10}),
    ("otel?endpoint=a%26b%3Dc%25d&quick=yes", {"endpoint": "a&b=c%d", "quick": True}),
    ("otel?endpoint=a=b?c+d", {"endpoint": "a=b?c+d"}),
    ("otel?tags=a,b", {"tags": ["a", "b"]}),
    ("otel?tags=a,b&tags=c", {"tags": ["a,b", "c"]}),
    ("otel?tags=", {"tags": []}),
    ("otlp://c:4318/rows", {"location": "otlp://c:4318/rows"}),
    ("OTLPS://c?rate=2", {"location": "OTLPS://c", "rate": 2.0}),
    ("otel://c", {"location": "otel://c"}),
    (("otel", {"batch": 10, "rate": 2}), {"batch": 10, "rate": 2.0}),
    (["otel", {"batch": "10"}], {"batch": 10}),
    (("otel?batch=1&rate=3", OrderedDict(batch=10)), {"batch": 10, "rate": 3.0}),
    (("otlp://c", {"quick": True}), {"location": "otlp://c", "quick": True}),
    (("otel", {"location": "otlp://c"}), {"location": "otlp://c"}),
    ({"name": "otel", "batch": 10}, {"batch": 10}),
    ({"name": "otlp://c", "batch": 10}, {"location": "otlp://c", "batch": 10}),
]


@pytest.mark.parametrize(("form", "options"), FORMS, ids=str)
def test_each_form_gives_the_part_its_options(installed, form, options):
    """Texts become of the type that the part describes; what is not given has its default."""
    tracker = Tracker(":memory:", sinks=[form])
    tracker.log({"x": 1})
    [sink] = installed.Otel.made
    assert DEFAULTS | options == own(sink)
    assert [1] == [row["x"] for row in sink.rows]


def test_a_class_is_made_by_the_tracker():
    """With the options of a pair, of which none is checked, as a class describes none."""
    Plain.made.clear()
    tracker = Tracker(":memory:", sinks=[Plain, (Plain, {"batch": "many"})], logs_path="logs")
    tracker.log({"x": 1})
    first, second = Plain.made
    assert ({}, {"batch": "many"}) == (own(first), own(second))
    assert str(Path("logs").absolute()) == first.options["logs_path"]


def test_an_object_is_taken_as_it_is():
    """It has its options already, so a pair with more of them is refused."""
    sink = Unpicklable()
    Tracker(":memory:", sinks=[sink]).log({"x": 1})
    with pytest.raises(InvalidArgumentError, match="a pair"):
        Tracker(":memory:", sinks=[(sink, {"batch": 1})])


def test_a_part_that_describes_no_options_gets_whatever_is_given(installed):
    """As texts, where it is chosen by a text."""
    Tracker(":memory:", sinks=["plain?batch=10&a=1&a=2", ("plain", {"batch": 10})])
    first, second = installed.Otel.made
    assert ({"batch": "10", "a": ["1", "2"]}, {"batch": 10}) == (own(first), own(second))


def test_probes_take_the_same_forms(installed):
    """The tracker's interval counts where the probe has none of its own."""
    tracker = Tracker(":memory:", probes=["gpu?index=3"], measurement_interval=7)
    row = tracker.log({"x": 1})
    assert (3, 7) == (row["gpu_index"], row["gpu_interval"])
    row = Tracker(":memory:", probes=[("gpu", {"interval": 2})]).log({"x": 1})
    assert (0, 2.0) == (row["gpu_index"], row["gpu_interval"])
    assert "gpu_index" not in Tracker(":memory:", probes=[Gpu]).log({"x": 1})


@pytest.mark.parametrize(
    ("form", "size"),
    [
        (None, 10),
        ("lmdb", 10),
        ("lmdb?size=20", 20),
        (("lmdb", {"size": 20}), 20),
        ({"name": "lmdb", "size": "20"}, 20),
    ],
)
def test_engines_get_their_options_in_their_settings(installed, form, size, tmp_path):
    """Whichever way they are chosen."""
    tracker = Tracker("runs.lmdb", engine=form)
    [engine] = installed.OptionsEngine.opened
    assert {"size": size, "folder": None} == engine.settings.options
    assert str(tmp_path / "runs.lmdb") == tracker.db


def test_the_query_of_a_url_has_the_options_that_an_engine_describes(installed):
    """An engine that describes none gets the query as it is, for its driver."""
    Tracker("lmdb://host/runs?size=30&folder=a")
    Tracker("driver://host/runs?sslmode=require")
    first, second = installed.OptionsEngine.opened
    assert ("lmdb://host/runs", 30) == (first.location, first.settings.options["size"])
    assert Path("a").absolute() == first.settings.options["folder"]
    assert ("driver://host/runs?sslmode=require", {}) == (second.location, second.settings.options)


@pytest.mark.parametrize(
    "form", ["bell?timeout=3", ("bell", {"timeout": "3"}), "bell://user@host?timeout=3"]
)
def test_a_run_hook_takes_the_option_of_all_run_hooks(installed, form):
    """A text becomes a number, as it does for sinks."""
    tracker = Tracker(":memory:", run_hooks=[form])
    assert 3.0 == tracker._run_hooks._parts[0].part.options["timeout"]


def test_hooks_and_filters_are_checked_before_a_part_is_made(installed, tmp_path):
    """No log is left of a tracker that there is not."""
    for around in (
        {"run_hooks": ["bel"]},
        {"filters": ["maks"]},
        {"run_hooks": ["bell?timeout=x"]},
    ):
        with pytest.raises((UnknownComponentError, PartOptionError)):
            Tracker("runs.db", jsonl="rows.jsonl", **around)
    assert [] == [*tmp_path.iterdir()]


@pytest.mark.parametrize(("name", "argument"), [("bell", "run_hooks"), ("mask", "filters")])
def test_options_by_name_of_hooks_and_filters_say_what_to_type(installed, name, argument):
    """These take their options with their names."""
    with pytest.raises(InvalidArgumentError, match=rf"{argument}=\[\('{name}', "):
        Tracker(":memory:", **{argument: [name]}, options={name: {"timeout": 3}})


def test_an_engine_may_be_a_class():
    """It opens whatever is at the location."""
    OptionsEngine.opened.clear()
    Tracker("runs.any", engine=OptionsEngine)
    Tracker("runs.any", engine=(OptionsEngine, {"size": 3}))
    first, second = OptionsEngine.opened
    assert ({}, {"size": 3}) == (first.settings.options, second.settings.options)


class Factory(EngineFactory):
    """Makes engines in memory, or fails."""

    def owns(self, location):
        """Own nothing."""
        return False

    def __call__(self, location, settings):
        """Make one, but of no file that is missing."""
        if location.endswith("missing"):
            raise OSError("no such place")
        return OptionsEngine(":memory:", settings)


@pytest.mark.parametrize("form", [Factory(), (Factory(), {"size": 3})], ids=["alone", "options"])
def test_an_engine_may_be_a_factory(form):
    """Which makes one by its location; what it raises is typed, and a copy has it too."""
    tracker = pickle.loads(pickle.dumps(Tracker("any", engine=form)))
    tracker.log({"x": 1})
    assert 1 == len(tracker)
    assert isinstance(form, tuple) == (OptionsEngine.opened[-1].settings.options == {"size": 3})
    with pytest.raises(EngineFailedError, match=r"'Factory' of tests.*: OSError: no such"):
        Tracker("missing", engine=form)


def test_options_by_name_are_for_whatever_is_used(installed):
    """Those of the choice itself count more; an engine gets them though it was not named."""
    options = {"otel": {"batch": 5, "rate": 5}, "lmdb": {"size": 5}, "jsonl": {"path": "x"}}
    Tracker("runs.lmdb", sinks=["otel?rate=6"], options=options)
    Tracker("lmdb://runs", options={"lmdb": {"size": 6}})
    [sink] = installed.Otel.made
    assert (5, 6.0) == (sink.options["batch"], sink.options["rate"])
    assert [5, 6] == [each.settings.options["size"] for each in installed.OptionsEngine.opened]


def test_options_by_name_reach_the_part_that_has_them(installed):
    """A sink and a probe of one name share the table, and what none of them has is an error."""
    options = {"otel": {"batch": 5, "index": 2}}
    tracker = Tracker(":memory:", sinks=["otel"], probes=["otel"], options=options)
    assert 2 == tracker.log({"x": 1})["gpu_index"]
    assert 5 == installed.Otel.made[0].options["batch"]


def test_options_of_a_name_that_nobody_has_are_an_error(installed):
    """It is misspelt, or not installed; a part that is not chosen may have options."""
    with pytest.raises(UnknownComponentError, match="mean 'otel'"):
        Tracker(":memory:", sinks=["otel"], options={"otell": {"batch": 5}})
    with pytest.raises(UnknownComponentError, match="mean 'lmdb'"):
        Reader("runs.db", options={"lmbd": {"size": 5}})
    Tracker(":memory:", options={"otel": {"batch": 5}})


@pytest.mark.parametrize("wrong", [["otel"], {"otel": 3}, {3: {}}, {"otel": {3: 4}}, "otel"])
def test_options_are_a_mapping_of_mappings(wrong):
    """Anything else is refused by name."""
    with pytest.raises(InvalidArgumentError, match="options="):
        Tracker(":memory:", options=wrong)


def test_equal_choices_count_once_and_others_do_not(installed):
    """Two files of one sink are two sinks."""
    forms = ["otel", "otel?batch=100", ("otel", {}), "otel?batch=100", "otel?batch=7"]
    Tracker(":memory:", sinks=forms)
    assert [100, 100, 7] == [sink.options["batch"] for sink in installed.Otel.made]
    sink = Unpicklable()
    assert 1 == len(Tracker(":memory:", sinks=[sink, sink])._sinks._parts)


WRONG = [
    "",
    "?batch=1",
    "otel?batch",
    "otel?=1",
    "a\0b",
    7,
    b"otel",
    object(),
    Gpu,
    (),
    ("otel",),
    ("otel", {}, {}),
    ("otel", {1: 2}),
    ("otel", ["batch"]),
    (None, {}),
    {"batch": 1},
    {"name": 3},
]


@pytest.mark.parametrize("form", WRONG, ids=range(len(WRONG)))
def test_any_other_form_is_refused_with_those_that_are_taken(form):
    """The error names the argument, and no part is made."""
    with pytest.raises(InvalidArgumentError, match=r"^sinks="):
        Tracker(":memory:", sinks=[form])


@pytest.mark.parametrize(
    ("kind", "form"),
    [
        (PartKind.ENGINE, "postgresql://host/db"),
        (PartKind.ENGINE, Otel),
        (PartKind.ENGINE, MemoryEngine(":memory:", Settings())),
        (PartKind.ASSET_STORE, 3),
        (PartKind.CACHE, 3),
        (PartKind.CACHE, Otel),
    ],
)
def test_other_kinds_refuse_what_they_cannot_be(kind, form):
    """The text lists the forms of this kind."""
    with pytest.raises(InvalidArgumentError, match="Give "):
        choose(kind, form, "it")


def test_an_error_shows_no_password():
    """It may be printed into a log of everybody."""
    with pytest.raises(InvalidArgumentError) as caught:
        choose(PartKind.ENGINE, "postgresql://ada:lovelace@host/db", "engine")
    assert "lovelace" not in str(caught.value)


def test_options_that_cannot_be_compared_make_two_parts(installed):
    """As arrays, whose comparison is an array."""
    numpy = pytest.importorskip("numpy")
    forms = [(name, {"weights": numpy.arange(3)}) for name in ("plain", "plain")]
    assert 2 == len(Tracker(":memory:", sinks=forms)._sinks._parts)


def test_an_unknown_name_or_scheme_is_an_error_with_the_near_one(installed):
    """Before anything is made."""
    with pytest.raises(UnknownComponentError, match="mean 'otel'"):
        Tracker(":memory:", sinks=["otel", "otell?batch=3"])
    with pytest.raises(UnknownComponentError, match="no sink named 'file'"):
        Tracker(":memory:", sinks=["file:///rows.jsonl"])
    with pytest.raises(UnknownComponentError, match="no sink named 'kafka'"):
        Tracker(":memory:", sinks=["otel", "kafka://host"])
    assert [] == installed.Otel.made


def test_a_class_that_cannot_be_made_is_a_plugin_error():
    """It names the class."""

    class Broken(Plain):
        def __init__(self, options):
            raise OSError("no more space")

    expected = r"The sink '.*Broken' of tests\S+ failed in '__init__': OSError: no more.* try again"
    with pytest.raises(PartFailedError, match=expected):
        Tracker(":memory:", sinks=[Broken])


@pytest.mark.parametrize(
    ("sinks", "file"),
    [
        (["jsonl?path=rows.jsonl"], "rows.jsonl"),
        ([("jsonl", {"path": Path("sub/rows.jsonl")})], "sub/rows.jsonl"),
        (["log?path=logs&format=all.log"], "logs/all.log"),
    ],
)
def test_built_in_sinks_take_options(sinks, file, tmp_path):
    """The same as the arguments of the tracker."""
    with Tracker(":memory:", sinks=sinks) as tracker:
        tracker.log({"x": 41})
    assert '"x": 41' in (tmp_path / file).read_text()


def test_arguments_and_options_of_one_sink_are_two_sinks(tmp_path):
    """The argument makes one, the choice another."""
    with Tracker(":memory:", jsonl="a.jsonl", sinks=["jsonl?path=b.jsonl"]) as tracker:
        tracker.log({"x": 41})
    assert [1, 1] == [len((tmp_path / f"{name}.jsonl").read_text().splitlines()) for name in "ab"]


def test_a_built_in_sink_says_which_option_is_wrong(tmp_path):
    """And not the argument of the tracker."""
    (tmp_path / "folder").mkdir()
    with pytest.raises(InvalidArgumentError, match=r"^jsonl\?path="):
        Tracker(":memory:", sinks=["jsonl?path=folder"])


@pytest.mark.parametrize("name", ["jsonl", "log"])
def test_a_sink_for_files_that_has_none_says_how_to_give_one(name):
    """As the argument of the tracker, and as an option."""
    with pytest.raises(InvalidArgumentError, match=rf"='.*' or sinks=\['{name}\?path="):
        Tracker(":memory:", sinks=[name])


@pytest.mark.parametrize("interval", ["0", "nan", "-1", "inf"])
def test_an_interval_of_a_probe_is_checked(interval):
    """As that of the tracker is."""
    with pytest.raises(InvalidArgumentError, match="interval="):
        Tracker(":memory:", probes=[f"system?interval={interval}"])
