"""Text logs and JSON lines that xetrack 0.7 wrote are read."""

from __future__ import annotations

from datetime import UTC, datetime

from xetrack import Reader, Tracker
from xetrack.logs.reading import read_jsonl, read_logs


def _timed(records, expected):
    """Check that records have times, and leave out those times that were not known."""
    assert all(datetime.fromisoformat(r["timestamp"]) for r in records if r.get("timestamp"))
    return [
        {**record, "timestamp": row.get("timestamp")}
        for record, row in zip(records, expected, strict=True)
    ]


def test_every_record_of_a_log_folder_comes_back(old, expected, present):
    """Values that hold the delimiter too; the lines that are no records are passed over."""
    found = read_logs(old / "logs").dicts()
    assert present(expected["logs"]) == present(_timed(found, expected["logs"]))


def test_a_frame_of_a_log_folder_has_all_records(old, expected):
    """As `Reader.read_logs` gives them, whole or limited."""
    frame = Reader.read_logs(old / "logs")
    assert len(expected["logs"]) == len(frame)
    assert ["007", "a!📁!b\nc | d"] == list(frame["label"].dropna())
    assert 2 == len(Reader.read_logs(old / "logs", limit=2))


def test_the_empty_record_after_one_that_was_not_stored_is_none(old):
    """0.7 wrote two records a row with ``SKIP_INSERT``, the second of them empty."""
    text = (old / "logs/skipped.log").read_text("utf-8")
    assert 2 == text.count("TRACKING")
    (record,) = read_logs(old / "logs/skipped.log").dicts()
    assert 0.5 == record["accuracy"]


def test_every_line_of_json_comes_back(old, expected, present):
    """With times of their own, in a time zone, which 0.7 gave each line."""
    found = read_jsonl(old / "rows.jsonl").dicts()
    assert present(expected["rows.jsonl"]) == present(_timed(found, expected["rows.jsonl"]))
    assert all(datetime.fromisoformat(row["timestamp"]).tzinfo == UTC for row in found)
    assert len(found) == len(Reader.read_jsonl(old / "rows.jsonl"))


def test_an_old_log_takes_new_records(old, expected, present):
    """A tracker that goes on in the same files leaves the old records and adds its own."""
    with Tracker(
        Tracker.IN_MEMORY,
        logs_path=old / "logs",
        logs_file_format="runs.log",
        jsonl=old / "rows.jsonl",
    ) as tracker:
        row = tracker.log({"accuracy": 0.125})
    before = [row for row in expected["logs"] if row.get("track_id") != "seventh-run-0007"]
    records = read_logs(old / "logs/runs.log").dicts()
    assert present([*before, row]) == present(records)
    lines = read_jsonl(old / "rows.jsonl").dicts()
    assert 0.125 == lines[-1]["accuracy"]
    assert len(expected["rows.jsonl"]) + 1 == len(lines)
