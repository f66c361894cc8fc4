"""Logs without a database, and reading them back."""

from __future__ import annotations

import json

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from xetrack import Reader, Tracker
from xetrack.errors import InvalidArgumentError
from xetrack.logs.reading import read_logs

OLD = '2023-12-14 21:46:55.290 | TRACKING | xetrack.logging:log:176!📁!{"accuracy": 0.9}'
"""A line as xetrack 0.7 wrote it."""


def record(**row):
    """A line of a text log."""
    return OLD.partition("{")[0] + json.dumps(row) + "\n"


@pytest.fixture
def skip(tmp_path):
    """A tracker that only logs, in text and JSON."""
    with Tracker(
        Tracker.SKIP_INSERT, {"p": 1}, logs_path=tmp_path / "logs", jsonl=tmp_path / "x.jsonl"
    ) as made:
        yield made


def entries(tmp_path):
    """The lines of the JSON log."""
    return [json.loads(line) for line in (tmp_path / "x.jsonl").read_text().splitlines()]


def levels(tmp_path):
    """The level of each of them."""
    return [entry["level"] for entry in entries(tmp_path)]


def test_promise_14_skip_insert_writes_one_record_a_call_with_the_params(skip, tmp_path):
    """One for each row of a batch and for each tracked call."""
    row = skip.log({"x": 0})
    last = skip.log_batch([{"x": 1}, {"x": 2}])
    assert 5 == skip.track(lambda: 5)
    found = Reader.read_logs(tmp_path / "logs")
    assert [0, 1, 2] == found["x"].tolist()[:3]
    assert ([1] * 4, 5) == (found["p"].tolist(), found["function_result"][3])
    assert [row["timestamp"], last["timestamp"]] == found["timestamp"].tolist()[0:3:2]
    assert (1, 2, skip.latest["timestamp"]) == (row["p"], last["x"], found["timestamp"][3])
    assert ["TRACKING"] * 4 == levels(tmp_path)


def test_promise_14_skip_insert_makes_no_file_but_the_logs(python, tmp_path):
    """SKIP_INSERT makes no file but the logs, neither here nor in the folder of the logs."""
    found = python(
        "from xetrack import Tracker\n"
        "with Tracker(db=Tracker.SKIP_INSERT, logs_path='logs') as t:\n"
        "    t.log({'x': 1}); t.log_batch([{'x': 2}]); t.set_value('y', 1); len(t)\n"
    )
    assert ("", 0) == (found.stderr, found.returncode)
    assert ["logs"] == [file.name for file in tmp_path.iterdir()]
    assert 1 == len(list((tmp_path / "logs").iterdir()))


def test_skip_insert_has_columns_but_no_rows(skip):
    """Whatever asks for rows gets none, and does not fail."""
    skip.log({"x": 1, "a b": "text"})
    assert ["timestamp", "track_id", "x", "a_b", "p"] == skip.columns
    assert ("int", "text") == (skip.dtypes["x"], skip.dtypes["a_b"])
    assert (0, 0, 0, []) == (len(skip), skip.count_all(), skip.count_run(), list(skip))
    assert ((0, 5), 0) == (skip.to_df().shape, len(skip.head()))
    assert 0 == skip.set_value("x", 2)
    with pytest.raises(IndexError):
        skip[1]
    with pytest.raises(InvalidArgumentError):
        _ = skip.conn


def test_monitor_logs_a_dict_and_stores_nothing(db, tmp_path):
    """With params and identity, under a level of its own."""
    with Tracker(db, {"p": 1}, jsonl=tmp_path / "x.jsonl") as tracker:
        tracker.logger.monitor({"x": 1})
        assert (0, 2) == (len(tracker), len(tracker.columns))
        entry = json.loads((tmp_path / "x.jsonl").read_text())
        assert ("MONITOR", 1, 1) == (entry["level"], entry["x"], entry["p"])
        assert tracker.track_id == entry["track_id"]


@pytest.mark.parametrize(
    "frame",
    [
        pd.DataFrame({"n": [1, 2], "text": ["a", None], "gap": pd.array([None, 3], "Int64")}),
        pl.DataFrame({"n": [1, 2], "text": ["a", None], "gap": [None, 3]}),
        pa.table({"n": [1, 2], "text": ["a", None], "gap": [None, 3]}),
    ],
    ids=["pandas", "polars", "arrow"],
)
def test_monitor_logs_each_row_of_a_frame_by_one_schema(skip, tmp_path, frame):
    """All rows have the same keys in the same order, and what is missing is null."""
    skip.logger.monitor(frame)
    rows = read_logs(tmp_path / "logs").dicts()
    assert [(1, "a", None), (2, None, 3)] == [(row["n"], row["text"], row["gap"]) for row in rows]
    assert 1 == len({tuple(entry) for entry in entries(tmp_path)})
    assert ["MONITOR"] * 2 == levels(tmp_path)
    assert 2 == len({row["timestamp"] for row in rows})


def test_experiment_logs_an_evaluation_with_its_params(skip, tmp_path):
    """`experiment` logs an evaluation with its params in one record; the evaluation counts more."""
    skip.logger.experiment({"accuracy": 0.9}, {"lr": 0.1, "accuracy": 0})
    skip.logger.experiment({"accuracy": 0.8, "model": "bert"})
    rows = read_logs(tmp_path / "logs").dicts()
    assert [(0.9, 0.1), (0.8, None)] == [(row["accuracy"], row["lr"]) for row in rows]
    assert ["EXPERIMENT"] * 2 == levels(tmp_path)


