"""How values and tables become text."""

from __future__ import annotations

import datetime as dt
import io
import json
from decimal import Decimal
from pathlib import Path

import pytest

from xetrack_cli.render.cells import escaped, json_value, raw_text_of, text_of, width_of
from xetrack_cli.render.data import to_dicts, write_csv, write_json
from xetrack_cli.render.fit import FRAME, LEAST, cut, fit
from xetrack_cli.render.markdown import markdown
from xetrack_cli.render.model import Table, to_renderable

WHEN = dt.datetime.fromisoformat("2026-01-02 03:04:05.000600")

SPECIFIED = (
    "|    | timestamp                  | track_id        | model    |   accuracy | params    |",
    "|---:|:---------------------------|:----------------|:---------|-----------:|:----------|",
    "|  0 | 2023-12-27 11:37:30.627189 | ebony-loon-6720 | lightgbm |        0.9 | 1b5b2294f |",
)


def test_markdown_looks_as_the_guide_shows_it():
    """The table is, character by character, as in the user's guide."""
    header, _, row = SPECIFIED
    names = [cell.strip() for cell in header.split("|")[2:-1]]
    cells = [cell.strip() for cell in row.split("|")[2:-1]]
    cells[3] = 0.9
    table = Table(names=tuple(names), rows=[cells], numbered=True)
    assert SPECIFIED == tuple(markdown(table))


def test_markdown_pads_by_places_of_the_terminal():
    """Wide characters count twice, combining ones not at all."""
    table = Table(names=("v",), rows=[("日本",), ("e\u0301",)])
    assert ["| v    |", "|:-----|", "| 日本 |", "| e\u0301    |"] == list(markdown(table))


def test_a_column_of_numbers_and_gaps_is_aligned_to_the_right():
    """Missing cells do not make a column text; a flag or a text does."""
    rules = [
        list(markdown(Table(names=("v",), rows=[(cell,) for cell in cells])))[1]
        for cells in ([1, None, 2.5], [Decimal(1)], [True, 1], ["1", 1], [None])
    ]
    assert ["|----:|", "|----:|", "|:-----|", "|:----|", "|:----|"] == rules


@pytest.mark.parametrize(
    ("value", "text", "in_json"),
    [
        (None, "", None),
        (True, "True", True),
        (2**64, "18446744073709551616", 2**64),
        (0.1, "0.1", 0.1),
        (float("nan"), "nan", None),
        (float("inf"), "inf", "Infinity"),
        (-float("inf"), "-inf", "-Infinity"),
        ("007", "007", "007"),
        (b"\x00\xff", "00ff", "00ff"),
        (WHEN, "2026-01-02 03:04:05.000600", "2026-01-02 03:04:05.000600"),
        (WHEN.date(), "2026-01-02", "2026-01-02"),
        (WHEN.time(), "03:04:05.000600", "03:04:05.000600"),
        (Decimal("1.10"), "1.10", "1.10"),
        (Path("/a b"), "/a b", "/a b"),
        ([1, float("nan")], "[1, null]", [1, None]),
        ({"a": {1: b"\x01"}}, '{"a": {"1": "01"}}', {"a": {"1": "01"}}),
        ((1, 2), "[1, 2]", [1, 2]),
    ],
    ids=str,
)
def test_each_kind_of_value_is_sensible_text_and_strict_json(value, text, in_json):
    """Every plain value has one text and one value in JSON."""
    assert text == text_of(value)
    assert in_json == json_value(value)
    json.dumps(json_value(value), allow_nan=False)


def test_an_integer_too_long_for_decimals_is_hexadecimal():
    """Python refuses its decimal text; the value is shown all the same."""
    assert "0x1" + "0" * 5_000 == text_of(16**5_000)


def test_an_object_of_no_known_kind_is_its_own_text():
    """What a plugin's command returns may be anything."""
    assert str(object) == text_of(object) == json_value(object)


def test_numpy_scalars_are_numbers():
    """What a plugin computes with NumPy is shown as what it is."""
    numpy = pytest.importorskip("numpy")
    assert ("0.5", 3) == (text_of(numpy.float64(0.5)), json_value(numpy.int8(3)))


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1 / 3, "0.333333"),
        (0.0001718, "0.0001718"),
        (12345.678901, "12345.7"),
        (0.9, "0.9"),
        (3, "3"),
    ],
)
def test_short_floats_keep_six_digits(value, text):
    """Rounding is for long floats only, and never for integers."""
    assert text == text_of(value, short=True)


