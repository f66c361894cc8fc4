"""`xt plugins show NAME`: what a part is, its options, and how to choose it."""

from __future__ import annotations

import json
import os
import sys

import pytest

PLUGIN = """
from pathlib import Path
from xetrack.plugins import Component, Option, hookimpl

OPTIONS = (
    Option("endpoint", str, "http://localhost:4318", "Where the rows go, as a URL of a collector "
        "that speaks the protocol over HTTP."),
    Option("batch", int, 100, "Rows that are sent at once."),
    Option("tags", list, ["a", "b"]),
    Option("quick", bool, False, "Two\\x1b[31m colours."),
    Option("file", Path),
)

@hookimpl
def xetrack_sinks():
    part = Component(name="stray", target="m:c", summary="Each row as a span, in batches.",
                     schemes=("otlp",), options=OPTIONS)
    return [part, Component(name="bare", target="m:c", summary="Takes what is given.")]

@hookimpl
def xetrack_engines():
    return [Component(name="stray", target="m:c", summary="Rows.", suffixes=(".stray",),
                      options=())]

@hookimpl
def xetrack_caches():
    return [Component(name="jsonl", target="m:c", summary="Results.", schemes=("stray",))]

@hookimpl
def xetrack_probes():
    return [Component(name="system", target="m:c", summary="Taken.")]
"""


@pytest.fixture
def installed(tmp_path):
    """The environment in which a plugin with parts of several kinds is installed."""
    folder = tmp_path / "site"
    (folder / "xetrack_stray").mkdir(parents=True)
    (folder / "xetrack_stray" / "__init__.py").touch()
    (folder / "xetrack_stray" / "plugin.py").write_text(PLUGIN)
    info = folder / "xetrack_stray-2.5.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: xetrack-stray\nVersion: 2.5\n")
    (info / "entry_points.txt").write_text("[xetrack.plugins]\nstray = xetrack_stray.plugin\n")
    path = os.pathsep.join([str(folder), *filter(None, sys.path)])
    return {"PYTHONPATH": path, "PYTHONWARNINGS": ""}


def test_a_part_is_shown_with_its_options_and_every_way_to_choose_it(xt, installed):
    """For each kind that has a part of this name."""
    done = xt("plugins", "show", "stray", **installed)
    assert (0, "") == (done.code, done.err)
    engine, sink = done.out.split("\n\nsink stray")
    assert "engine stray, of xetrack-stray 2.5: ready" in engine
    assert "Suffixes: .stray" in engine
    assert "It takes no options." in engine
    assert 'Tracker("runs.stray")' in engine
    assert "of xetrack-stray 2.5: ready\n  Each row as a span, in batches.\n" in sink
    assert "URL schemes: otlp" in sink
    assert "option    type           default                help" in sink
    assert "batch     integer        100                    Rows that are sent at once." in sink
    assert 'tags      list of texts  ["a", "b"]' in sink
    assert "quick     true or false  false                  Two\\x1b[31m colours." in sink
    for way in (
        'Tracker(sinks=["stray?endpoint=http://localhost:4318"])',
        'Tracker(sinks=["otlp://...?endpoint=',
        'Tracker(sinks=[("stray", {"endpoint": ...})])',
        "[tool.xetrack.parts] of pyproject.toml",
        "XETRACK_SINKS='stray",
    ):
        assert way in sink


@pytest.mark.parametrize("columns", [40, 60, 80, 200])
def test_the_page_fits_the_terminal(screen, installed, columns):
    """Texts are broken into lines; nothing is cut."""
    done = screen("plugins", "show", "stray", columns=columns, **installed)
    assert 0 == done.code
    page = done.out.partition("To choose it")[2].partition("sink stray")[2]
    options = page.partition("To choose it")[0].splitlines()
    assert "that speaks the protocol over HTTP." in " ".join(" ".join(options).split())
    widest = max(len(line) for line in options if "http://localhost" not in line)
    assert widest <= max(columns, 50)


def test_in_a_pipe_a_page_has_80_columns(xt, installed):
    """As terminals had, but for what is to be copied."""
    out = xt("plugins", "show", "stray", **installed).out
    ways = [line for line in out.splitlines() if line.startswith("    ")]
    assert all(len(line) <= 80 for line in out.splitlines() if line not in ways)


def test_programs_get_a_row_for_each_option(xt, installed):
    """And one for a part without options."""
    rows = json.loads(xt("plugins", "show", "stray", "--json", **installed).out)
    options = [row["option"] for row in rows]
    assert [None, "endpoint", "batch", "tags", "quick", "file"] == options[:6]
    assert "queue_limit" in options[6:]
    assert ("engine", ".stray", None) == tuple(rows[0][key] for key in ("kind", "suffixes", "type"))
    assert ("integer", "100", "Rows that are sent at once.", "otlp") == tuple(
        rows[2][key] for key in ("type", "default", "help", "schemes")
    )


@pytest.mark.parametrize("name", ["xetrack-stray", "Xetrack_Stray"])
def test_a_distribution_stands_for_all_of_its_parts(xt, installed, name):
    """Those that are refused as well, with the reason."""
    out = xt("plugins", "show", name, **installed).out
    for text in ("engine stray", "cache jsonl", "sink bare", "sink stray", "probe system"):
        assert f"{text}, of xetrack-stray 2.5" in out
    assert "is built into xetrack-core" in " ".join(out.split())
    assert "It does not say which options it takes." in out


def test_parts_of_the_core_are_shown(xt):
    """Of every kind."""
    assert "logs_file_format" in xt("plugins", "show", "log").out
    assert "git_root" in xt("plugins", "show", "git").out
    assert 'to_df(backend="pandas")' in xt("plugins", "show", "pandas").out
    assert "caches that name it" in xt("plugins", "show", "keyed").out
    assert "xt assets gc" in xt("plugins", "show", "assets gc").out


def test_an_unknown_name_suggests_those_near_to_it(xt):
    """And says what to install, where it is ours."""
    done = xt("plugins", "show", "jsnol")
    assert (1, "") == (done.code, done.out)
    assert "There is no part named 'jsnol'. Did you mean 'jsonl'" in done.err
    done = xt("plugins", "show", "duckdb", XETRACK_DISABLE_PLUGINS="duckdb")
    assert "duckdb" in done.out + done.err
    done = xt("plugins", "show", "polars", XETRACK_PLUGIN_AUTOLOAD="0")
    assert "The plugin 'arrow' of xetrack-arrow is disabled" in done.err + done.out


@pytest.mark.parametrize("name", ["s3", "s3://", "gs"])
def test_a_part_is_found_by_what_it_claims(xt, name):
    """Who has a URL asks what opens it."""
    done = xt("plugins", "show", name)
    assert "asset-store objects, of xetrack-objects" in done.out
    assert "It takes no options." in done.out


def test_a_recorder_is_chosen_by_an_argument_a_key_and_a_variable(xt):
    """Of which the argument has another name than the others."""
    page = xt("plugins", "show", "git").out.partition("recorder git")[2]
    assert "timeout  number" in page
    for way in (
        'Tracker(record=["git?root=PATH"])',
        'Tracker(record=[("git", {"root": ...})])',
        'recorders = ["git?root=PATH"]  # [tool.xetrack.parts]',
        "XETRACK_RECORDERS='git?root=PATH'",
    ):
        assert way in page