@pytest.mark.parametrize("wrong", [7, "text", [{"x": 1}], None, pd.Series([1])])
def test_monitor_refuses_what_is_neither_dict_nor_frame(skip, wrong, tmp_path):
    """`monitor` refuses what is neither dict nor frame, and logs nothing."""
    with pytest.raises(InvalidArgumentError, match="Give a dict or a frame"):
        skip.logger.monitor(wrong)
    assert [] == levels(tmp_path)


def test_the_logger_of_a_tracker_without_a_log_says_how_to_have_one(tracker):
    """The logger of a tracker without a log says how to have one, for both of its methods."""
    for write in (tracker.logger.monitor, tracker.logger.experiment):
        with pytest.raises(InvalidArgumentError, match=r"Give Tracker\(logs_path=...\)"):
            write({"x": 1})


def test_old_logs_are_read(tmp_path):
    """As the example of the guide shows one, and with padded levels."""
    padded = OLD.replace("TRACKING |", "INFO     |").replace("0.9", "NaN")
    (tmp_path / "a.log").write_text(f"{OLD}\n{padded}\n")
    found = Reader.read_logs(tmp_path)
    assert (["accuracy"], 2, 0.9) == (list(found), len(found), found["accuracy"][0])


def test_promise_15_foreign_lines_are_passed_over(tmp_path):
    """Of other loggers, of prints, of JSON that is no record, and of no text at all."""
    header = OLD.partition("{")[0]
    lines = [
        record(x=1).encode(),
        b"Traceback (most recent call last):\n",
        "an application prints !📁!{}\n".encode(),
        b"\xff\xfe\x00\n",
        *(f"{header}{text}\n".encode() for text in ("", "[1]", "1", "{", '{"x": 1', "{'x': 1}")),
        f'{header}{{"x": {{"$xetrack": "date", "value": "never"}}}}\n'.encode(),
        f'{header}{{"$xetrack": "unheard of", "value": []}}\n'.encode(),
        f'{header}{{"$xetrack": "dict"}}\n'.encode(),
        f'{header}{{"x": {"[" * 100_000}\n'.encode(),
        b"\n",
        record(x=2).encode().rstrip(),
    ]
    path = tmp_path / "a.log"
    path.write_bytes(b"".join(lines))
    assert [1, 2] == Reader.read_logs(path)["x"].tolist()


@pytest.mark.slow
def test_promise_15_a_log_cut_at_any_byte_loses_its_last_record_at_most(tmp_path):
    """A log cut at any byte loses its last record at most, and a record that is logged later is
    whole.
    """
    with Tracker(Tracker.SKIP_INSERT, logs_path=tmp_path, logs_file_format="a.log") as tracker:
        tracker.log({"x": 0})
        before = (tmp_path / "a.log").stat().st_size
        tracker.log({"x": 1, "text": "!📁!{}ж", "deep": {"x": 5}})
        whole = (tmp_path / "a.log").read_bytes()  # without the end of the run
    cut = tmp_path / "cut" / "a.log"
    cut.parent.mkdir()
    for length in range(before, len(whole) + 1):
        cut.write_bytes(whole[:length])
        kept = 1 + (length >= len(whole) - 1)
        assert list(range(kept)) == read_logs(cut).cells[0]
        with Tracker(
            Tracker.SKIP_INSERT, logs_path=cut.parent, logs_file_format="a.log"
        ) as tracker:
            tracker.log({"x": 9})
        assert [*range(kept), 9] == read_logs(cut.parent).cells[0]


@pytest.mark.parametrize(("limit", "expected"), [(None, 4), (0, 0), (1, 1), (3, 3), (9, 4)])
def test_limit_counts_the_records_of_all_files(tmp_path, limit, expected):
    """In the order of their names, folders too; a file alone is read as well."""
    (tmp_path / "b.log").write_text(record(x=2) + "foreign\n" + record(x=3))
    (tmp_path / "a.log").write_text(record(x=1))
    (tmp_path / "c").mkdir()
    (tmp_path / "c" / "a.log").write_text(record(x=4))
    (tmp_path / "notes.txt").write_text("{}")
    rows = read_logs(tmp_path, limit).dicts()
    assert list(range(1, expected + 1)) == [row["x"] for row in rows]
    assert expected == len(Reader.read_logs(tmp_path, limit))


def test_an_empty_folder_has_no_records(tmp_path):
    """An empty folder has no records, and reading it makes no file."""
    assert 0 == len(Reader.read_logs(tmp_path))
    assert [] == list(tmp_path.iterdir())


def test_a_huge_log_is_not_held_in_memory(tmp_path, monkeypatch):
    """It is read line by line, and no further than the limit."""
    read = []
    path = tmp_path / "a.log"
    path.write_text(record(x=1) * 5)
    decode = json.JSONDecoder.decode
    monkeypatch.setattr(
        json.JSONDecoder, "decode", lambda self, text: read.append(1) or decode(self, text)
    )
    assert 2 == len(read_logs(path, 2))
    assert 2 == len(read)
