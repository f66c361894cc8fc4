"""Any key and any plain value, in any order, come back as they went in."""

from __future__ import annotations

import tempfile
from datetime import timedelta, timezone
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.profiles import examples
from xetrack import Reader, Tracker

ZONES = st.none() | st.builds(timezone, st.timedeltas(timedelta(hours=-23), timedelta(hours=23)))
ANY_TEXT = st.text(st.characters(codec=None), max_size=8)
ATOMS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.integers(-(2**70), 2**70),
    st.floats(),
    ANY_TEXT,
    st.sampled_from(["007", "1e3", "nan", "NULL", "0x1", " 1", ""]),
    st.binary(max_size=8),
    st.datetimes(timezones=ZONES),
    st.dates(),
    st.times(timezones=ZONES),
    st.decimals(allow_nan=False),
    ANY_TEXT.map(Path),
)
KEYS_OF_DICTS = st.one_of(ANY_TEXT, st.integers(), st.none(), st.dates())
VALUES = st.recursive(
    ATOMS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS_OF_DICTS, inner, max_size=3),
    max_leaves=6,
)
# Few keys, so that they clash and their columns widen; and some of any form.
KEYS = st.one_of(
    st.sampled_from(["x", "X", "x y", "x_y", "x" * 70, "x" * 71, "timestamp", "1", 1, 1.5]),
    st.text(st.characters(codec=None), min_size=1, max_size=5),
    st.integers(),
    st.floats(),
)
ROWS = st.dictionaries(KEYS, VALUES, max_size=4)


def same(one: object, other: object) -> bool:
    """Equal and of the same type, all the way down; an int among floats may be a float."""
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, dict) and isinstance(other, dict):
        return same([*one.items()], [*other.items()])
    if isinstance(one, tuple) and isinstance(other, tuple):
        return same([*one], [*other])
    return type(one) is type(other) and (one == other or repr(one) == repr(other) == "nan")


def as_stored(value: object, column: list[object]) -> object:
    """An int comes back as a float where the column is one of floats."""
    floats = all(type(one) in {int, float, type(None)} for one in column)
    exact = all(type(one) is not int or abs(one) <= 2**53 for one in column)
    if type(value) is int and floats and exact and float in map(type, column):
        return float(value)
    return value


@settings(max_examples=examples(60))
@given(st.lists(st.lists(ROWS, max_size=3) | ROWS, min_size=1, max_size=5))
def test_whatever_is_logged_comes_back_after_the_file_was_closed(steps):
    """One row or a batch at a time; no value is lost to another, and none is added."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "track.db"
        logged: list[dict[object, object]] = []
        with Tracker(path, warnings=False) as tracker:
            for step in steps:
                if isinstance(step, list):
                    tracker.log_batch(step)
                    logged += step
                else:
                    tracker.log(step)
                    logged.append(step)
        with Reader(path) as reader:
            rows = reader.select().dicts()
        cells = {key: [row.get(key) for row in logged] for row in logged for key in row}
        assert len(logged) == len(rows)
        for given_row, row in zip(logged, rows, strict=True):
            del row["timestamp"], row["track_id"]
            left = [value for value in row.values() if value is not None]
            for key, value in given_row.items():
                if value is None:
                    continue
                wanted = as_stored(value, cells[key])
                at = next(
                    at
                    for at, one in enumerate(left)
                    if same(one, wanted) or (type(value) is int and same(one, value))
                )
                del left[at]
            assert [] == left
