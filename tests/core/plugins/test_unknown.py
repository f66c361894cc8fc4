"""A part that nobody offers: the error says what was meant, or what to install."""

from __future__ import annotations

import pytest

from xetrack.errors import UnknownComponentError, XetrackWarning
from xetrack.interfaces.component import PartKind


@pytest.mark.parametrize(
    ("kind", "name", "extra"),
    [
        (PartKind.ENGINE, "duckdb", "duckdb"),
        (PartKind.ENGINE, "postgres", "postgres"),
        (PartKind.ASSET_STORE, "sqlite", "assets"),
        (PartKind.CACHE, "diskcache", "cache"),
        (PartKind.CALL_CACHE, "keyed", "cache"),
        (PartKind.FRAME_BACKEND, "arrow", "arrow"),
        (PartKind.FRAME_BACKEND, "polars", "polars"),
        (PartKind.COMMAND, "assets", "assets"),
        (PartKind.COMMAND, "assets export", "assets"),
        (PartKind.COMMAND, "cache ls", "cache"),
    ],
)
def test_a_part_of_our_own_that_is_not_installed_names_its_extra(strangers, kind, name, extra):
    """The text ends with what to type."""
    with pytest.raises(UnknownComponentError) as caught:
        strangers.registry().component(kind, name)
    assert str(caught.value).endswith(f"Type: pip install 'xetrack[{extra}]'")
    assert (kind, name) == (caught.value.kind, caught.value.name)


def test_a_name_that_is_nearly_right_is_suggested(strangers):
    """Plugins' parts are suggested as well as built-in ones."""
    strangers.offer("kafka", "xetrack_sinks", {})
    registry = strangers.registry()
    with pytest.raises(UnknownComponentError, match="Did you mean 'sqlite'"):
        registry.load(PartKind.ENGINE, "sqlit")
    with pytest.raises(UnknownComponentError, match="Did you mean 'kafka'") as caught:
        registry.component(PartKind.SINK, "kafak")
    assert "kafka" in caught.value.known


def test_who_asks_for_a_part_of_a_broken_plugin_is_told_why(strangers):
    """Told to install what is installed, nobody would be helped."""
    strangers.add("duckdb", "import duckdb_of_nobody")
    with (
        pytest.warns(XetrackWarning, match="xetrack-duckdb"),
        pytest.raises(
            UnknownComponentError,
            match="The plugin 'duckdb' of xetrack-duckdb is quarantined: the module",
        ),
    ):
        strangers.registry().component(PartKind.ENGINE, "duckdb")


def test_a_release_that_lacks_the_part_is_to_be_upgraded(strangers):
    """To install what is installed already would change nothing."""
    strangers.add("duckdb", "")
    with pytest.raises(UnknownComponentError, match=r"install --upgrade 'xetrack\[duckdb\]'"):
        strangers.registry().component(PartKind.ENGINE, "duckdb")


def test_who_asks_for_an_unknown_part_hears_of_plugins_that_are_left_out(strangers, monkeypatch):
    """One of them may be the one that has it."""
    strangers.add("any", "")
    monkeypatch.setenv("XETRACK_PLUGIN_AUTOLOAD", "0")
    with pytest.raises(UnknownComponentError, match=r"left out: any \(disabled\)"):
        strangers.registry().component(PartKind.SINK, "kafka")


@pytest.mark.parametrize(
    ("location", "engine"),
    [
        ("runs.db", "sqlite"),
        ("/tmp/v1.5/RUNS.SQLite", "sqlite"),
        ("C:\\data.duckdb\\runs.sqlite3", "sqlite"),
        (":memory:", None),
        ("", None),
        ("/tmp/data.duckdb/runs", None),
        ("runs.of-nobody", None),
        ("c://runs", None),
    ],
)
def test_the_ending_of_a_file_names_its_engine(strangers, location, engine):
    """Only the name of the file counts; None leaves the choice to the caller."""
    assert engine == strangers.registry().engine_for(location)


def test_the_longest_ending_decides(strangers):
    """So two engines may share the end of an ending."""
    strangers.offer("packed", "xetrack_engines", {"suffixes": (".rows",)})
    strangers.offer("packed-more", "xetrack_engines", {"suffixes": (".more.rows",)})
    registry = strangers.registry()
    assert "packed" == registry.engine_for("x.rows")
    assert "packed-more" == registry.engine_for("x.more.rows")


@pytest.mark.parametrize(
    ("location", "extra"),
    [
        ("runs.duckdb", "duckdb"),
        ("/data/runs.DDB", "duckdb"),
        ("duckdb:///runs", "duckdb"),
        ("postgresql://localhost/runs", "postgres"),
    ],
)
def test_a_location_of_an_engine_that_is_not_installed_names_the_extra(strangers, location, extra):
    """A location of an engine that is not installed names the extra: never a silent fallback to
    another engine.
    """
    with pytest.raises(UnknownComponentError) as caught:
        strangers.registry().engine_for(location)
    assert str(caught.value).endswith(f"Type: pip install 'xetrack[{extra}]'")


def test_a_cache_that_is_not_installed_names_the_extra(strangers):
    """A cache that is not installed names the extra, by the scheme of its URL.

    Of another scheme nothing is known.
    """
    with pytest.raises(UnknownComponentError, match=r"Type: pip install 'xetrack\[postgres\]'"):
        strangers.registry().name_for(PartKind.CACHE, "postgresql")
    with pytest.raises(UnknownComponentError, match="There is no cache named 'redis'"):
        strangers.registry().name_for(PartKind.CACHE, "redis")


def test_an_unknown_scheme_is_an_error_that_lists_the_schemes(strangers):
    """An engine of the scheme's name does not count unless it claims the scheme."""
    strangers.offer("redis", "xetrack_engines", {"schemes": ("rediss",)})
    with pytest.raises(UnknownComponentError, match=r"URL scheme named 'redis'.*mean 'rediss'"):
        strangers.registry().engine_for("redis://localhost")
