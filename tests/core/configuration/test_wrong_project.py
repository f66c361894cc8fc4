"""What is wrong in a file or a variable of a project, and in how many ways a table is written."""

from __future__ import annotations

import pickle

import pytest

from tests.core.configuration.parts import Otel
from xetrack import Tracker
from xetrack.errors import ConfigurationError, PartOptionError, UnknownComponentError


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("[parts]\nsinks = [\n", 2, "it is no TOML"),
        ("\n\n[parts\n", 3, "it is no TOML"),
        ("[part]\nsinks = []\n", 1, "a key 'part', which means nothing. Did you mean 'parts'"),
        ('\n[parts]\nsink = ["otel"]\n', 3, "a key 'sink', which means nothing. Did you mean 'sin"),
        ("[parts]\n\nsinks = 3\n", 3, "'sinks' must be a list"),
        ("[parts]\nsinks = [3]\n", 2, "the sink 3 has another form"),
        ('[parts]\nprobes = ["gpu?index"]\n', 2, "the probe 'index' has another form"),
        ("[parts]\nengine = 3\n", 2, "the engine 3 has another form"),
        ("parts = 3\n", 1, "'parts' must be a table"),
        ("options = 3\n", 1, "'options' must be a table"),
        ("[options]\notel = 3\n", 2, "the options of 'otel' must be a table"),
    ],
)
def test_a_broken_file_is_an_error_that_names_its_line(installed, project, text, line, reason):
    """For whoever makes a tracker, before anything is made, in either file."""
    path = project(text, "xetrack.toml")
    with pytest.raises(ConfigurationError) as caught:
        Tracker("runs.db", sinks=["otel"], jsonl="rows.jsonl")
    assert (str(path), line) == (caught.value.source, caught.value.line)
    assert reason in str(caught.value)
    assert "XETRACK_CONFIG=0" in str(caught.value)
    assert [] == Otel.made
    assert [path] == list(path.parent.iterdir())
    assert str(caught.value) == str(pickle.loads(pickle.dumps(caught.value)))
    if "no TOML" not in reason:
        path.unlink()
        moved = "\n".join(
            f"[tool.xetrack.{row[1:]}" if row.startswith("[") else row for row in text.splitlines()
        )
        project(moved if "[" in moved[:2] else f"[tool.xetrack]\n{moved}")
        with pytest.raises(ConfigurationError):
            Tracker("runs.db")


@pytest.mark.parametrize(
    "text",
    [
        '[ tool . xetrack . parts ]\nsinks = ["otel"]\n',
        '[tool."xetrack".parts]\nsinks = ["otel"]\n',
        '[tool]\nxetrack.parts.sinks = ["otel"]\n',
        '[tool]\nxetrack = {parts = {sinks = ["otel"]}}\n',
        'tool.xetrack.parts.sinks = ["otel"]\n',
    ],
)
def test_every_way_to_write_the_table_counts(installed, project, text):
    """TOML has several; none of them is passed over in silence."""
    project(text)
    Tracker(":memory:")
    assert 1 == len(Otel.made)


@pytest.mark.parametrize("text", ["[tool]\n[tool.x]\ny = 'xetrack'"])
def test_a_pyproject_without_our_table_is_none(installed, project, text):
    """Whatever else stands in it."""
    project(text)
    Tracker(":memory:")
    assert [] == Otel.made


def test_a_pyproject_whose_tools_are_no_table_is_none(installed, project):
    """Though what we look for stands in a text of it."""
    project('tool = 3\ntext = """\n[tool.xetrack]\n"""\n')
    Tracker(":memory:")
    assert [] == Otel.made


def test_a_question_ends_with_its_mark(project):
    """And no stop behind it."""
    project("[part]\n", "xetrack.toml")
    with pytest.raises(ConfigurationError, match=r"Did you mean 'parts'\? Change it there"):
        Tracker(":memory:")


def test_what_is_nested_without_end_is_an_error(project, monkeypatch):
    """In a file and in a variable."""
    monkeypatch.setenv("XETRACK_OPTIONS", "[" * 100_000)
    with pytest.raises(ConfigurationError, match=r"XETRACK_OPTIONS .* nested too deeply"):
        Tracker(":memory:")
    monkeypatch.delenv("XETRACK_OPTIONS")
    project("a = " + "[" * 20_000, "xetrack.toml")
    with pytest.raises(ConfigurationError, match=r"xetrack.toml .* nested too deeply"):
        Tracker(":memory:")


def test_a_file_that_is_no_text_is_an_error_that_names_its_line(project):
    """The line of the first byte that is none."""
    project("", "xetrack.toml").write_bytes(b"[parts]\nsinks = ['\xff']\n")
    with pytest.raises(ConfigurationError, match=r"line 2 cannot be used: it is no UTF-8"):
        Tracker(":memory:")


def test_what_a_file_names_wrongly_is_an_error_that_names_the_file(installed, project):
    """A name, and an option: the user may not know that there is a file."""
    path = project('[parts]\nsinks = ["otell"]\n', "xetrack.toml")
    with pytest.raises(UnknownComponentError, match=r"mean 'otel'.*xetrack\.toml names it"):
        Tracker(":memory:")
    project("[parts]\nsinks = ['otel']\n[options.otel]\nbatsh = 1\n", "xetrack.toml")
    with pytest.raises(PartOptionError, match=f"'batsh' of {path}: it takes batch"):
        Tracker(":memory:")


@pytest.mark.parametrize(
    ("variable", "value", "error", "reason"),
    [
        ("XETRACK_OPTIONS", "{", ConfigurationError, "in XETRACK_OPTIONS .* it is no JSON"),
        ("XETRACK_OPTIONS", "[]", ConfigurationError, "in XETRACK_OPTIONS .* must be JSON as"),
        ("XETRACK_OPTIONS", '{"otel": 3}', ConfigurationError, "must be JSON as"),
        ("XETRACK_SINKS", "otel?batch", ConfigurationError, "in XETRACK_SINKS .* 'batch'"),
        ("XETRACK_SINKS", "otell", UnknownComponentError, "XETRACK_SINKS names it"),
        ("XETRACK_SINKS", "otel?batch=x", PartOptionError, "'batch' of XETRACK_SINKS"),
        ("XETRACK_CONFIG", "missing.toml", ConfigurationError, "missing.toml .* cannot be read"),
    ],
)
def test_a_wrong_variable_is_named(installed, monkeypatch, variable, value, error, reason):
    """With what is wrong about it."""
    monkeypatch.setenv(variable, value)
    with pytest.raises(error, match=reason):
        Tracker(":memory:")
