"""What a person sees: tables that are drawn, coloured and fitted to the width."""

from __future__ import annotations

import io
import sqlite3
import sys

import pytest
from rich.cells import cell_len

from tests.cli.conftest import plain
from xetrack import Tracker
from xetrack_cli import messages


@pytest.fixture
def wide(tmp_path):
    """Forty columns, one of them always empty, and a cell of 200 characters."""
    with Tracker(tmp_path / "wide.db") as tracker:
        for row in range(3):
            tracker.log(
                {
                    "nothing": None,
                    **{f"metric_{at}": row / 7 for at in range(36)},
                    "text": "y" * 200,
                }
            )
    return tmp_path / "wide.db"


@pytest.mark.parametrize("columns", [40, 80, 160])
def test_a_table_never_exceeds_the_terminal(screen, wide, columns):
    """Whatever the width, no line is longer, and the names left out are told on stderr."""
    done = screen("head", wide, columns=columns)
    lines = plain(done.out).splitlines()
    assert max(map(len, lines)) <= columns
    assert 7 == len(lines)
    assert "columns are left out: " in done.err
    assert "metric_20" in done.err


def test_columns_go_from_the_middle_and_dots_take_their_place(screen, wide):
    """The run and what was logged last stay; dots stand where the first columns are missing."""
    header = plain(screen("tail", wide).out).splitlines()[1]
    names = [name.strip() for name in header.strip("│").split("│")]
    assert (["…", "track_id"], ["metric_35", "text"]) == (names[:2], names[-2:])


def test_a_column_without_values_goes_first(screen, tmp_path):
    """Where room is missing, a column that says nothing makes it."""
    with Tracker(tmp_path / "few.db") as tracker:
        tracker.log({"a": "x" * 30, "void": None, "b": "y" * 30, "c": "z" * 30})
    done = screen("head", "few.db")
    assert "void" not in done.out
    assert "1 of 6 columns is left out: void." in done.err
    assert "…" not in plain(done.out).splitlines()[1]


def test_a_table_that_fits_is_shown_whole(screen, db):
    """Nothing is cut where there is room, and stderr is silent."""
    done = screen("head", db, columns=160)
    assert (0, "") == (done.code, done.err)
    assert "calm-fox-1" in done.out
    assert "…" not in done.out


def test_floats_are_rounded_for_eyes_only(screen, xt, db, tmp_path):
    """A terminal and Markdown show six digits, JSON and CSV all of them."""
    with Tracker(tmp_path / "f.db") as tracker:
        tracker.log({"v": 1 / 3})
    assert "│ 0.333333 │" in plain(screen("head", "f.db", "--columns", "v").out)
    assert "| 0.333333 |" in xt("head", "f.db", "--columns", "v").out
    for form in ("--json", "--csv"):
        assert "0.3333333333333333" in xt("head", "f.db", "--columns", "v", form).out


def test_colour_is_for_terminals_that_want_it(screen, db):
    """Names are coloured; not with NO_COLOR, not with --no-color."""
    coloured = "\x1b[1;36m"
    assert coloured in screen("head", db).out
    assert "\x1b[1;36m" not in screen("head", db, NO_COLOR="1").out
    assert "\x1b[1;36m" not in screen("head", db, "--no-color").out


def test_stored_text_cannot_play_with_the_terminal(screen, tmp_path):
    """Escape sequences and overrides of direction are shown, not obeyed; markup is text."""
    with Tracker(tmp_path / "evil.db") as tracker:
        tracker.log({"v": "\x1b[2J\u202etxt.exe [red]x[/red] :smile:"})
    out = plain(screen("head", "evil.db", "--columns", "v", columns=120).out)
    assert r"│ \x1b[2J\u202etxt.exe [red]x[/red] :smile: │" in out


def test_right_to_left_and_wide_text_keep_the_frame_straight(screen, tmp_path):
    """Each line is as wide as the others, counted in places of a terminal."""
    with Tracker(tmp_path / "rtl.db") as tracker:
        for text in ("שלום עולם", "日本語", "e\u0301", "می\u200cکنم"):
            tracker.log({"v": text})
    lines = plain(screen("head", "rtl.db", "--columns", "v").out).splitlines()
    assert 1 == len({cell_len(line) for line in lines})


def test_help_is_drawn_on_a_terminal(screen):
    """On a terminal the help pages have frames, and keep the order of the plain one."""
    lines = plain(screen("--help").out).splitlines()
    listed = [line.split()[1] for line in lines if line.startswith("│ ") and line[2] != " "]
    assert ["head", "tail", "watch", "sql", "runs", "show", "compare"] == listed[:7]
    assert any(line.startswith("╭") for line in lines)


def test_data_is_the_same_on_a_terminal(screen, xt, db):
    """JSON and CSV do not know where they go."""
    for form in ("--json", "--csv"):
        assert xt("head", db, form).out == screen("head", db, form).out


