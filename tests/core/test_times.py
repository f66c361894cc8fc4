"""Times of NumPy and pandas: to the microsecond, and with a warning where that loses something."""

# ruff: noqa: DTZ001 - a datetime without a zone is a value too

from __future__ import annotations

import json
import warnings
from datetime import UTC, date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.dtypes import TEXT
from tests.profiles import examples
from xetrack import Reader, Tracker
from xetrack.model.kinds import FROM_TEXT, TO_TEXT, Kind, NotPlainError, kind_of, plain
from xetrack.model.times import LONGEST

PARIS = ZoneInfo("Europe/Paris")
with warnings.catch_warnings():  # NumPy 2.5 warns of times without a unit, which people have
    warnings.simplefilter("ignore", DeprecationWarning)
    GENERIC = np.timedelta64("NaT"), np.datetime64("NaT"), np.timedelta64(5)

MICROSECOND = timedelta(microseconds=1)
FINE = [
    pd.Timestamp(2024, 1, 1, nanosecond=5),
    pd.Timestamp(2024, 1, 1, nanosecond=5, tz="Europe/Paris"),
    pd.Timedelta(1_500, "ns"),
    np.datetime64("2024-01-01T00:00:00.000000001"),
    np.timedelta64(1, "ns"),
    np.timedelta64(-1, "ps"),
    np.array(np.datetime64(7, "as")),
    [{"at": pd.Timestamp(2024, 1, 1, nanosecond=999)}],
    {"took": (np.timedelta64(1_001, "ns"),)},
]


@pytest.mark.parametrize(
    ("value", "stored"),
    [
        (np.timedelta64(90, "s"), timedelta(seconds=90)),
        (np.timedelta64(2, "W"), timedelta(weeks=2)),
        (np.timedelta64(1_000, "ns"), MICROSECOND),
        (np.array(np.timedelta64(3, "h")), timedelta(hours=3)),
        (GENERIC[0], None),
        (np.timedelta64("NaT", "ns"), None),
        (GENERIC[1], None),
        (np.datetime64("NaT", "ns"), None),
        (pd.NaT, None),
        (pd.Timedelta("1 day 00:00:00.000001"), timedelta(days=1, microseconds=1)),
        (pd.Timedelta(-1, "us"), -MICROSECOND),
        (np.datetime64("2024"), datetime(2024, 1, 1)),
        (np.datetime64("2024-02-29T12", "ns"), datetime(2024, 2, 29, 12)),
        (np.datetime64("1969-12-31T23:59:59.999999", "ns"), datetime(1970, 1, 1) - MICROSECOND),
        (pd.Timestamp(2024, 1, 1, tz="UTC"), datetime(2024, 1, 1, tzinfo=UTC)),
        (
            # pandas 2.2 with pytz takes no fold here.
            pd.Timestamp(2024, 10, 27, 2, 30).tz_localize("Europe/Paris", ambiguous=False),
            datetime(2024, 10, 27, 2, 30, fold=1, tzinfo=PARIS),
        ),
    ],
)
def test_a_time_of_a_library_is_that_of_python(recwarn, value, stored):
    """Equal, of Python's type; and nothing is said where nothing is lost."""
    tracker = Tracker(Tracker.IN_MEMORY)
    tracker.log({"x": value})
    cell = tracker.latest["x"]
    assert (type(stored), str(stored)) == (type(cell), str(cell))
    assert [] == [*map(str, recwarn)]


@pytest.mark.parametrize(
    "value",
    [
        np.datetime64("20000-01-01"),
        np.datetime64(300_000, "Y"),
        np.datetime64(2**62, "s"),
        np.timedelta64(1, "M"),
        np.timedelta64(3, "Y"),
        GENERIC[2],
        np.timedelta64(2**62, "D"),
        pd.Timestamp(np.datetime64("20000-01-01", "s")),
    ],
    ids=repr,
)
def test_a_time_that_python_lacks_never_becomes_a_number(value):
    """It is an asset, as anything that is no plain value."""
    with pytest.raises(NotPlainError):
        plain(value)


WAYS = {
    "log": lambda tracker, value: tracker.log({"x": value}),
    "log_batch": lambda tracker, value: tracker.log_batch([{"x": value}, {"x": value}]),
    "set_param": lambda tracker, value: tracker.set_param("x", value),
    "set_value": lambda tracker, value: tracker.set_value("x", value),
    "set_where": lambda tracker, value: tracker.set_where("x", value, "n", 1),
    "result": lambda tracker, value: tracker.track(lambda: {"x": value}),
    "monitor": lambda tracker, value: tracker.logger.monitor({"x": value}),
}


@pytest.mark.parametrize("value", FINE, ids=repr)
@pytest.mark.parametrize("way", WAYS)
def test_nanoseconds_are_never_cut_without_a_word(tmp_path, way, value):
    """Once for each key, which is named, whatever the way in and however deep it lies."""
    tracker = Tracker(Tracker.IN_MEMORY, jsonl=tmp_path / "rows.jsonl")
    tracker.log({"n": 1})
    with pytest.warns(UserWarning, match="value of 'x' was cut to microseconds"):
        WAYS[way](tracker, value)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        tracker.log({"y": pd.Timestamp(2024, 1, 1)})


