"""The Reader, as the reference lists it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from tests.spec.shown import OWN, records
from xetrack import Reader, Tracker


@pytest.fixture
def reader():
    """A reader of two runs, one of which is `cool-name-1234`."""
    run = Tracker("exp.db", track_id="cool-name-1234")
    run.log_batch([{"step": 1, "accuracy": 0.5}, {"step": 2, "accuracy": 0.95}])
    Tracker("exp.db", track_id="late-name-5678").log({"step": 3, "accuracy": 0.95})
    return Reader("exp.db")


def test_a_reader_is_of_one_table_of_a_database(reader):
    """The default one unless another is named."""
    Tracker("exp.db", table="other").log({"x": 1})
    assert 3 == len(Reader("exp.db", engine="sqlite", table="default"))
    assert [{**OWN, "x": 1}] == records(Reader("exp.db", table="other").to_df())


def test_the_properties_describe_the_table(reader):
    """The properties describe the table, of the types that are listed."""
    assert str(Path("exp.db").absolute()) == reader.db
    assert ["timestamp", "track_id", "step", "accuracy"] == reader.columns
    kinds = {"timestamp": "text", "track_id": "text", "step": "int", "accuracy": "float"}
    assert kinds == reader.dtypes
    assert [(3,)] == reader.conn.execute("SELECT count(*) FROM events").fetchall()


def test_raw_sql_quotes_the_name_of_the_default_table(reader):
    """Raw SQL quotes the name of the default table, as it is a word of SQL."""
    answer = reader.conn.execute('SELECT step FROM "default" LIMIT 5').fetchall()
    assert [(1,), (2,), (3,)] == answer


def test_frames_are_of_all_rows_or_of_those_asked_for(reader):
    """By run, from the front and from the end."""
    assert isinstance(reader.to_df(), pd.DataFrame)
    assert [1, 2, 3] == reader.to_df(track_id=None, head=None, tail=None)["step"].tolist()
    assert [1, 2] == reader.to_df(track_id="cool-name-1234")["step"].tolist()
    assert [1] == reader.to_df(head=1)["step"].tolist()
    assert [3] == reader.to_df(tail=1)["step"].tolist()
    assert [2] == reader.to_df("cool-name-1234", 2, 1)["step"].tolist()


def test_latest_is_the_frame_of_the_last_run(reader):
    """`latest` is the frame of the last run, and the length is that of the table."""
    assert isinstance(reader.latest(), pd.DataFrame)
    assert (["late-name-5678"], 3) == (reader.latest()["track_id"].tolist(), len(reader))


def test_a_run_is_deleted(reader):
    """A run is deleted: all events of it, and no other."""
    assert 2 == reader.delete_run("cool-name-1234")
    assert [3] == reader.to_df()["step"].tolist()


def test_a_value_is_set_in_one_run(reader):
    """A value is set in one run, or, without its name, in all."""
    assert 2 == reader.set_value("key", "value", track_id="cool-name-1234")
    assert ["value", "value", None] == [row["key"] for row in records(reader.to_df())]
    assert 3 == reader.set_value("key", "all")
    assert ["all"] * 3 == reader.to_df()["key"].tolist()


def test_a_value_is_set_where_another_is(reader):
    """In all runs, or in one."""
    assert 2 == reader.set_where("key", "value", "accuracy", 0.95, track_id=None)
    assert [None, "value", "value"] == [row["key"] for row in records(reader.to_df())]
    assert 1 == reader.set_where("key", "mine", "accuracy", 0.95, track_id="cool-name-1234")
    assert [None, "mine", "value"] == [row["key"] for row in records(reader.to_df())]


def test_a_database_is_read_without_a_reader(reader):
    """A database is read without a reader, with the same arguments."""
    found = Reader.read_db(
        "exp.db", engine="sqlite", table="default", track_id=None, head=None, tail=None
    )
    assert found.equals(reader.to_df())
    assert [2] == Reader.read_db("exp.db", track_id="cool-name-1234", tail=1)["step"].tolist()


def test_logs_are_read_without_a_reader():
    """Logs are read without a reader: text, a number of records of it, and JSON lines."""
    tracker = Tracker(db=Tracker.SKIP_INSERT, logs_path="logs", jsonl="output.jsonl")
    for step in range(3):
        tracker.log({"step": step})
    assert [0, 1, 2] == Reader.read_logs("logs", limit=None)["step"].tolist()
    assert [0, 1] == Reader.read_logs("logs", limit=2)["step"].tolist()
    assert [0, 1, 2] == Reader.read_jsonl("output.jsonl")["step"].tolist()


def test_a_pipeline_writes_json_lines_and_no_database(here, capsys):
    """Printed as they come."""
    tracker = Tracker(db=Tracker.SKIP_INSERT, jsonl="output.jsonl", logs_stdout=True)
    tracker.log({"prompt": "...", "response": "...", "label": 1})

    df = Reader.read_jsonl("output.jsonl")
    assert ["timestamp", "level", "prompt", "response", "label", "track_id"] == list(df.columns)
    assert ["...", "...", 1] == df.loc[0, ["prompt", "response", "label"]].tolist()
    assert "int64" == str(df["label"].dtype)
    assert ["output.jsonl"] == [entry.name for entry in here.iterdir()]
    assert '"label": 1' in capsys.readouterr().out


def test_all_runs_are_read_while_another_process_writes(reader):
    """A row that it has logged is there at once."""
    code = (
        "from xetrack import Tracker\n"
        "with Tracker('exp.db') as tracker:\n"
        "    for step in range(4, 6):\n"
        "        tracker.log({'step': step})\n"
        "        print(step, flush=True)\n"
        "        input()\n"
    )
    pipe = subprocess.PIPE
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=pipe, stdout=pipe, text=True
    ) as other:
        for step in (4, 5):
            assert f"{step}\n" == other.stdout.readline()
            df = Reader("exp.db").to_df()
            assert list(range(1, step + 1)) == df["step"].tolist()
            other.stdin.write("\n")
            other.stdin.flush()
    assert 0 == other.returncode
