"""What both readers of logs promise: every complete record, as it was, and nothing created."""

from __future__ import annotations

import math

import pytest

from xetrack import Reader, Tracker

ROW = {
    "level": "mine",
    "message": "!📁! | TRACKING | a:b:1!📁!{}",
    "up": math.inf,
    "down": -math.inf,
    "text": "007",
    "number": "1e3",
    "lines": "a\nb\r\n\u2028",
    "flag": True,
    "gap": None,
    "list": [1, None, {"a": "b"}],
}


@pytest.fixture(params=["text", "jsonl"])
def written(request, tmp_path):
    """How to write rows in folders that are missing, and how to read them back."""
    folder = tmp_path / "a" / "b"
    if request.param == "text":
        return {"logs_path": folder}, lambda: Reader.read_logs(folder)
    return {"jsonl": folder / "x.jsonl"}, lambda: Reader.read_jsonl(folder / "x.jsonl")


def test_promise_15_a_row_comes_back_from_either_log(written):
    """With infinities, a key of the log's own, what looks like a record, and each type."""
    options, read = written
    with Tracker(Tracker.SKIP_INSERT, **options) as tracker:
        tracker.log({"first": 1})
        tracker.log(ROW)
    frame = read()
    assert 2 == len(frame)
    found = frame.loc[1].to_dict()
    assert ROW == {name: found[name] for name in ROW}
    assert {name: type(value) for name, value in ROW.items()} == {
        name: type(found[name]) if name != "gap" else type(None) for name in ROW
    }
    assert tracker.track_id == found["track_id"]


def test_promise_7_a_text_that_looks_like_a_number_stays_text_in_a_log(written):
    """A text that looks like a number stays text in a log, also where a whole column of them
    does.
    """
    options, read = written
    texts = ["007", "1e3", "1_000", "00042"]
    with Tracker(Tracker.SKIP_INSERT, **options) as tracker:
        tracker.log_batch([{"x": text} for text in texts])
    assert texts == read()["x"].tolist()


@pytest.mark.parametrize("read", [Reader.read_logs, Reader.read_jsonl])
def test_promise_20_reading_a_log_that_is_missing_creates_nothing(tmp_path, read):
    """It is an error that names the path."""
    with pytest.raises(FileNotFoundError, match="missing"):
        read(tmp_path / "missing" / "log")
    assert [] == list(tmp_path.iterdir())
