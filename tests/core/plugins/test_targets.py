"""The target of a part: what is wrong with it is said when the part is first used."""

from __future__ import annotations

import pickle

import pytest

from xetrack.errors import MissingPackageError, PluginError
from xetrack.interfaces.component import PartKind

SINK = "from xetrack.interfaces.sinks import Sink\n"

WRONG = {
    "wrong base class": (
        "class Part: pass",
        "its class Part does not extend xetrack.interfaces.sinks.Sink",
    ),
    "abstract methods left": (
        f"{SINK}class Part(Sink):\n    def emti(self, row, level): pass",
        "its class Part leaves abstract: emit",
    ),
    "no class": (
        "Part = 7",
        "its target is a int, not a class that extends xetrack.interfaces.sinks.Sink",
    ),
    "an instance": (
        f"{SINK}class Made(Sink):\n    def emit(self, row, level): pass\nPart = Made({{}})",
        "its target is a Made, not a class that extends xetrack.interfaces.sinks.Sink",
    ),
    "nothing there": (
        "Party = 1",
        (
            "looking up 'xetrack_bad.parts:Part' raised AttributeError: "
            "module 'xetrack_bad.parts' has no attribute 'Part'"
        ),
    ),
    "raises at import": (
        "1 / 0",
        "importing 'xetrack_bad.parts' raised ZeroDivisionError: division by zero",
    ),
    "exits at import": (
        "raise SystemExit('bye')",
        "importing 'xetrack_bad.parts' raised SystemExit: bye",
    ),
    "missing dependency": (
        "import confluent_kafka_of_nobody",
        (
            "the module 'confluent_kafka_of_nobody' is missing, which it needs; "
            "type: pip install xetrack-bad"
        ),
    ),
    "other release of a dependency": (
        "from json import no_such_name",
        (
            "importing 'xetrack_bad.parts' raised ImportError: "
            "cannot import name 'no_such_name' from 'json'"
        ),
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_target_is_an_error_that_names_the_distribution(strangers, case):
    """Listing says nothing of it, loading raises, and check turns the verdict into a status."""
    source, reason = WRONG[case]
    strangers.offer("bad", "xetrack_sinks", {}, parts=source)
    registry = strangers.registry()
    [listed] = [status for status in registry.statuses() if status.name == "bad"]
    assert "ready" == listed.state
    with pytest.raises(PluginError) as caught:
        registry.load(PartKind.SINK, "bad")
    assert "xetrack-bad" == caught.value.plugin
    assert caught.value.reason.startswith(f"the sink 'bad' is refused: {reason}")
    assert str(caught.value) == str(pickle.loads(pickle.dumps(caught.value)))
    [checked] = [status for status in registry.check() if status.name == "bad"]
    assert "quarantined" == checked.state
    assert checked.reason.startswith(reason)


def test_a_command_that_is_no_function_is_refused(strangers):
    """The error says what it is instead."""
    strangers.offer("bad", "xetrack_commands", {}, parts="Part = 'echo'")
    with pytest.raises(PluginError, match="its target is a str, not a function"):
        strangers.registry().load(PartKind.COMMAND, "bad")


def test_a_target_in_a_module_that_does_not_exist_is_refused(strangers):
    """It is not taken for a dependency that is missing."""
    strangers.offer("bad", "xetrack_sinks", {"target": "xetrack_bad.sinks.kafka:Sink"})
    with pytest.raises(PluginError, match=r"there is no module 'xetrack_bad\.sinks'"):
        strangers.registry().load(PartKind.SINK, "bad")


def test_a_dependency_of_a_part_of_our_own_is_brought_by_an_extra(strangers):
    """Who asks for DuckDB without its library is told what to type, in terms of `xetrack`."""
    strangers.offer("duckdb", "xetrack_engines", {}, parts="import duckdb_of_nobody")
    with pytest.raises(MissingPackageError) as caught:
        strangers.registry().load(PartKind.ENGINE, "duckdb")
    assert "duckdb" == caught.value.extra
    assert str(caught.value) == (
        "The module 'duckdb_of_nobody', which the engine 'duckdb' of xetrack-duckdb 1.0 needs, "
        "is not installed. Type: pip install 'xetrack[duckdb]'"
    )


def test_ctrl_c_while_a_target_is_imported_goes_through(strangers):
    """It is the user's, not the plugin's."""
    strangers.offer("slow", "xetrack_sinks", {}, parts="raise KeyboardInterrupt")
    with pytest.raises(KeyboardInterrupt):
        strangers.registry().load(PartKind.SINK, "slow")
    with pytest.raises(KeyboardInterrupt):
        strangers.registry().check()


def test_check_finds_nothing_wrong_with_a_good_part(strangers):
    """Its status stays as it was listed."""
    source = f"{SINK}class Part(Sink):\n    def emit(self, row, level): pass"
    strangers.offer("good", "xetrack_sinks", {}, parts=source)
    registry = strangers.registry()
    [checked] = [status for status in registry.check() if status.name == "good"]
    assert checked in registry.statuses()


HOOKS = "from xetrack.interfaces.runs.hooks import RunHooks\nclass Part(RunHooks):\n"
FILTER = "from xetrack.interfaces.rows.filters import RowFilter\nclass Part(RowFilter):\n"
ARGUMENTS = {
    "of another hook": ("run_hook", "def finished(self, run, error): 1", "finished(error)"),
    "keyword only": ("run_hook", "def started(self, *, runs): 1", "started(runs)"),
    "of a static method": ("run_hook", "@staticmethod\n    def failed(row): 1", "failed(row)"),
    "with a default": ("run_hook", "def started(self, run, url=''): 1", ""),
    "any": ("run_hook", "def failed(self, *all, **named): 1", ""),
    "none": ("run_hook", "def started(self): 1", ""),
    "no row": ("row_filter", "def filter(self): 1", "cannot be called with a row alone"),
    "two": ("row_filter", "def filter(self, row, *, run): 1", "cannot be called with a row alone"),
    "another name": ("row_filter", "def filter(self, cells, strict=True): 1", ""),
    "a static filter": ("row_filter", "@staticmethod\n    def filter(row): 1", ""),
}


@pytest.mark.parametrize("case", ARGUMENTS)
def test_arguments_that_nobody_gives_are_refused(strangers, case):
    """Those with a default may be there; names of a filter's are its own, as it gets one row."""
    kind, method, reason = ARGUMENTS[case]
    head = HOOKS if kind == "run_hook" else FILTER
    strangers.offer("bad", f"xetrack_{kind}s", {}, parts=f"{head}    {method}\n")
    [checked] = [status for status in strangers.registry().check() if status.name == "bad"]
    assert ("quarantined" if reason else "ready") == checked.state
    assert reason in checked.reason
