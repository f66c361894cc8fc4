"""`xt plot`."""

from __future__ import annotations

import json
import math
import os
import sys
from itertools import pairwise

import pytest

from tests.cli.conftest import plain
from xetrack import Tracker
from xetrack_cli.plots.chart import widen_range
from xetrack_cli.plots.points import MOST
from xetrack_cli.plots.ticks import labels, log_ticks, ticks


@pytest.fixture
def runs(tmp_path):
    """Two runs, and rows that have nothing to draw."""
    path = tmp_path / "plots.db"
    for name, slope in (("flat", 0.1), ("steep", 1.0)):
        with Tracker(path, params={"name": name}) as tracker:
            tracker.log_batch([{"x": at, "y": slope * at, "r": at % 2} for at in range(20)])
            tracker.log({"x": None, "y": math.nan, "text": "נ"})
    return path


def test_a_histogram_counts_and_sums_up(xt, runs):
    """Bars with named axes, and the summary that the documents show."""
    done = xt("plot", "hist", runs, "y", "--bins", "10")
    assert (0, "") == (done.code, done.err)
    assert "y histogram" in done.out
    assert "rows" in done.out
    assert "\x1b" not in done.out
    lines = [line.strip("| ") for line in done.out.splitlines()]
    summary = ["observations: 40", "min value: 0.0", "mean : 5.225", "max value: 19.0"]
    assert summary == [line for line in lines if line in summary]
    bins = json.loads(xt("plot", "hist", runs, "y", "--bins", "10", "--json").out)
    assert [21, 3, 2, 2, 2, 2, 2, 2, 2, 2] == [row["rows"] for row in bins]
    assert (0.0, 19.0) == (bins[0]["from"], bins[-1]["to"])


def test_points_and_lines_are_data_too(xt, runs):
    """With --csv the points are printed; a line has the mean where there are several."""
    out = xt("plot", "line", runs, "x", "y", "--csv").out.splitlines()
    assert (["x,y", "0.0,0.0", "1.0,0.55"], 21) == (out[:3], len(out))
    out = xt("plot", "line", runs, "x", "y", "--by", "name", "--csv").out.splitlines()
    assert ("name,x,y", "flat,1.0,0.1", 41) == (out[0], out[2], len(out))
    out = xt("plot", "scatter", runs, "r", "r", "--csv").out.splitlines()
    assert ["r,r_2", "0.0,0.0", "1.0,1.0"] == out


@pytest.mark.parametrize("kind", ["scatter", "line"])
def test_a_plot_names_its_axes_and_series_without_colour(xt, runs, kind):
    """In a pipe it is plain text, in which each series has a mark of its own."""
    done = xt("plot", kind, runs, "x", "y", "--by", "name")
    assert 0 == done.code
    assert "2 rows without both numbers left out.\n" == done.err
    assert "\x1b" not in done.out
    assert "o flat   x steep" in done.out
    assert "y by name" in done.out
    assert ["y", "x"] == done.out.splitlines()[-2].split()
    assert max(map(len, done.out.splitlines())) <= 80


@pytest.mark.parametrize("columns", [40, 80, 160])
def test_a_plot_fits_the_terminal(screen, runs, columns):
    """It is as wide as the terminal, and coloured where colour is wanted."""
    done = screen("plot", "line", runs, "x", "y", "--by", "name", columns=columns)
    lines = plain(done.out).splitlines()
    assert columns == max(map(len, lines))
    assert len(lines) < 50
    assert "\x1b[38;5;12m" in done.out
    assert "\x1b" not in screen("plot", "line", runs, "x", "y", NO_COLOR="1").out


def test_time_is_drawn_as_seconds(xt, runs):
    """A timestamp is a place on a line."""
    done = xt("plot", "scatter", runs, "timestamp", "y")
    assert "seconds since 20" in done.out


def test_many_points_are_drawn_on_a_grid(xt, tmp_path):
    """However many rows there are, the points that are kept are bounded."""
    with Tracker(tmp_path / "many.db") as tracker:
        tracker.log_batch([{"x": at / 7, "y": at * at % 9973} for at in range(MOST + 5_000)])
    done = xt("plot", "scatter", "many.db", "x", "y")
    assert (0, "") == (done.code, done.err)
    out = xt("plot", "line", "many.db", "x", "y", "--csv").out.splitlines()
    assert 900 < len(out) < 1_100


@pytest.mark.parametrize(("ending", "magic"), [("png", b"\x89PNG"), ("svg", b"<?xml")])
def test_a_plot_is_saved_by_matplotlib(xt, runs, tmp_path, ending, magic):
    """The message says where; the file is what its name says."""
    path = tmp_path / f"plot.{ending}"
    done = xt("plot", "line", runs, "x", "y", "--by", "name", "--save", path)
    assert (0, f"Saved {path}.\n") == done[:2]
    assert path.read_bytes().startswith(magic)
    done = xt("plot", "hist", runs, "y", "--save", path)
    assert (0, "") == (done.code, done.err)


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["hist", "DB", "z"], 1, "There is no column 'z'"),
        (["hist", "DB", "text"], 1, "has a number in 'text'"),
        (["hist", "DB", "y", "--bins", "0"], 2, "Give 1 to 1000."),
        (["line", "DB", "x", "text"], 1, "in both 'x' and 'text'"),
        (["line", "DB", "x"], 2, "Y is missing."),
        (["line", "DB", "x", "y", "--by", "nmae"], 1, "Did you mean 'name'?"),
        (["line", "DB", "x", "y", "--by", "x"], 1, "at most 10 different values"),
        (["line", "DB", "x", "y", "--save", "p.gif"], 1, "ends in .png or .svg"),
        (["line", "DB", "x", "y", "--save", "runs.db/p.png"], 1, "failed: "),
        (["hits", "DB", "y"], 2, "Did you mean 'plot hist'"),
    ],
)
def test_what_cannot_be_drawn_is_an_error(xt, runs, tmp_path, words, code, said):
    """One line that ends in what to type, and no file."""
    (tmp_path / "runs.db").touch()
    done = xt("plot", *[runs if word == "DB" else word for word in words])
    assert (code, "") == (done.code, done.out)
    assert said in done.err.splitlines()[-1]
    assert "Traceback" not in done.err
    assert not list(tmp_path.glob("*.gif"))


