"""Functions of the page's modules, with numbers at the ends of what numbers can be."""

import json

import pytest

pytestmark = pytest.mark.servers

MODULE = """async ([path, name, values]) => {
  const module = await import(`/static/js/${path}`);
  const shown = (key, value) => value instanceof Map ? [...value] : value;
  return JSON.stringify(module[name](...values), shown) ?? "null";
}"""


@pytest.fixture
def call(module_page):
    """Return a function that calls one of a module of the page."""

    def calls(path, name, *values):
        return json.loads(module_page.evaluate(MODULE, [path, name, values]))

    return calls


@pytest.mark.parametrize(
    ("low", "high", "most"),
    [
        (0.3, 0.1 + 0.2, 8),
        (1.0, 1 + 2**-52, 8),
        (1.7e18, 1.7e18 + 1024, 12),
        (-1e308, 1e308, 20),
        (0, 5e-324, 8),
        (-3, 7, 12),
    ],
)
def test_marks_of_an_axis_are_some_and_differ(call, low, high, most):
    """Two values whose distance is a rounding error had marks without end."""
    marks = call("plots/scales.js", "niceTicks", low, high, 6)
    assert 1 <= len(marks) <= most
    assert len(set(marks)) == len(marks)


@pytest.mark.parametrize("values", [[1e-5, 1e300], [1e-300, 1e300], [5e-324, 1.7e308], [0, 1]])
def test_a_logarithmic_axis_has_marks_for_all_powers_of_ten(call, values):
    """With room at its ends it went on to infinity."""
    field = {"name": "loss", "isNumber": True, "values": values}
    scale = call("plots/scales.js", "makeScale", field, {"from": 0, "to": 500, "log": True})
    assert 1 <= len(scale["ticks"]) <= 24


@pytest.mark.parametrize(
    "values",
    [[0.3, 0.1 + 0.2], [1.7e18, 1.7e18 + 256], [-1e308, 1e308], [1e12 + 0.1, 1e12 + 0.9], [5], []],
)
def test_each_value_is_in_a_bin(call, values):
    """Whatever their distance is, beside what they are."""
    field = {"name": "loss", "isNumber": True, "values": [*values, None, "nan"]}
    bins = call("plots/histogram.js", "makeBins", field, None)
    assert sum(each["total"] for each in bins) == len(values)
    assert len(bins) < 200


@pytest.mark.parametrize(
    ("low", "high"), [(-1e308, 1e308), (1.0, 1 + 2**-52), (1.7e308, 1.7e308), (5e-324, 5e-324)]
)
def test_a_range_of_an_axis_is_finite_and_can_be_told_apart(call, low, high):
    """What draws the axes of charts counts from one end to the other."""
    begin, end = call("charts/ranges.js", "widen", low, high, False, 0.05)
    assert end - begin > 1e-10 * max(abs(begin), abs(end)) or max(abs(begin), abs(end)) > 1e300


@pytest.mark.parametrize(
    ("name", "values", "text"),
    [
        ("formatCell", [20240101], "20240101"),
        ("formatCell", [1234567890123], "1234567890123"),
        ("formatCell", [1e300], "1e300"),
        ("formatCell", ["2024-01-31", "time"], "2024-01-31"),
        ("formatCell", ["1 day, 0:00:05", "time"], "1 day, 0:00:05"),
        ("formatDuration", [59.7], "1 min 00 s"),
        ("formatDuration", [9.97], "10 s"),
        ("formatDuration", [0.9996], "1.0 s"),
        ("formatDuration", [-0.25], "\N{MINUS SIGN}250 ms"),
        ("formatElapsed", [61.9996, 0.01], "1:02.00"),
        ("formatElapsed", [2 * 86400 + 3 * 3600 + 125, 1], "2 d 3:02:05"),
        ("formatElapsed", [2 * 86400 + 3 * 3600, 3600], "2 d 3 h"),
        ("formatTime", [1e300], "1e+300"),
    ],
)
def test_numbers_and_times_are_written_so_that_they_can_be_told_apart(call, name, values, text):
    """Seeds in full, dates as they are, and no minute of sixty seconds."""
    assert call("core/format.js", name, *values) == text