def test_what_is_stored_of_a_time_with_nanoseconds_is_a_time(db):
    """The column stays one of datetimes or durations."""
    with Tracker(db, warnings=False) as tracker:
        tracker.log({"at": FINE[0], "took": FINE[2]})
        tracker.log({"at": datetime(2024, 1, 2), "took": timedelta(1)})
    frame = Reader(db).to_df()
    assert ["datetime64[us]", "timedelta64[us]"] == [*map(str, frame[["at", "took"]].dtypes)]
    assert [datetime(2024, 1, 1), MICROSECOND] == frame[["at", "took"]].loc[0].to_list()


@given(st.timedeltas() | st.timedeltas(-LONGEST, LONGEST))
@settings(max_examples=examples(300))
def test_any_duration_is_exact_as_text_and_as_seconds(value):
    """As seconds in a float as far as its kind says so."""
    kind = kind_of(value)
    assert value == FROM_TEXT[kind](TO_TEXT[kind](value))
    assert (kind is Kind.DURATION) == (abs(value // MICROSECOND) <= LONGEST // MICROSECOND)
    if kind is Kind.DURATION:
        seconds = value.total_seconds()
        assert value == timedelta(seconds=seconds) == FROM_TEXT[kind](repr(seconds))


@pytest.mark.parametrize("text", ["", "x", "nan", "inf", "1:00", "1e999999999", "1e-999999999"])
def test_what_is_no_number_of_seconds_is_no_duration(text):
    """Nor is one that is more than a duration can be; and it takes no time to say so."""
    with pytest.raises(ValueError, match="no duration"):
        FROM_TEXT[Kind.DURATION](text)


def test_durations_are_seconds_in_files(db, tmp_path):
    """In CSV and in JSON lines, as numbers."""
    took = [timedelta(seconds=90), None, timedelta(microseconds=-250_000), timedelta.max]
    with Tracker(db, warnings=False, jsonl=tmp_path / "rows.jsonl") as tracker:
        for value in took[:3]:
            tracker.log({"took": value, "any": [value]})
        tracker.to_csv(tmp_path / "short.csv")
        tracker.log({"took": took[3]})
        tracker.to_csv(tmp_path / "long.csv")
    rows = [json.loads(line) for line in (tmp_path / "rows.jsonl").read_text().splitlines()]
    assert [90.0, None, -0.25, 86399999999999.999999] == [row["took"] for row in rows]
    assert [[90.0], [None], [-0.25]] == [row["any"] for row in rows[:3]]
    for name, texts in (("short", ["90", "", "-0.25"]), ("long", ["90", "", "-0.25", LONG])):
        frame = pd.read_csv(tmp_path / f"{name}.csv", dtype=str, keep_default_na=False)
        assert texts == frame["took"].to_list()


LONG = "86399999999999.999999"


def test_timestamps_are_datetimes_in_frames_on_request(db):
    """By default they are the texts that are stored; moments in a run are as far apart as here."""
    with Tracker(db) as tracker:
        tracker.log_batch([{"n": 1}, {"n": 2}])
        texts = tracker["timestamp"]
        for source in (tracker, Reader(db), Reader(db).select()):
            assert TEXT == str(source.to_df()["timestamp"].dtype)
            parsed = source.to_df(parse_dates=True)["timestamp"]
            assert "datetime64[us]" == str(parsed.dtype)
            assert [*map(datetime.fromisoformat, texts)] == [*parsed]
    assert ["n"] == [*Reader(db).select(["n"]).to_df(parse_dates=True)]


@pytest.mark.parametrize("text", ["yesterday", "18-08-2023 11:02:35.162360", "2024-01-01T00:00Z"])
def test_timestamps_of_others_stay_texts(db, text):
    """All of them, so that the column has one type."""
    with Tracker(db) as tracker:
        tracker.log({"n": 1})
        tracker.conn.execute('UPDATE "default" SET timestamp = ?', [text])
        tracker.log({"n": 2})
    assert text == Reader(db).to_df(parse_dates=True)["timestamp"][0]


@pytest.mark.parametrize("microseconds", [1, -1, 999_999, -999_999])
@pytest.mark.parametrize("moment", [time(3, 4), time(3, 4, 5, 6)])
def test_an_offset_of_less_than_a_second_stays(tmp_path, microseconds, moment):
    """Python takes the text of such a zone for UTC; the moment would be another one."""
    zone = timezone(timedelta(microseconds=microseconds))
    row = {
        "at": datetime.combine(date(2000, 1, 1), moment, zone),
        "time": moment.replace(tzinfo=zone),
        "list": [datetime.combine(date(2000, 1, 1), moment, zone)],
    }
    with Tracker(tmp_path / "track.db") as tracker:
        tracker.log(row)
    [stored] = Reader(tmp_path / "track.db").select().dicts()
    assert row == {key: stored[key] for key in row}
    assert zone == stored["at"].tzinfo == stored["time"].tzinfo