def test_escaping_leaves_scripts_alone_and_stops_tricks():
    """Letters and what joins them stay; what does not print becomes an escape."""
    assert "שלום می\u200cکنم 日本 é" == escaped("שלום می\u200cکنم 日本 é")
    assert r"\x07\n\u202e\ud800\U000e0001" == escaped("\a\n\u202e\ud800\U000e0001")
    assert "a\nb" == escaped("a\nb", keep="\n")


@pytest.mark.parametrize(("text", "width"), [("abc", 3), ("日本", 4), ("e\u0301", 1), ("", 0)])
def test_width_is_counted_in_places(text, width):
    """Width is counted in places, as a terminal draws it."""
    assert width == width_of(text)


def test_json_escapes_what_does_not_print_and_loses_nothing():
    """The text of the array is harmless, and a parser gives back each character."""
    value = "\x1b\x9b\u202e\ud800😀é"
    out = io.StringIO()
    write_json([{"v": value}, [value]], out)
    assert not {"\x1b", "\x9b", "\u202e", "\ud800"} & set(out.getvalue())
    assert [{"v": value}, [value]] == json.loads(out.getvalue())


def test_json_of_nothing_is_an_empty_array():
    """JSON of nothing is an empty array, not an empty text, which no parser takes."""
    out = io.StringIO()
    write_json([], out)
    assert "[]\n" == out.getvalue()


def test_names_given_twice_become_two_keys():
    """No value is lost to a key of the same name."""
    assert [{"a": 1, "a_2": 2, "b": 3}] == list(to_dicts(["a", "a", "b"], [(1, 2, 3)]))


@pytest.mark.parametrize("text", ["=1", "+x", "-x", "@a", "\t=1", "\r=1", "\n=1", "-1+2"])
def test_csv_defuses_whatever_a_spreadsheet_would_run(text):
    """Cells and names alike get a quote in front, unless raw is asked for."""
    out, raw = io.StringIO(), io.StringIO()
    write_csv([text], [[text]], out)
    write_csv([text], [[text]], raw, raw=True)
    assert 2 == out.getvalue().count(f"'{text}")
    assert "'" not in raw.getvalue()


@pytest.mark.parametrize("value", [-1, -0.5, "-1", "+1.5e-3", "-.5", -float("inf"), "-inf"])
def test_csv_leaves_numbers_as_they_are(value):
    """A number is no formula, even as text."""
    out = io.StringIO()
    write_csv(["v"], [[value]], out)
    assert f"v\n{raw_text_of(value)}\n" == out.getvalue()


def test_columns_that_fit_keep_their_widths():
    """Nothing is narrowed without need."""
    assert [5, 20, 3] == fit([5, 20, 3], 5 + 20 + 3 + 3 * FRAME + 1)


def test_wide_columns_are_narrowed_first():
    """The widest gives way; narrow ones keep their width."""
    assert [5, 21, 21] == fit([5, 100, 60], 5 + 21 + 21 + 3 * FRAME + 1)


@pytest.mark.parametrize("count", [1, 7, 300])
@pytest.mark.parametrize("room", [10, 80, 160])
def test_a_fitted_table_fits_and_is_never_empty(count, room):
    """At least one column is shown, and together they take no more than the room."""
    widths = [width for width in fit([30] * count, room) if width is not None]
    assert widths
    needed = sum(width + FRAME for width in widths) + 1
    assert needed <= room or widths == [LEAST]


def test_no_column_is_no_problem():
    """A table may have none."""
    assert [] == fit([], 80)


def test_long_texts_keep_their_beginnings():
    """What is cut ends in dots."""
    assert ["abc…", "x"] == cut(["abcdef", "x"], 4)


def test_texts_that_begin_alike_keep_their_ends():
    """Timestamps of one minute are told apart by their ends."""
    assert ["…:01", "…:02"] == cut(["12:30:01", "12:30:02"], 4)


def test_cutting_counts_places():
    """A wide character that would stick out is left out."""
    assert ["日…"] == cut(["日本語"], 4)


def test_a_list_of_dicts_has_all_their_names():
    """Names come in the order in which they first appear; gaps are missing cells."""
    table = to_renderable([{"a": 1}, {"b": 2, "a": 3}])
    assert (("a", "b"), [[1, None], [3, 2]]) == (table.names, table.rows)


@pytest.mark.parametrize("wrong", [3, [1], {1, 2}, object()])
def test_a_command_that_returns_something_else_is_refused(wrong):
    """The error says what a command may return."""
    with pytest.raises(TypeError, match="a command returns a list of dicts"):
        to_renderable(wrong)
