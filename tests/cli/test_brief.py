"""Times and values in few characters."""

from __future__ import annotations

import pytest

from xetrack_cli.render.brief import LONGEST, brief_age, brief_duration, brief_text, brief_values
from xetrack_cli.render.fit import fit


@pytest.mark.parametrize(
    ("seconds", "age", "duration"),
    [
        (-3, "0s", "-3s"),
        (0, "0s", "0s"),
        (0.000123, "0s", "0.00012s"),
        (9.96, "9s", "10s"),
        (59.4, "59s", "59s"),
        (60, "1m", "1m"),
        (200, "3m", "3m 20s"),
        (3_599, "59m", "59m 59s"),
        (7_500, "2h", "2h 5m"),
        (86_400, "1d", "1d"),
        (5 * 86_400 + 3_600, "5d", "5d 1h"),
        (1_000 * 86_400, "1000d", "1000d"),
    ],
)
def test_times_are_short(seconds, age, duration):
    """The largest unit, or the two largest."""
    assert (age, duration) == (brief_age(seconds), brief_duration(seconds))


def test_values_are_short():
    """Numbers first, then short texts, then what is recorded of calls; what is left out counts."""
    values = {"function_name": "f", "text": "a b", "loss": 1 / 3, "none": None, "empty": {}}
    assert 'loss=0.333333 text="a b" function_name=f' == brief_values(values)
    many = brief_values({f"name-{number}": "x" * 50 for number in range(9)})
    assert many.endswith(f"{'x' * 31}… … +7")
    assert len(many) <= LONGEST + 5
    assert "" == brief_values({})
    assert ("a\\x1b b", None) == (brief_text("a\x1b\n b"), brief_text(None))


@pytest.mark.parametrize("room", [26, 40, 80])
def test_firm_columns_stay_as_they_are(room):
    """Others go or are cut; one that would take more than half is cut as well."""
    widths = fit([10, 5, 30, 30, 30], room, firm=2)
    assert [10, 5] == widths[:2]
    assert [room // 2] == fit([500], room, firm=1)
