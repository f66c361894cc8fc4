"""What our own distributions bring is reserved for them, installed or not."""

from __future__ import annotations

import pytest

from tools.workspace import ROOT
from xetrack.errors import PluginError, UnknownComponentError, XetrackWarning
from xetrack.interfaces.component import PartKind
from xetrack.plugins.entrypoints import CORE, find, normalized
from xetrack.plugins.hints import owner_of_plugin, reserved_for
from xetrack.plugins.registry import registry

RESERVED = [
    ("engine", {"name": "duckdb"}, "the engine 'duckdb' is reserved for xetrack-duckdb"),
    ("engine", {"suffixes": (".ddb",)}, "'.ddb', for an engine, is reserved for xetrack-duckdb"),
    (
        "engine",
        {"schemes": ("postgresql",)},
        "'postgresql', for an engine, is reserved for xetrack-postgres",
    ),
    ("cache", {"schemes": ("postgres",)}, "'postgres', for a cache, is reserved for xetrack-post"),
    ("cache", {"schemes": ("diskcache",)}, "'diskcache', for a cache, is reserved for xetrack-cac"),
    ("asset_store", {"name": "sqlite"}, "the asset-store 'sqlite' is reserved for xetrack-assets"),
    ("codec", {"name": "pickle"}, "the codec 'pickle' is reserved for xetrack-assets"),
    ("frame_backend", {"name": "polars"}, "the frame-backend 'polars' is reserved for xetrack-arr"),
    *(
        ("format", {"name": name}, f"the format {name!r} is reserved for xetrack-cli")
        for name in ("table", "markdown", "json", "csv")
    ),
    ("command", {"name": "cache mend"}, "the command 'cache mend' is reserved for xetrack-cache"),
]


@pytest.mark.parametrize(("kind", "part", "reason"), RESERVED)
def test_what_is_ours_is_refused_to_others(strangers, kind, part, reason):
    """The reason names the owner and the culprit, whatever the order of their names."""
    strangers.offer("aaa", f"xetrack_{kind}s", part)
    [status] = [each for each in strangers.registry().statuses() if each.state == "quarantined"]
    assert status.reason.startswith(reason)
    assert status.reason.endswith(", which xetrack-aaa 1.0 is not")


def test_who_asks_for_what_is_reserved_is_told_to_install_it(strangers):
    """And which distribution tried to take its place."""
    strangers.offer("aaa", "xetrack_engines", {"name": "duckdb", "suffixes": (".duckdb",)})
    found = strangers.registry()
    culprit = r"What xetrack-aaa 1\.0 offers in its place is refused\. Type: pip install 'xetrack\["
    with pytest.warns(XetrackWarning, match="xetrack-aaa"):
        found.components(PartKind.ENGINE)
    for question in (
        lambda: found.component(PartKind.ENGINE, "duckdb"),
        lambda: found.engine_for("runs.duckdb"),
        lambda: found.engine_for("duckdb://runs"),
    ):
        with pytest.raises(UnknownComponentError, match=culprit):
            question()


def test_our_own_part_works_beside_one_that_would_take_its_place(strangers):
    """An earlier name does not push it out, neither of a part nor of a plugin."""
    strangers.offer("duckdb", "xetrack_engines", {"suffixes": (".duckdb",)})
    strangers.offer("aaa", "xetrack_engines", {"name": "duckdb"})
    strangers.offer("bbb", "xetrack_sinks", {}, entry="duckdb")
    found = strangers.registry()
    with pytest.warns(XetrackWarning, match="reserved for xetrack-duckdb"):
        assert found.component(PartKind.ENGINE, "duckdb").target.startswith("xetrack_duckdb.")
    assert "duckdb" == found.engine_for("runs.duckdb")
    reasons = {s.distribution: s.reason for s in found.statuses() if s.state == "quarantined"}
    assert {"xetrack-aaa", "xetrack-bbb"} == reasons.keys()
    assert reasons["xetrack-bbb"].startswith("the plugin's name 'duckdb' is reserved for")


def test_a_refused_engine_leaves_no_file_to_another(strangers):
    """A suffix of its own would else be a new SQLite file."""
    strangers.offer("aaa", "xetrack_engines", {"name": "duckdb", "suffixes": (".fast",)})
    with (
        pytest.warns(XetrackWarning, match="xetrack-aaa"),
        pytest.raises(PluginError, match="xetrack-aaa"),
    ):
        strangers.registry().engine_for("runs.fast")


def test_every_part_of_our_distributions_is_reserved():
    """The tables of names, schemes and suffixes are complete."""
    folders = [path.parent.name for path in ROOT.glob("packages/*/pyproject.toml")]
    ours = {normalized(name) for name in folders} - {CORE}
    checked = set()
    for status in registry().statuses():
        if status.distribution in ours:
            for claim in status.claims:
                checked.add(claim.field)
                assert status.distribution == reserved_for(*claim), claim
    assert {"name", "scheme", "suffix"} == checked
    for point in find():
        if point.distribution in ours:
            assert point.distribution == owner_of_plugin(point.name)
