"""Every command that reads, on what is unusual: nothing, too much, and nothing of the kind."""

from __future__ import annotations

import json

import pytest

from tests.cli.conftest import ALONE, plain
from xetrack import Tracker

RUN = "calm-fox-1"

READING = {
    "head": ["head", "DB"],
    "tail": ["tail", "DB"],
    "runs": ["runs", "DB"],
    "show": ["show", "DB", RUN],
    "compare": ["compare", "DB", RUN, "bold-owl-2"],
    "tables": ["tables", "DB"],
    "columns": ["columns", "DB"],
    "ls": ["ls", "DB", "m_1"],
    "stats describe": ["stats", "describe", "DB"],
    "stats top": ["stats", "top", "DB", "m_1"],
    "stats bottom": ["stats", "bottom", "DB", "m_1"],
    "top": ["top", "DB", "m_1"],
    "bottom": ["bottom", "DB", "m_1"],
    "plot hist": ["plot", "hist", "DB", "m_1"],
    "plot scatter": ["plot", "scatter", "DB", "m_1", "m_2"],
    "plot line": ["plot", "line", "DB", "m_1", "m_2"],
    "export": ["export", "DB", "out.csv"],
    "sql": ["sql", "DB", "SELECT * FROM events"],
    "doctor": ["doctor", "DB"],
}

NAMED = {"show", "compare", "ls", "stats top", "stats bottom", "top", "bottom", "plot hist"} | {
    "plot scatter"
}
"""Those whose arguments name a run or a column, which an empty table lacks."""


def words_of(name, db):
    return [str(db) if word == "DB" else word for word in READING[name]]


def few(name):
    """The variables for a command: the doctor need not look at all plugins each time."""
    return ALONE if name == "doctor" else {}


@pytest.fixture(scope="module")
def wide(tmp_path_factory):
    """Two runs with 300 columns, a cell of 200 characters, and one from right to left."""
    path = tmp_path_factory.mktemp("wide") / "wide.db"
    for run in (RUN, "bold-owl-2"):
        with Tracker(path, track_id=run) as tracker:
            for row in range(3):
                tracker.log(
                    {
                        "text": "y" * 200,
                        "rtl": "שלום עולם مرحبا",
                        "evil": "\x1b[2J\u202e\x07|",
                        **{f"m_{at}": row / (at + 1) for at in range(300)},
                    }
                )
    return path


@pytest.mark.parametrize("name", READING)
def test_an_empty_table_is_no_crash(xt, tmp_path, name):
    """What can be shown of nothing is; what is named and not there is an error in one line."""
    Tracker(tmp_path / "empty.db").close()
    done = xt(*words_of(name, "empty.db"), **few(name))
    assert "Traceback" not in done.err
    if name in NAMED | {"plot line"}:
        assert (1, "", 1) == (done.code, done.out, len(done.err.splitlines()))
    else:
        assert 0 == done.code
        assert done.err in {"", "No rows.\n"}


@pytest.mark.parametrize("name", READING)
def test_a_missing_file_is_an_error_in_one_line(xt, tmp_path, name):
    """A missing file is an error in one line, and no file comes into being."""
    done = xt(*words_of(name, "nope.db"), **few(name))
    assert (1, "", 1) == (done.code, done.out, len(done.err.splitlines()))
    assert "There is no database at 'nope.db'. Check the path" in done.err
    assert [] == list(tmp_path.iterdir())


@pytest.mark.parametrize("name", READING)
def test_wide_tables_and_long_and_hostile_texts_are_whole_in_a_pipe(xt, tmp_path, wide, name):
    """300 columns, none cut; nothing in the data can move a cursor."""
    done = xt(*words_of(name, wide), **few(name))
    assert 0 == done.code
    if name == "runs":  # it says which params are the same in all
        assert "\x1b" not in done.err
    elif name not in {"stats top", "stats bottom", "top", "bottom"}:  # they count ties
        assert "" == done.err
    for text in (done.out, *(path.read_text() for path in tmp_path.glob("out.csv"))):
        if "y" * 200 in text:
            assert "שלום עולם مرحبا" in text
            assert "m_299" in text
    assert not {"\x1b", "\x07", "\u202e"} & set(done.out)
    if name in {"head", "tail", "show", "compare", "sql", "stats top"}:
        assert "y" * 200 in done.out


@pytest.mark.parametrize("columns", [80, 160])
@pytest.mark.parametrize("name", ["head", "runs", "show", "compare", "stats describe", "doctor"])
def test_no_line_is_wider_than_the_terminal(screen, wide, name, columns):
    """At 80 and at 160 places, and with a frame that is straight."""
    done = screen(*words_of(name, wide), columns=columns, **few(name))
    assert 0 == done.code
    framed = [line for line in plain(done.out).splitlines() if line[:1] in {"╭", "│", "├", "╰"}]
    assert max(map(len, framed)) <= columns
    assert not {"\x07", "\u202e"} & set(done.out)


def test_every_command_of_another_engine_is_refused_alike(xt, db):
    """`--engine` and `--table` are options of every command that reads a table."""
    for words in (["runs", "DB"], ["stats", "describe", "DB"], ["tables", "DB"]):
        done = xt(*[db if word == "DB" else word for word in words], "--engine", "sqlit")
        assert (1, 1) == (done.code, len(done.err.splitlines()))
        assert "Did you mean 'sqlite'?" in done.err
    done = xt("show", db, RUN, "--table", "defualt")
    assert 1 == done.code
    assert "Did you mean 'default'?" in done.err


def test_json_is_one_array_whatever_the_command(xt, wide):
    """JSON is one array whatever the command, of objects, or of values."""
    for name in ("runs", "show", "compare", "tables", "columns", "stats describe", "plot hist"):
        rows = json.loads(xt(*words_of(name, wide), "--json").out)
        assert all(isinstance(row, dict) for row in rows), name
        assert rows, name
