"""`xt show`, `xt compare`, `xt tag` and `xt note` with the records of runs."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from contextlib import closing

import pytest

from tests.cli.conftest import ALONE
from tests.cli.recorded import PATCH, add_event, facts, listed, recorder
from xetrack import Reader, Tracker
from xetrack.runs.events import EventKind


def test_show_tells_who_ran_what(xt, recorded):
    """The record, with what recorders wrote down in short, then the columns."""
    out = xt("show", recorded, "wide").out
    cells = [[cell.strip() for cell in line.split("|")] for line in out.splitlines()]
    record = {row[1]: row[2] for row in cells if len(row) > 3}
    assert out.startswith("Run bold-owl-2: 1 row at ")
    assert ("wide", "sweep", "a, b", "Try it.") == tuple(
        record[name] for name in ("name", "group", "tags", "notes")
    )
    assert record["status"].startswith("finished after ")
    assert "python 'a b.py' --n=2" == record["command"]
    assert record["git"].startswith("222222222222, main, dirty: yes, patch: 6 lines, sha256 ")
    assert "2 packages, see --packages" == record["packages"]
    assert "Fast, 8 processors, 16000 MB" == record["machine"]
    assert "degrees=21.5" == record["weather"]
    assert 'lr=0.2 model="resnet 18"' == record["params"]
    assert "0.25" == record["loss"]
    assert "ValueError: no luck" in xt("show", recorded, "calm").out


def test_show_prints_packages_and_the_patch_in_full(xt, recorded):
    """The patch byte for byte, so that git can apply it; on a run without, nothing."""
    packages = xt("show", recorded, "@1", "--packages", "--csv")
    assert 'package,version\nnumpy,"2.2 (editable, file:///src/numpy)"\nsix,1\n' == packages.out
    words = [sys.executable, "-m", "xetrack_cli", "show", str(recorded), "@1", "--patch"]
    assert PATCH.format(2).encode() == subprocess.run(words, capture_output=True, check=True).stdout
    assert [PATCH.format(2)] == json.loads(xt("show", recorded, "@1", "--patch", "--json").out)


def test_a_patch_cannot_control_a_terminal(screen, tmp_path):
    """What it has of escapes is shown."""
    git = recorder("git", {"patch": "+\x1b[2J\udcff\n"})
    with Tracker(tmp_path / "a.db", record=[git]) as tracker:
        tracker.log({"v": 1})
    done = screen("show", tmp_path / "a.db", "@1", "--patch")
    assert (0, "+\\x1b[2J\\udcff\n") == (done.code, done.out)


def test_compare_marks_differences_of_records_packages_and_patches(xt, recorded):
    """In the table in short; with --diff a line a package, and the difference of the patches."""
    words = ("compare", recorded, "@2", "wide")
    rows = {row.pop("column"): row for row in json.loads(xt(*words, "--json").out)}
    assert {"differs": True, "calm-fox-1": "failed", "bold-owl-2": "finished"} == rows[
        "record.status"
    ]
    assert not rows["record.python"]["differs"]
    assert rows["record.command"]["differs"]
    assert "222222222222" == rows["git.commit"]["bold-owl-2"]
    assert rows["git.patch"]["differs"]
    assert not rows["git.branch"]["differs"]
    assert 'numpy="2.2 (editable, file:///src/num…' == rows["packages"]["bold-owl-2"]
    done = xt(*words, "--diff")
    assert "packages.numpy" in done.out
    assert "packages.six" not in done.out
    assert "\n-+x = 1\n++x = 2\n" in done.out
    diffing = json.loads(xt(*words, "--diff", "--differing", "--json").out)
    assert "packages.numpy" in {row["column"] for row in diffing}


def test_compare_of_equal_conditions(xt, recorded):
    """Packages that are the same are counted; runs that tell of none differ in none."""
    with Tracker(recorded, track_id="third", record=facts(2)) as tracker:
        tracker.log({"loss": 0.5})
    rows = {
        row["column"]: row for row in json.loads(xt("compare", recorded, "@1", "@2", "--json").out)
    }
    assert ("2 packages", False) == (rows["packages"]["third"], rows["packages"]["differs"])
    assert not rows["git.patch"]["differs"]
    assert "+++" not in xt("compare", recorded, "@1", "@2", "--diff").out


def test_tags_and_notes_are_added_to_a_run_that_is_over(xt, recorded):
    """And removed; the answer tells what there is then."""
    assert (
        "Tags of the run calm-fox-1: best, b c.\n" == xt("tag", recorded, "calm", "best", "b c").out
    )
    assert ["calm-fox-1"] == listed(xt, recorded, "--tag", "b c")
    done = xt("tag", recorded, "calm-fox-1", "best", "b c", "--remove")
    assert "Tags of the run calm-fox-1: none.\n" == done.out
    assert (
        "The note on the run bold-owl-2 is stored.\n" == xt("note", recorded, "wide", "Best.").out
    )
    assert "Best." == Reader(recorded).run("wide").notes
    assert (1, "") == xt("note", recorded, "wide", "")[:2]


def test_a_run_of_the_default_database_is_tagged(xt, recorded):
    """The first word is the run then."""
    assert "best.\n" in xt("tag", "wide", "best", XETRACK_DB=str(recorded)).out
    assert 0 == xt("note", "@1", "Best.", XETRACK_DB=str(recorded)).code
    record = Reader(recorded).run("@1")
    assert (("a", "b", "best"), "Best.") == (record.tags, record.notes)


def test_every_command_takes_a_run_in_every_form(xt, recorded):
    """An id, the beginning of one, a name, a place; several that begin so are told."""
    done = xt("set", recorded, "seen", "true", "--track-id", "wide")
    assert "Set seen to True in 1 row.\n" == done.out
    lines = json.loads(xt("head", recorded, "--track-id", "@2", "--json").out)
    assert ["calm-fox-1"] == [line["track_id"] for line in lines]
    assert "1 row of the run bold-owl-2" in xt("delete", recorded, "wide", "--yes").out
    assert ["calm-fox-1"] == listed(xt, recorded)
    with Tracker(recorded, track_id="calm-owl-3") as tracker:
        tracker.log({"loss": 1.0})
    done = xt("show", recorded, "calm")
    assert (1, "") == (done.code, done.out)
    assert "more of it, as 2 runs begin so or have this name: calm-fox-1, calm-owl-3" in done.err


def test_the_table_of_records_is_not_listed(xt, recorded):
    """Neither as a table, nor as what somebody may have meant; by its name it can be read."""
    assert "xetrack_runs" not in xt("tables", recorded).out
    assert "xetrack_runs" not in xt("doctor", recorded, **ALONE).out
    assert "xetrack_runs" not in xt("head", recorded, "--table", "xetrack_run").err
    assert "began" in xt("head", recorded, "--table", "xetrack_runs").out


ODD = ("distributions", "direct_urls", "patch", "commit", "left_out", "argv", "cpu_count", "numpy")


@pytest.mark.parametrize("content", [[], ["x"], {"numpy": 3}, 3, True, None])
def test_facts_of_any_form_are_borne(xt, tmp_path, content):
    """Whoever could write the database wrote them."""
    path = tmp_path / "odd.db"
    for name in ("one", "two"):
        with Tracker(path, track_id=name, name=name.upper()) as tracker:
            tracker.log({"loss": 0.5})
        for part in ("git", "packages", "command", "environment", "weather"):
            facts = {"recorder": part, "facts": dict.fromkeys(ODD, content)}
            add_event(path, EventKind.FACTS, name, facts)
    assert "ONE" in xt("show", path, "one").out
    assert 0 == xt("show", path, "one", "--packages").code
    assert (0, "") == xt("show", path, "one", "--patch")[:2]
    assert 0 == xt("compare", path, "one", "two", "--diff").code


def test_a_foreign_table_has_no_runs_to_tag(xt, tmp_path):
    """The column is missing, and this is told, as everywhere."""
    with closing(sqlite3.connect(tmp_path / "foreign.db")) as connection, connection:
        connection.execute("CREATE TABLE a (v)")
    for words in (("tag", "x", "y"), ("note", "x", "y"), ("show", "x"), ("compare", "x", "y")):
        done = xt(words[0], "foreign.db", *words[1:], "--table", "a")
        assert (1, "") == (done.code, done.out)
        assert "There is no column 'track_id'" in done.err


def test_a_record_is_printed_as_data(xt, recorded):
    """With the facts of its recorders, as they were noted; for people in a line for each."""
    (record,) = json.loads(xt("show", recorded, "bold-owl-2", "--record", "--json").out)
    assert ("wide", ["a", "b"], "Try it.") == (record["name"], record["tags"], record["notes"])
    assert {"lr": 0.2, "model": "resnet 18"} == record["params"]
    assert {"degrees": 21.5} == record["facts"]["weather"]
    out = xt("show", recorded, "bold-owl-2", "--record").out
    assert "| notes " in out
    assert "| column " not in out
    wrong = xt("show", recorded, "bold-owl-2", "--record", "--patch")
    assert (2, "--record and --patch exclude each other." in wrong.err) == (wrong.code, True)
