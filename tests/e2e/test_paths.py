"""Paths mean what they meant when they were given, wherever the process goes afterwards."""

from __future__ import annotations

import json
import pickle
import subprocess
import sys
from array import array

import pytest

import xetrack
from xetrack import Reader, Tracker
from xetrack.errors import InvalidArgumentError
from xetrack_cache.folder_cache.disk_cache import DiskCache


@pytest.fixture
def folders(tmp_path, monkeypatch):
    """Two folders, in the first of which the process is."""
    here, there = tmp_path / "here", tmp_path / "there"
    here.mkdir()
    there.mkdir()
    monkeypatch.chdir(here)
    return here, there


def made_in(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


SUFFIXES = {"sqlite": "rows.db", "duckdb": "rows.duckdb"}


@pytest.mark.parametrize("name", SUFFIXES.values())
def test_a_tracker_stays_in_its_database(folders, monkeypatch, name):
    here, there = folders
    tracker = Tracker(name)
    tracker.log({"id": 1})
    monkeypatch.chdir(there)
    tracker.log({"id": 2})
    tracker.log_batch([{"id": 3, "wider": "yes"}])
    tracker.set_value("flag", True)
    tracker.log({"id": 4, "object": array("b", [1, 2])})
    assert tracker.to_df()["id"].tolist() == [1, 2, 3, 4]
    tracker.close()
    tracker.log({"id": 5})
    tracker.close()
    assert made_in(there) == []
    assert Reader(here / name).to_df()["id"].tolist() == [1, 2, 3, 4, 5]


@pytest.mark.parametrize("name", SUFFIXES.values())
def test_a_database_is_made_where_it_was_named(folders, monkeypatch, name):
    here, there = folders
    tracker = Tracker(name, {"object": array("b", [1, 2])})
    monkeypatch.chdir(there)
    tracker.log({"id": 1})
    tracker.close()
    assert made_in(there) == []
    assert Reader(here / name).to_df()["id"].tolist() == [1]


@pytest.mark.parametrize("name", SUFFIXES.values())
def test_a_reader_stays_at_its_database(folders, monkeypatch, name):
    _, there = folders
    with Tracker(name, track_id="run") as tracker:
        tracker.log({"id": 1, "object": array("b", [1, 2])})
    reader = Reader(name)
    copy = pickle.dumps(reader)
    monkeypatch.chdir(there)
    for one in (reader, pickle.loads(copy)):
        assert one.to_df()["id"].tolist() == [1]
        assert one.set_value("flag", True) == 1
        assert one.assets.get(one.to_df()["object"][0]) == array("b", [1, 2])
        one.close()
        assert len(one) == 1
    assert reader.delete_run("run") == 1
    reader.close()
    assert made_in(there) == []


def test_logs_lines_and_cache_stay_where_they_were_named(folders, monkeypatch):
    here, there = folders

    def square(number):
        return number * number

    tracker = Tracker("rows.db", logs_path="logs", jsonl="lines/rows.jsonl", cache="results")
    copy = pickle.dumps(tracker)
    assert tracker.track(square, args=[3]) == 9
    monkeypatch.chdir(there)
    for one in (tracker, pickle.loads(copy)):
        one.track(square, args=[4])
        one.close()
        one.track(square, args=[5])
        one.close()
    assert made_in(there) == []
    assert len(Reader.read_logs(here / "logs")) == 5
    assert len(Reader.read_jsonl(here / "lines" / "rows.jsonl")) == 5
    assert len(list(Reader.scan_cache(here / "results"))) == 3


def test_a_cache_object_stays_in_its_folder(folders, monkeypatch):
    here, there = folders
    tracker = Tracker(":memory:", cache=DiskCache("results"))
    monkeypatch.chdir(there)
    tracker.track(len, args=["abc"])
    tracker.close()
    assert made_in(there) == []
    assert (here / "results" / "cache.db").is_file()


def test_a_scan_of_a_cache_goes_through_the_one_that_was_named(folders, monkeypatch):
    _, there = folders
    Tracker(":memory:", cache="results").track(len, args=["abc"])
    scan = Reader.scan_cache("results")
    monkeypatch.chdir(there)
    assert [entry["result"] for _, entry in scan] == [3]


def test_the_commit_of_a_copy_is_that_of_the_same_repository(folders, monkeypatch):
    here, there = folders
    for command in (
        ["init", "-q"],
        ["-c", "user.name=a", "-c", "user.email=a@b", "commit", "-qm", "a", "--allow-empty"],
    ):
        subprocess.run(["git", *command], cwd=here, check=True)
    tracker = Tracker("rows.db", git_root=".")
    copy = pickle.dumps(tracker)
    monkeypatch.chdir(there)
    commits = [one.log({"id": 1})["git_commit"] for one in (tracker, pickle.loads(copy))]
    assert commits[0] == commits[1]


def test_the_home_is_meant_by_a_tilde(folders, monkeypatch):
    here, there = folders
    monkeypatch.setenv("HOME", str(there))
    paths = {"logs_path": "~/logs", "jsonl": "~/rows.jsonl", "cache": "~/results"}
    with Tracker("~/rows.db", **paths) as tracker:
        assert tracker.track(len, args=["abc"]) == 3
        assert tracker.db == str(there / "rows.db")
        tracker.to_csv("~/rows.csv")
    with Reader("~/rows.db") as reader:
        assert len(reader) == 1
    assert len(Reader.read_logs("~/logs")) == len(Reader.read_jsonl("~/rows.jsonl")) == 1
    assert len(list(Reader.scan_cache("~/results"))) == 1
    assert xetrack.copy("~/rows.db", "~/copy.db") == 1
    assert made_in(here) == []
    assert {"rows.db", "copy.db", "rows.csv"} <= {*made_in(there)}


def test_names_that_are_no_paths_stay_as_they_are(folders):
    assert Tracker(Tracker.IN_MEMORY).db == ":memory:"
    assert Tracker(Tracker.SKIP_INSERT).db == "SKIP_INSERT"


def test_a_link_is_kept_as_a_link_and_leads_where_it_led(folders, monkeypatch):
    """The folder above a link is the folder above what it leads to."""
    here, there = folders
    (there / "deep").mkdir()
    (here / "link").symlink_to(there / "deep")
    with Tracker("link/../rows.db") as tracker:
        tracker.log({"id": 1})
        assert tracker.db == str(here / "link" / ".." / "rows.db")
    assert (there / "rows.db").is_file()


def test_a_relative_path_needs_a_folder_to_begin_at(folders, tmp_path, monkeypatch):
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    with pytest.raises(InvalidArgumentError, match="absolute path"):
        Tracker("rows.db")
    Tracker(tmp_path / "rows.db").log({"id": 1})
    monkeypatch.chdir(tmp_path)


LOKY = """
import json, os, sys
from joblib import Parallel, delayed
from xetrack import Tracker

if __name__ == "__main__":
    tracker = Tracker("rows.db", logs_path="logs")
    work = tracker.wrap(lambda number: number)
    os.chdir(sys.argv[1])
    Parallel(2)(delayed(work)(number) for number in range(4))
    print(json.dumps(sorted(tracker.to_df(all=True)["function_result"].tolist())))
"""


def test_workers_log_into_the_database_of_their_parent(folders):
    here, there = folders
    (here / "main.py").write_text(LOKY)
    command = [sys.executable, "main.py", str(there)]
    done = subprocess.run(command, cwd=here, capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == [0, 1, 2, 3]
    assert made_in(there) == []