def test_csv_on_a_terminal_cannot_play_with_it_and_is_exact_in_a_pipe(xt, screen, tmp_path):
    """Names and cells; a program that reads the CSV gets every character."""
    text, name = "\x1b]52;c;aGk=\x07\x1b[2J\u202evil\nnext", "n\x1b[31m"
    with sqlite3.connect(tmp_path / "x.db") as made:
        made.execute(f'CREATE TABLE "default" (timestamp, track_id, "{name}")')
        made.execute('INSERT INTO "default" VALUES (1, 2, ?)', (text,))
    made.close()
    (header, row) = screen("head", "x.db", "--csv", columns=400).out.splitlines()
    assert ["timestamp,track_id,n\\x1b[31m", r"1,2,\x1b]52;c;aGk=\x07\x1b[2J\u202evil\nnext"] == [
        header,
        row,
    ]
    assert f'timestamp,track_id,{name}\n1,2,"{text}"\n' == xt("head", "x.db", "--csv").out


def test_messages_and_warnings_show_no_control_characters(xt, tmp_path):
    """Messages and warnings show no control characters of a stranger's names; nor does a
    traceback.
    """
    table = "t\x1b[31m\u202e\nError: not so"
    with sqlite3.connect(tmp_path / "x.db") as made:
        made.execute(f'CREATE TABLE "{table}" (a)')
    made.close()
    for words in (
        ("head", "x.db"),
        ("head", "x.db", "--debug"),
        ("head", "x.db", "--table", table),
    ):
        done = xt(*words)
        assert done.code == 1 or "a" in done.out
        assert {"\x1b", "\u202e"}.isdisjoint(done.err + done.out)
        assert "\nError: not so" not in done.err


@pytest.mark.parametrize(
    "words",
    [
        ["top", "DB", "metric_17"],
        ["head", "DB", "--sort", "metric_17"],
        ["head", "DB", "--where", "metric_17", "ge", "0"],
        ["tail", "DB", "--columns", "timestamp,metric_17,args"],
    ],
)
@pytest.mark.parametrize("columns", [50, 80])
def test_what_was_asked_for_is_never_left_out(screen, wide, words, columns):
    """However many columns there are."""
    with Tracker(wide) as tracker:
        tracker.track(lambda _: {"metric_17": 17.5}, args=["x" * 99])
    done = screen(*(wide if word == "DB" else word for word in words), columns=columns)
    assert "metric_17" in plain(done.out).splitlines()[1]


def test_bookkeeping_goes_before_results(screen, tmp_path):
    """First what is recorded of calls, then timestamps."""
    with Tracker(tmp_path / "calls.db", params={"lr": 0.1, "model": "wide"}) as tracker:
        tracker.track(lambda _: {"loss": 0.5, "accuracy": 0.25}, args=["x" * 99])
    header = plain(screen("head", "calls.db", columns=80).out).splitlines()[1]
    names = {name.strip() for name in header.strip("│").split("│")}
    assert {"track_id", "lr", "model", "loss", "accuracy"} <= names
    assert not {"args", "kwargs", "function_time"} & names


class Terminal(io.StringIO):
    """Somebody who looks."""

    def isatty(self):
        return True


def test_messages_break_between_words(monkeypatch):
    """On a terminal; what is indented, such as a command, stays, and so does a long word."""
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setattr(sys, "stderr", Terminal())
    indented = f"  xt {'y' * 90} z"
    messages.error(f"{'word ' * 40}{'x' * 100}\n{indented}")
    lines = sys.stderr.getvalue().splitlines()
    assert lines[0].startswith("Error: word word")
    assert max(len(line) for line in lines if "word" in line) < 80
    assert 40 == sum(line.split().count("word") for line in lines)
    assert {"x" * 100, indented} <= set(lines)
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    messages.note("word " * 40)
    assert 1 == len(sys.stderr.getvalue().splitlines())


@pytest.mark.parametrize("columns", [30, 60, 80])
def test_numbers_that_have_no_room_are_marked(screen, wide, columns):
    """Of many columns that were asked for, none shows a part of a number as the whole."""
    asked = [f"metric_{number}" for number in range(12)]
    with Tracker(wide, track_id="sevenths") as tracker:
        tracker.log({name: 1234567 + number for number, name in enumerate(asked)})
    done = screen("tail", wide, "-n", "1", "--columns", ",".join(asked), columns=columns)
    lines = plain(done.out).splitlines()
    assert max(map(len, lines)) <= columns
    cells = [cell.strip() for cell in lines[3].strip("│").split("│")]
    assert all(
        cell.endswith("…") or cell in {str(1234567 + n) for n in range(12)} for cell in cells
    )
    assert len(cells) >= min(12, (columns - 5) // 7)


def test_texts_beside_tables_break_between_words(screen, tmp_path):
    """As the first line of a run, which a terminal would break anywhere."""
    with Tracker(tmp_path / "x.db", track_id="some-long-name-of-a-run") as tracker:
        tracker.log({"loss": 0.5})
    lines = plain(screen("show", "x.db", "@1", columns=60).out).splitlines()
    assert lines[0].startswith("Run some-long-name-of-a-run: 1 row at ")
    assert max(map(len, lines[:3])) < 60


def test_a_description_keeps_the_ends_of_a_range(screen, tmp_path):
    """Where there is room for nothing else than quartiles could take."""
    with Tracker(tmp_path / "x.db") as tracker:
        tracker.log_batch([{"some_metric": at / 7} for at in range(20)])
    done = screen("stats", "describe", "x.db", columns=66)
    header = plain(done.out).splitlines()[1].split()
    assert {"min", "max", "mean"} <= {*header}
    assert "25%" not in header
