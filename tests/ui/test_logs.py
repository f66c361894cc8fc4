"""Logs: what the sinks of a run wrote beside its rows."""

from __future__ import annotations

import json
import math
import os
from urllib.parse import quote

import pytest

from tests.ui.pages import HOSTILE, opened
from xetrack import Tracker
from xetrack_ui.logs import reading

RUN = HOSTILE[0]


@pytest.fixture
def logged(tmp_path):
    """Two runs with JSON lines and text logs; the text log of one has records of its logger."""
    for name in (RUN, "other"):
        with Tracker(
            tmp_path / "runs.db",
            track_id=name,
            record=[],
            jsonl=tmp_path / "rows.jsonl",
            logs_path=tmp_path / "logs",
        ) as tracker:
            for step in range(3):
                tracker.log({"step": step, "loss": math.nan if step else 0.5, "text": RUN})
            tracker.logger.monitor({"input": "a\nb"})
    return tmp_path


def records_of(page, run=RUN, **parameters):
    """Return the records of a run as source, level and cells."""
    answer = page.json(f"run/{quote(run, safe='')}/logs", **parameters)
    return answer, [(r["source"], r["level"], r["cells"]) for r in answer["records"]]


def test_records_of_a_run_are_those_of_all_logs(logged):
    """In the order of their times, whatever the names of runs mean elsewhere."""
    with opened(logged / "runs.db", logs=[logged / "rows.jsonl", logged / "logs"]) as page:
        answer, records = records_of(page)
        assert {"TRACKING": 6, "MONITOR": 2} == answer["levels"]
        assert (8, False) == (answer["total"], answer["is_cut"])
        rows = [cells for source, level, cells in records if (source, level) == (1, "TRACKING")]
        assert [0, 1, 2] == [row["step"] for row in rows]
        assert [0.5, "nan", "nan"] == [row["loss"] for row in rows]
        assert {RUN} == {row["text"] for row in rows}
        assert {(0, "MONITOR"), (1, "MONITOR")} == {each[:2] for each in records[-2:]}
        assert {"input": "a\nb"} == records[-1][2]
        times = [record["time"].replace("T", " ")[:19] for record in answer["records"]]
        assert sorted(times) == times
        assert [4, 4] == [source["records"] for source in answer["sources"]]
        one, records = records_of(page, source=1)
        assert ({"TRACKING": 3, "MONITOR": 1}, {1}) == (
            one["levels"],
            {each[0] for each in records},
        )
        page.error(400, "run/other/logs", source=2)
        answer, records = records_of(page, levels="MONITOR", limit=1)
        assert (2, 1, 6) == (answer["total"], len(records), answer["levels"]["TRACKING"])


def test_what_is_no_record_is_passed_over(logged):
    """Lines that were cut off, of other programs, of other forms, and of other runs."""
    line = {"timestamp": "soon", "level": 7, "track_id": "other", "x": 1}
    with (logged / "rows.jsonl").open("a") as file:
        file.write('{"track_id": "other", "x"\nother\n[1, "other"]\n\n{"x": "other"}\n')
        file.write("2026-01-01 10:00:00 | TRACKING | other\n")
        file.write(json.dumps(line) + "\n" + json.dumps({**line, "track_id": ["other"]}) + "\n")
        file.write('{"deep": ' + "[" * 100_000)
    with opened(logged / "runs.db", logs=[logged / "rows.jsonl"]) as page:
        answer, records = records_of(page, "other")
        assert (5, 1) == (answer["total"], answer["levels"]["7"])
        assert (0, "7", {"x": 1}) == records[0]  # its time is none


def test_the_end_of_a_long_log_is_read(logged, monkeypatch):
    """From a whole line on, and it is said."""
    lines = (logged / "rows.jsonl").read_bytes().splitlines(keepends=True)
    monkeypatch.setattr(reading, "MOST_BYTES", len(lines[-1]) + len(lines[-2]) + 5)
    with opened(logged / "runs.db", logs=[logged / "rows.jsonl", logged / "logs"]) as page:
        answer, records = records_of(page, "other")
        assert answer["is_cut"]
        assert 2 == sum(source == 0 for source, *_ in records)


def test_a_log_that_cannot_be_read_is_told(logged):
    """It is not there, or a pipe that nobody writes to; the others are shown."""
    os.mkfifo(logged / "pipe")
    logs = [logged / "none.jsonl", logged / "pipe", logged / "rows.jsonl"]
    with opened(logged / "runs.db", logs=logs) as page:
        answer, records = records_of(page, "other")
        errors = [source["error"] for source in answer["sources"]]
        assert "No such file" in errors[0]
        assert errors[1]
        assert (None, 4) == (errors[2], len(records))


def test_nothing_is_read_that_was_not_named(logged):
    """Whoever has the URL sees the logs that the command was given, and no others."""
    with opened(logged / "runs.db") as page:
        answer, records = records_of(page, "other")
        assert ([], []) == (answer["sources"], records)
        page.error(400, "run/other/logs", path=str(logged / "rows.jsonl"))
    with opened(logged / "runs.db", logs=[logged / "rows.jsonl"]) as page:
        page.error(404, "run/nobody/logs")
