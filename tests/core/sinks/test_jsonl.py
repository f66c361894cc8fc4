"""JSON lines: strict, one row a line, readable by everybody."""

from __future__ import annotations

import json
import math
from datetime import UTC, date, datetime, time
from decimal import Decimal
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.profiles import examples
from xetrack import Reader, Tracker
from xetrack.builtin.sinks.jsonl import to_json
from xetrack.errors import InvalidArgumentError


@pytest.fixture
def path(tmp_path):
    """A file in a folder that is not there yet."""
    return tmp_path / "a" / "b" / "rows.jsonl"


def strict(text):
    """What a reader makes of it that takes nothing but JSON."""

    def refuse(token):
        raise AssertionError(token)

    return json.loads(text, parse_constant=refuse)


def entries(path):
    """The lines of a file."""
    return [strict(line) for line in path.read_text("utf-8").splitlines()]


def test_a_line_is_as_the_guide_shows_it(path):
    """Timestamp, level, then the row; folders are made."""
    with Tracker(":memory:", {"model": "test"}, jsonl=path) as tracker:
        row = tracker.log({"accuracy": 0.95, "epoch": 1})
        (entry,) = entries(path)
    assert ["timestamp", "level", "accuracy", "epoch", "model", "track_id"] == list(entry)
    assert {**row, "timestamp": entry["timestamp"], "level": "TRACKING"} == entry
    moment = datetime.fromisoformat(entry["timestamp"])
    assert datetime.fromisoformat(row["timestamp"]).astimezone() == moment
    assert moment.tzinfo is not None


@pytest.mark.parametrize("zone", ["Asia/Kolkata", "America/New_York", "UTC"])
def test_the_time_has_the_offset_of_the_zone(python, zone):
    """The time has the offset of the zone, and is now, in any zone."""
    found = python(
        "from xetrack import Tracker, Reader\nimport datetime, json\n"
        "Tracker(':memory:', jsonl='x.jsonl').log({})\n"
        "then = datetime.datetime.fromisoformat(json.loads(open('x.jsonl').read())['timestamp'])\n"
        "now = datetime.datetime.now(datetime.timezone.utc)\n"
        "print(0 <= (now - then).total_seconds() < 50, then.utcoffset() == "
        "now.astimezone().utcoffset())\n",
        TZ=zone,
    )
    assert ("True True\n", "") == (found.stdout, found.stderr)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (math.nan, "null"),
        (math.inf, "1e999"),
        (-math.inf, "-1e999"),
        (None, "null"),
        (True, "true"),
        (0.1, "0.1"),
        (2**63 - 1, "9223372036854775807"),
        (2**64, '"18446744073709551616"'),
        (1 << 20_000, json.dumps(hex(1 << 20_000))),
        (b"\xff", '"/w=="'),
        ('ж\n"', '"ж\\n\\""'),
        ("\udc80", '"\\udc80"'),
        (date(2024, 1, 2), '"2024-01-02"'),
        (datetime(2024, 1, 2, 3, tzinfo=UTC), '"2024-01-02T03:00:00+00:00"'),
        (time(3, 4), '"03:04:00"'),
        (Decimal("1.10"), '"1.10"'),
        (Path("/a/b"), '"/a/b"'),
        ([1, [math.nan], {}], "[1, [null], {}]"),
        ({1: "a", None: "b"}, '{"1": "a", "None": "b"}'),
    ],
    ids=lambda value: ascii(value[:30]) if type(value) is str else type(value).__name__,
)
def test_what_json_lacks_is_said_as_most_readers_expect(value, text):
    """What JSON lacks is said as most readers expect, and it is strict JSON."""
    assert text == to_json(value)
    strict(text)


ATOMS = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary()
VALUES = st.recursive(
    ATOMS,
    lambda inner: st.lists(inner) | st.dictionaries(st.text() | st.integers(), inner),
    max_leaves=8,
)


@settings(max_examples=examples(60))
@given(st.dictionaries(st.text(), VALUES, max_size=5))
def test_any_row_is_one_line_of_strict_json(row):
    """Any row is one line of strict JSON, whatever is in it."""
    text = to_json(row)
    assert "\n" not in text
    assert list(row) == list(strict(text))
    text.encode()


