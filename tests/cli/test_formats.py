"""`--format` chooses what `xt` prints: a format of its own, or one of a plugin."""

from __future__ import annotations

import json
import sys
import types
from pathlib import Path

import pytest

from xetrack import Tracker
from xetrack.interfaces.component import Component, PartKind
from xetrack.interfaces.rows.formats import Format
from xetrack.plugins.parts import Part
from xetrack.plugins.registry import registry
from xetrack_cli.__main__ import main


class Words(Format):
    """Writes words."""

    def write(self, names, rows, out):
        print(*names, file=out)
        for row in rows:
            print(*row, file=out)


class Broken(Format):
    """Raises what no format should."""

    def write(self, names, rows, out):
        raise ZeroDivisionError("no words")


class Exits(Format):
    """Ends the program, as a script would."""

    def write(self, names, rows, out):
        raise SystemExit("no words")


class Lacks(Format):
    """Opens a file that there is not."""

    def write(self, names, rows, out):
        Path("/no words").read_text()


class CannotBeMade(Format):
    """Raises before it writes anything."""

    def __init__(self, options):
        raise ZeroDivisionError("no options")

    def write(self, names, rows, out):
        """Never called."""


@pytest.fixture(autouse=True)
def formats(monkeypatch):
    """Formats of a plugin, which the registry knows for a while."""
    catalog = registry()._full()
    module = types.ModuleType(__name__)
    for cls in (Words, Broken, Exits, Lacks, CannotBeMade):
        setattr(module, cls.__name__, cls)
        name = cls.__name__.lower()
        component = Component(name=name, target=f"{__name__}:{cls.__name__}", summary="Words.")
        part = Part(
            kind=PartKind.FORMAT,
            name=name,
            distribution="xetrack-words",
            version="1",
            component=component,
        )
        monkeypatch.setitem(catalog.parts, (PartKind.FORMAT, name), part)
    monkeypatch.setitem(sys.modules, __name__, module)


@pytest.fixture
def database(tmp_path):
    """A database with a row."""
    path = tmp_path / "words.db"
    with Tracker(path, track_id="a") as tracker:
        tracker.log({"x": 1, "y": "\x1b[31m<b>"})
    return str(path)


def run(capsys, *words):
    code = main([*words])
    printed = capsys.readouterr()
    return code, printed.out, printed.err


COLUMNS = ("--columns", "x,y")


def test_a_format_of_a_plugin_writes_the_rows(database, capsys):
    """Names and rows, as they are stored; a pipe gets every character."""
    assert (0, "x y\n1 \x1b[31m<b>\n", "") == run(
        capsys, "head", database, *COLUMNS, "--format", "words"
    )


def test_every_command_that_shows_rows_takes_it(database, capsys):
    """Lists of names and texts too, and reports, of which the first table counts."""
    assert "x\n" in run(capsys, "ls", database, "--format", "words")[1]
    for words in (["runs"], ["show"], ["columns"], ["tables"], ["stats", "describe"]):
        run_name = ["a"] if words == ["show"] else []
        code, out, _ = run(capsys, *words, database, *run_name, "--format", "words")
        assert (0, True) == (code, bool(out.strip())), words
    assert "format" in run(capsys, "plugins", "--format", "words")[1]


@pytest.mark.parametrize(
    ("named", "flag"), [("json", "--json"), ("csv", "--csv"), ("table", "--no-color")]
)
def test_the_formats_of_xt_have_names(database, capsys, named, flag):
    """They print what their flags do."""
    assert run(capsys, "head", database, flag) == run(capsys, "head", database, "--format", named)


def test_markdown_is_markdown_on_a_terminal_too(database, capsys, monkeypatch):
    """Where a table would be drawn."""
    expected = run(capsys, "head", database)[1]
    monkeypatch.setattr("xetrack_cli.messages.is_terminal", lambda _: True)
    drawn = run(capsys, "head", database)[1]
    assert expected == run(capsys, "head", database, "--format", "markdown")[1] != drawn


def test_a_format_cannot_control_a_terminal(database, capsys, monkeypatch):
    """What prints is printed, and the rest escaped."""
    monkeypatch.setattr("xetrack_cli.messages.is_terminal", lambda _: True)
    out = run(capsys, "head", database, *COLUMNS, "--format", "words")[1]
    assert "\x1b" not in out
    assert "x y\n1 " in out


def test_an_unknown_format_ends_the_command_before_it_does_anything(database, capsys):
    """The near one is named."""
    code, out, error = run(capsys, "delete", database, "a", "--yes", "--format", "wrods")
    assert (1, "") == (code, out)
    assert "no format named 'wrods'" in error
    assert "'words'" in error
    code, _, error = run(capsys, "head", database, "--format", "")
    assert (1, True) == (code, "table" in error)
    assert 1 == len(json.loads(run(capsys, "head", database, "--json")[1]))


@pytest.mark.parametrize("flag", ["--json", "--csv"])
def test_one_format_at_a_time(database, capsys, flag):
    """Two are a mistake of whoever typed them."""
    code, out, error = run(capsys, "head", database, flag, "--format", "words")
    assert (2, "") == (code, out)
    assert f"{flag} and --format exclude each other" in error


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("broken", "ZeroDivisionError: no words"),
        ("cannotbemade", "ZeroDivisionError: no options"),
        ("exits", "SystemExit: no words"),
        ("lacks", "FileNotFoundError: [Errno 2] No such file or directory: '/no words'"),
    ],
)
def test_a_format_that_fails_is_named_with_its_distribution(database, capsys, name, reason):
    """It is no fault of xt."""
    code, _, error = run(capsys, "head", database, "--format", name)
    assert 1 == code
    assert f"its format '{name}' raised {reason}" in error.replace("\n", "")
    assert "xetrack-words" in error


def test_a_command_keeps_its_own_option_of_that_name(database, capsys):
    """`xt export` writes files, which are of other formats."""
    out = run(capsys, "export", database, "-", "--format", "csv")[1]
    assert "timestamp,track_id,x,y" == out.splitlines()[0]
    assert 2 == run(capsys, "export", database, "-", "--format", "words")[0]


def test_watch_writes_rows_as_they_come(database, capsys, monkeypatch):
    """One after the other, until somebody has enough."""
    from xetrack_cli.commands.tables import watch  # noqa: PLC0415

    def rows():
        yield {"x": 1}
        raise KeyboardInterrupt

    from xetrack_cli.render.formats import chosen_format  # noqa: PLC0415
    from xetrack_cli.render.model import Stream  # noqa: PLC0415
    from xetrack_cli.render.show import show  # noqa: PLC0415

    assert callable(watch.watch)
    show(Stream(names=("x",), rows=rows()), chosen_format("words"))
    assert "x\n1\n" == capsys.readouterr().out