@pytest.mark.parametrize(
    ("library", "words", "said"),
    [
        ("plotext", [], "pip install 'xetrack[plot]'"),
        ("matplotlib", ["--save", "p.png"], "pip install matplotlib"),
    ],
)
def test_a_missing_library_is_named(xt, runs, tmp_path, library, words, said):
    """A missing library is named, with what to install."""
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / f"{library}.py").write_text("raise ImportError('not here')")
    path = os.pathsep.join([str(tmp_path / "site"), *filter(None, sys.path)])
    done = xt("plot", "hist", runs, "y", *words, PYTHONPATH=path)
    assert (1, "", 1) == (done.code, done.out, len(done.err.splitlines()))
    assert said in done.err


@pytest.mark.parametrize(
    ("low", "high", "most", "expected"),
    [
        (0.0, 19.0, 5, ["0", "5", "10", "15"]),
        (-1.0, 1.0, 4, ["-1.0", "-0.5", "0.0", "0.5", "1.0"]),
        (0.0101, 0.0299, 5, ["0.015", "0.020", "0.025"]),
        (1e9, 3e9, 4, ["1e+09", "1.5e+09", "2e+09", "2.5e+09", "3e+09"]),
        (1e-9, 2e-9, 2, ["1e-09", "1.5e-09", "2e-09"]),
    ],
)
def test_ticks_are_round_and_told_apart(low, high, most, expected):
    """Ticks are round and distinguished: steps of 1, 2 or 5, with as many digits as needed."""
    assert expected == labels(ticks(low, high, most))


def test_a_single_number_has_room_around_it():
    """A single number has room around it: zero, too."""
    assert (-0.5, 0.5) == widen_range(0.0, 0.0)
    assert (9.0, 11.0) == widen_range(10.0, 10.0)


@pytest.mark.parametrize("kind", ["scatter", "line"])
def test_axes_can_be_logarithmic(xt, runs, tmp_path, kind):
    """In the terminal and in a file; what has no place on such an axis is counted."""
    words = ["plot", kind, runs, "x", "y", "--log-x", "--log-y"]
    done = xt(*words)
    assert "4 rows without both numbers (above 0 on a logarithmic axis) left out.\n" == done.err
    bottom = done.out.splitlines()[-2].split()
    assert ["1", "2", "5", "10"] == bottom
    points = json.loads(xt(*words, "--json").out)
    assert all(point["x"] > 0 < point["y"] for point in points)
    assert 1.0 == min(point["x"] for point in points)
    path = tmp_path / "plot.svg"
    assert (0, f"Saved {path}.\n") == xt(*words, "--save", path)[:2]
    none = xt("plot", kind, runs, "x", "y", "--where", "x", "le", "0", "--log-x")
    assert (1, "") == (none.code, none.out)
    assert "None of the rows that were asked for has a number above 0 in both" in none.err


def test_many_points_are_drawn_on_a_logarithmic_grid(xt, tmp_path):
    """Whose lines lie as close at its begin as at its end."""
    with Tracker(tmp_path / "many.db") as tracker:
        tracker.log_batch([{"x": 10 ** (at / 9_000), "y": at % 10} for at in range(MOST + 5_000)])
    out = xt("plot", "line", "many.db", "x", "y", "--log-x", "--json").out
    xs = [math.log10(point["x"]) for point in json.loads(out)]
    assert 900 < len(xs) < 1_100
    steps = [after - before for before, after in pairwise(xs)]
    assert max(steps) < 1.5 * min(steps)


@pytest.mark.parametrize(
    ("low", "high", "most", "expected"),
    [
        (1e-4, 1.0, 20, [1e-4, 2e-4, 5e-4, 1e-3, 2e-3, 5e-3, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1]),
        (1e-4, 1.0, 5, [1e-4, 1e-3, 0.01, 0.1, 1]),
        (1e-4, 1.0, 3, [1e-4, 0.01, 1]),
        (1.2, 1.8, 4, [1.2, 1.4, 1.6, 1.8]),
        (0.15, 0.7, 1, [0.2]),
        (1e-300, 1e300, 4, [1e-300, 1e-149, 100.0, 1e153]),
    ],
)
def test_ticks_of_a_logarithmic_axis_are_round(low, high, most, expected):
    """Powers of ten and what lies between, or fewer; in one decade alone as on any axis."""
    places = log_ticks(math.log10(low), math.log10(high), most)
    assert expected[:most] == pytest.approx([10**place for place in places][:most])
    assert len(places) <= most + 1