def test_pandas_reads_the_file_and_so_does_the_reader(path):
    """pandas reads the file as the reader does, with what is hardest for it."""
    rows = [
        {"n": 1, "x": math.inf, "text": "a\nb", "list": [1, {"a": None}]},
        {"n": 2**70, "x": math.nan, "text": "\u2028", "new": True},
        {"n": -1, "x": 0.5, "bytes": b"\0"},
    ]
    with Tracker(Tracker.SKIP_INSERT, jsonl=path) as tracker:
        tracker.log_batch(rows)
    theirs, ours = pd.read_json(path, lines=True), Reader.read_jsonl(path)
    for frame in (theirs, ours):
        assert [1, 2**70, -1] == [float(number) for number in frame["n"]]
        assert math.inf == frame["x"][0]
        assert [False, True, False] == frame["x"].isna().tolist()
        assert ["a\nb", "\u2028"] == frame["text"].tolist()[:2]
        assert [1, {"a": None}] == frame["list"][0]
    assert [1, str(2**70), -1] == ours["n"].tolist()
    assert set(theirs.columns) == set(ours.columns)
    assert theirs["timestamp"].dt.tz is not None


def test_promise_15_the_users_own_level_and_timestamp_are_kept(path):
    """The user's own level and timestamp are kept: the level in its place, the timestamp beside
    ours.
    """
    tracker = Tracker(":memory:", jsonl=path)
    with pytest.warns(UserWarning, match="'timestamp' is kept in the column 'timestamp_2'"):
        tracker.log({"level": 7, "timestamp": "mine"})
    tracker.close()
    (entry,) = entries(path)
    assert (7, "mine") == (entry["level"], entry["timestamp_2"])
    assert datetime.fromisoformat(entry["timestamp"])
    found = Reader.read_jsonl(path)
    assert ([7], ["mine"]) == (found["level"].tolist(), found["timestamp_2"].tolist())


@pytest.mark.slow
def test_r14_a_file_cut_at_any_byte_loses_its_last_line_at_most(path, tmp_path):
    """The reader returns every line before; a later row costs nothing either."""
    with Tracker(Tracker.SKIP_INSERT, jsonl=path) as tracker:
        tracker.log({"x": 0, "text": "ж" * 3})
        before = path.stat().st_size
        tracker.log({"x": 1, "text": "ж\U0001f4c1", "deep": {"x": 5}})
    whole = path.read_bytes()
    cut = tmp_path / "cut.jsonl"
    for length in range(before, len(whole) + 1):
        cut.write_bytes(whole[:length])
        kept = 1 + (length >= len(whole) - 1)
        assert list(range(kept)) == Reader.read_jsonl(cut)["x"].tolist()
        with Tracker(Tracker.SKIP_INSERT, jsonl=cut) as tracker:
            tracker.log({"x": 9})
        assert [*range(kept), 9] == Reader.read_jsonl(cut)["x"].tolist()


def test_foreign_lines_are_passed_over(path):
    """Foreign lines are passed over, and a file may lack its last line break."""
    path.parent.mkdir(parents=True)
    path.write_bytes(b'\n{"x": 1}\nhello\n[1]\n"x"\n\xff\xfe\nnull\n{"x": NaN, }\n{"x": 2}')
    assert [1, 2] == Reader.read_jsonl(path)["x"].tolist()


def test_a_file_that_cannot_be_made_is_a_typed_error(tmp_path):
    """A file that cannot be made is a typed error when the tracker is made."""
    with pytest.raises(InvalidArgumentError, match=r"jsonl=.*it is a folder"):
        Tracker(":memory:", jsonl=tmp_path)


def test_a_missing_file_is_an_error_and_stays_missing(tmp_path):
    """A missing file is an error and stays missing, for both readers."""
    for read in (Reader.read_jsonl, Reader.read_logs):
        with pytest.raises(FileNotFoundError, match="none"):
            read(tmp_path / "none")
    assert [] == list(tmp_path.iterdir())


def test_rows_after_close_are_written_too(path):
    """Rows after close are written too, and closing twice closes nobody else's file."""
    tracker = Tracker(":memory:", jsonl=path)
    for at in range(3):
        tracker.log({"x": at})
        tracker.close()
        tracker.close()
    assert [0, 1, 2] == [entry["x"] for entry in entries(path)]


@pytest.mark.parametrize(
    "row",
    [
        {"a": 1, "b": 0.5, "c": True, "d": None, "e": "ж\n"},
        {"a": 2**63, "b": -(2**63)},
        {"a": math.nan, "b": -math.inf, "c": 1},
        {"a": "\udc80", "b": 1},
    ],
    ids=["quick", "huge", "infinite", "raw"],
)
def test_rows_of_simple_values_read_as_any_others(path, row):
    """They are written in a quicker way."""
    with Tracker(Tracker.SKIP_INSERT, jsonl=path) as tracker:
        tracker.log(row)
    (entry,) = entries(path)
    assert repr(strict(to_json(row))) == repr({key: entry[key] for key in row})
