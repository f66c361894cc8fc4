"""Logs of the guide: text for people and monitors, JSON lines for data sets, and reading them."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd

from tests.spec.shown import OWN, STAMP, TRACK_ID, Like, cells, records
from xetrack import Reader, Tracker

ISO = Like(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}[+-]\d\d:\d\d")


def test_a_row_is_logged_to_the_terminal_and_a_file(capsys):
    """Time, level, place, and the row as JSON; the folder is read as a frame."""
    Tracker(db=Tracker.IN_MEMORY, logs_path="logs", logs_stdout=True).log({"accuracy": 0.9})
    line = capsys.readouterr().out
    head, _, row = line.partition("!📁!")
    time, level, place = head.split(" | ")
    assert Like(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}") == time
    assert Like(r"[\w.]+:\w+:\d+") == place
    assert ("TRACKING", "\n") == (level, line[-1])
    assert cells({"accuracy": 0.9, **OWN}) == cells(json.loads(row))
    frame = Reader.read_logs(path="logs")
    assert ["accuracy", "timestamp", "track_id"] == list(frame.columns)
    assert [json.loads(row)] == records(frame)


def test_json_lines_make_a_data_set():
    """The reader's frame has time, level, keys and track id, in this order, and a row a call."""
    tracker = Tracker(
        db="database_db",
        jsonl="logs/data.jsonl",
    )

    tracker.log({"subject": "taxes", "prompt": "Help me with my taxes"})
    tracker.log({"subject": "dance", "prompt": "Help me with my moves"})

    df = Reader.read_jsonl("logs/data.jsonl")
    wanted = {"timestamp": ISO, "level": "TRACKING", "subject": "taxes"}
    wanted |= {"prompt": "Help me with my taxes", "track_id": tracker.track_id}
    second = {**wanted, "subject": "dance", "prompt": "Help me with my moves"}
    first, other = records(df)
    assert cells(wanted) == cells(first)
    assert cells(second) == cells(other)
    assert 2 == len(tracker)

    df = pd.read_json("logs/data.jsonl", lines=True)
    assert list(wanted) == list(df.columns)
    assert ["taxes", "dance"] == df["subject"].tolist()


def test_an_entry_of_the_json_log_is_flat():
    """An entry of the JSON log is flat, with an ISO timestamp that names its zone."""
    tracker = Tracker("database_db", {"model": "test-model"}, track_id="xyz-123", jsonl="x.jsonl")
    row = tracker.log({"accuracy": 0.95, "loss": 0.05, "epoch": 1})
    wanted = {"timestamp": ISO, "level": "TRACKING", "accuracy": 0.95, "loss": 0.05, "epoch": 1}
    (entry,) = map(json.loads, Path("x.jsonl").read_text("utf-8").splitlines())
    assert cells({**wanted, "model": "test-model", "track_id": "xyz-123"}) == cells(entry)
    assert row["timestamp"] == entry["timestamp"][:26].replace("T", " ")


def test_a_database_is_read_in_one_call():
    """All of it, or a run of it, or the first rows of that."""
    Tracker("database_db").log({"accuracy": 0.8})
    run = Tracker("database_db", track_id="specific-run-id")
    run.log_batch([{"step": step} for step in range(101)])

    df = Reader.read_db("database_db", engine="sqlite", table="default")
    assert [None, *range(101)] == [record["step"] for record in records(df)]

    df = Reader.read_db("database_db", track_id="specific-run-id", head=100)
    assert list(range(100)) == df["step"].tolist()


def test_a_model_is_monitored_without_a_database(here, capsys):
    """A dict is a record, and so is each row of a frame; printed and kept, and nothing stored."""
    tracker = Tracker(db=Tracker.SKIP_INSERT, logs_path="logs", logs_stdout=True)
    tracker.logger.monitor({"drift": 0.1, "label": "cat"})
    tracker.logger.monitor(pd.DataFrame({"drift": [0.2, None], "label": ["dog", None]}))

    df = Reader.read_logs(path="logs")
    wanted = [(0.1, "cat"), (0.2, "dog"), (None, None)]
    assert wanted == [(record["drift"], record["label"]) for record in records(df)]
    assert ["drift", "label", "timestamp", "track_id"] == list(df.columns)
    assert [(STAMP, TRACK_ID)] * 3 == [
        (record["timestamp"], record["track_id"]) for record in records(df)
    ]
    assert 3 == capsys.readouterr().out.count(" | MONITOR | ")
    assert ["logs"] == [entry.name for entry in here.iterdir()]


def test_an_experiment_is_written_to_the_logs(capsys):
    """An experiment is written to the logs: evaluation and params in one record."""
    tracker = Tracker(db=Tracker.SKIP_INSERT, logs_path="logs", logs_stdout=True)
    tracker.logger.experiment({"accuracy": 0.9, "params": {"depth": 3}})
    tracker.logger.experiment({"accuracy": 0.8}, {"model": "bert"})

    df = Reader.read_logs(path="logs")
    assert [0.9, 0.8] == df["accuracy"].tolist()
    assert [{"depth": 3}, None] == [record["params"] for record in records(df)]
    assert [None, "bert"] == [record["model"] for record in records(df)]
    assert 2 == capsys.readouterr().out.count(" | EXPERIMENT | ")
