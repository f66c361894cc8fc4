"""Lines that are split by a column of rows, and lines over the time since a run began."""

from __future__ import annotations

import itertools
import math

import pytest

from tests.engines import opened as engine_of
from tests.ui.pages import opened
from xetrack.model.names import TIMESTAMP
from xetrack_testing.engines.capabilities.series import log_at

RUNS = {"late": ("2026-03-02 10:00", 200), "early": ("2026-03-01 23:59", 120)}
SPIKE = 9_999.0


def stored():
    """Yield rows of two runs: two folds by turns, one of them spiked, and some rows of none."""
    for run, (begin, number) in RUNS.items():
        day, minute = begin.split(" ")
        hour, first = map(int, minute.split(":"))
        for at in range(number):
            past = hour * 3600 + first * 60 + at
            stamp_day = f"{day[:-2]}{int(day[-2:]) + past // 86_400:02d}"
            clock = f"{past // 3600 % 24:02d}:{past // 60 % 60:02d}:{past % 60:02d}.000000"
            fold = (0, 1.0, None)[at % 3] if at % 7 else True
            yield (
                f"{stamp_day} {clock}",
                run,
                {"step": at, "fold": fold, "name": "ab"[at % 2], "loss": SPIKE if at == 60 else at},
            )


@pytest.fixture(params=["runs.db", "runs.duckdb"])
def page(request, tmp_path):
    """A page on these rows."""
    log_at(engine_of(tmp_path / request.param), [*stored()])
    with opened(tmp_path / request.param) as page:
        yield page


def lines_of(page, **parameters):
    """Return for each value and run the sums of rows, x and loss of its buckets, and the head."""
    head, columns = page.series(y="loss", **parameters)
    lines = {}
    for run in head["runs"]:
        part = slice(run["offset"], run["offset"] + run["length"])
        key = run["track_id"], run.get("by"), run.get("begin")
        assert key not in lines
        numbers = {name: columns[name][part].tolist() for name in columns}
        assert run["rows"] == sum(numbers["rows"])
        lines[key] = numbers
    return head, lines


@pytest.mark.parametrize("x", ["", "step"])
def test_each_value_has_lines_of_its_own(page, x):
    """Numbers that are equal are one value, whatever their type; a missing one is one too."""
    head, lines = lines_of(page, by="fold", x=x, buckets=9)
    assert ("fold", 0) == (head["by"], head["others"])
    assert {(run, by) for run in RUNS for by in (0, 1.0, None)} == {key[:2] for key in lines}
    assert [0, 1, None] == [*dict.fromkeys(each["by"] for each in head["runs"])]
    by_value = {0: lambda fold: fold is not None and fold == 0, 1: bool, None: lambda f: f is None}
    for (run, by, _), numbers in lines.items():
        rows = [row for _, name, row in stored() if name == run and by_value[by](row["fold"])]
        assert len(rows) == sum(numbers["rows"])
        assert max(row["loss"] for row in rows) == max(numbers["loss:max"])
        if x:
            assert {row["step"] for row in rows} >= {*numbers["x_low"], *numbers["x_high"]}
        else:
            assert (0, len(rows) - 1) == (numbers["x_low"][0], numbers["x_high"][-1])


def test_texts_split_and_smooth_and_zoom(page):
    """With a condition and a range, a smoothed line has only the rows of its value."""
    _, lines = lines_of(page, by="name", x="step", low=20, high=40, buckets=50, smooth=0.5)
    assert {("late", "a"), ("late", "b"), ("early", "a"), ("early", "b")} == {
        key[:2] for key in lines
    }
    steps = lines["late", "a", None]["x_low"]
    assert [*range(20, 41, 2)] == steps
    average, rest = 0.0, 1.0
    expected = []
    for step in range(0, 41, 2):
        average, rest = 0.5 * average + 0.5 * step, rest * 0.5
        expected.append(average / (1 - rest))
    assert expected[10:] == pytest.approx(lines["late", "a", None]["loss:smooth"])


def test_values_beyond_the_most_frequent_are_counted(page):
    """Each step is a value of its own."""
    head, lines = lines_of(page, by="step", buckets=3)
    assert (20, 180) == (len({key[1] for key in lines}), head["others"])


def test_time_counts_from_where_each_run_began(page):
    """Both runs begin at 0, though one began the day before, and went over midnight."""
    head, lines = lines_of(page, x=TIMESTAMP, elapsed=1, buckets=10)
    assert (0.0, 199.0) == (head["low"], head["high"])
    for (run, _, begin), numbers in lines.items():
        number = RUNS[run][1]
        assert begin > 1_700_000_000
        assert (0.0, number - 1) == (numbers["x_low"][0], numbers["x_high"][-1])
        assert number == sum(numbers["rows"])
        assert SPIKE == numbers["loss:max"][int(60 / 199 * 10)]
    absolute, _ = lines_of(page, x=TIMESTAMP, buckets=10)
    assert absolute["high"] - absolute["low"] > 30_000


def test_a_zoom_in_time_since_begin_counts_so_too(page):
    """With smoothing from the first row of the run, and split by a column as well."""
    _, lines = lines_of(page, x=TIMESTAMP, elapsed=1, by="name", low=10, high=12, buckets=40)
    assert {("late", "a"): [10.0, 12.0], ("late", "b"): [11.0]} == {
        key[:2]: numbers["x_low"] for key, numbers in lines.items() if key[0] == "late"
    }
    _, lines = lines_of(page, x=TIMESTAMP, elapsed=1, low=1, high=2, buckets=40, smooth=0.9)
    for numbers in lines.values():
        weighted = [sum(0.1 * 0.9 ** (n - k) * k for k in range(n + 1)) for n in (1, 2)]
        expected = [each / (1 - 0.9 ** (n + 1)) for each, n in zip(weighted, (1, 2), strict=True)]
        assert expected == pytest.approx(numbers["loss:smooth"])


def test_nan_and_lists_are_values_too(tmp_path):
    """Whatever a cell holds: equal cells are one value."""
    cells = [math.nan, [1, 2], "x", math.nan, [1, 2], {"a": 1}, "x", None]
    rows = [
        (f"2026-03-01 10:00:{at:02d}.000000", "only", {"loss": at, "cell": cell})
        for at, cell in enumerate(itertools.chain(cells, cells))
    ]
    log_at(engine_of(tmp_path / "runs.db"), rows)
    with opened(tmp_path / "runs.db") as page:
        head, _ = page.series(y="loss", by="cell", buckets=1)
    assert [4, 4, 4, 2, 2] == sorted((run["rows"] for run in head["runs"]), reverse=True)
    assert [1, 2] in [run["by"] for run in head["runs"]]


@pytest.mark.parametrize(
    ("parameters", "word"),
    [
        ({"by": "nothing"}, "nothing"),
        ({"elapsed": 1, "x": "step"}, "elapsed"),
        ({"elapsed": 1}, "x="),
    ],
)
def test_what_there_is_not_is_an_error(page, parameters, word):
    """It names what was asked for."""
    assert word in str(page.error(400, "series", y="loss", **parameters))
