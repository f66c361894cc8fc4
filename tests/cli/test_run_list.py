"""`xt runs` with the records of runs."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest

from tests.cli.conftest import plain
from tests.cli.recorded import add_event, listed
from tests.engines import opened
from xetrack import Tracker
from xetrack.runs.events import EventKind


def test_runs_tell_how_they_ended(xt, recorded):
    """People see short times and the params that differ; programs see everything."""
    out = xt("runs", recorded).out
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in out.splitlines()]
    assert ["track_id", "status", "age", "duration", "rows", "name", "lr", "loss", "error"] == rows[
        0
    ]
    assert ["calm-fox-1", "failed"] == rows[2][:2]
    assert ["1", "wide", "0.2", "0.25", ""] == rows[3][4:]
    (first, second) = json.loads(xt("runs", recorded, "--json").out)
    assert {"lr": 0.2, "model": "resnet 18"} == second["params"]
    assert ("wide", "finished", "sweep", ["a", "b"]) == tuple(
        second[name] for name in ("name", "status", "group", "tags")
    )
    begun, ended = (datetime.fromisoformat(second[name]) for name in ("started", "ended"))
    assert datetime.now(UTC) - timedelta(minutes=5) < begun <= ended
    assert ("failed", None, []) == tuple(first[name] for name in ("status", "name", "tags"))


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("--status failed", ["calm-fox-1"]),
        ("--status failed --status finished", ["calm-fox-1", "bold-owl-2"]),
        ("--status lost", []),
        ("--tag a --tag b", ["bold-owl-2"]),
        ("--tag a --tag c", []),
        ("--group sweep -n 1", ["bold-owl-2"]),
        ("--group other", []),
        ("--since 1h", ["calm-fox-1", "bold-owl-2"]),
        ("--since 0", []),
        ("--since 9999999999w", None),
        ("--since 900000000000", ["calm-fox-1", "bold-owl-2"]),
        ("--where loss lt 0.4", ["bold-owl-2"]),
        ("--where loss lt 0.4 --status failed", []),
        ("--track-id wide", ["bold-owl-2"]),
    ],
)
def test_runs_are_chosen_by_their_records(xt, recorded, words, expected):
    """All conditions have to hold; the latest are shown of those that are left."""
    if expected is None:
        assert 2 == xt("runs", recorded, *words.split()).code
    else:
        assert expected == listed(xt, recorded, *words.split())


@pytest.mark.parametrize(("seconds", "expected"), [(-300, 2), (300, 0)])
def test_runs_are_chosen_by_date(xt, recorded, seconds, expected):
    """A date alone is its midnight, and a time without a zone is local, as that of rows."""
    begun = json.loads(xt("runs", recorded, "--json").out)[1]["started"]
    moment = datetime.fromisoformat(begun)
    assert 2 == len(listed(xt, recorded, "--since", "1970-01-01"))
    assert [] == listed(xt, recorded, "--since", f"{moment + timedelta(days=2):%Y-%m-%d}")
    since = moment + timedelta(seconds=seconds)
    assert expected == len(listed(xt, recorded, "--since", since.isoformat()))
    local = since.astimezone().replace(tzinfo=None)
    assert expected == len(listed(xt, recorded, "--since", str(local)))


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("--group swep", "There is no group 'swep'. Did you mean 'sweep'?\n"),
        ("--group other", "There is no group 'other'. There are: sweep.\n"),
        ("--tag a --tag 9", "There is no tag '9'. There are: a, b.\n"),
        ("--group sweep --tag a --status lost", ""),
    ],
)
def test_a_note_names_the_groups_and_tags_that_there_are(xt, recorded, words, said):
    """Where no run has the one that was asked for; it is no error to ask."""
    done = xt("runs", recorded, *words.split())
    assert (0, f"{said}No rows.\n") == (done.code, done.err)
    assert (0, "[]\n", said) == xt("runs", recorded, *words.split(), "--json")


def test_a_note_says_that_there_are_no_groups(xt, db):
    """And nothing of tags, which were not asked for."""
    assert (
        "There is no group 'a'. No run has a group.\nNo rows.\n" == xt("runs", db, "--group=a").err
    )


def test_conditions_are_about_rows(xt, tmp_path):
    """A run is shown by its rows that fit, whatever came later; and the help says so."""
    with Tracker(tmp_path / "a.db", track_id="up-1") as tracker:
        tracker.log_batch([{"loss": 0.25, "epoch": 1}, {"loss": 0.75, "epoch": 2}])
    (line,) = json.loads(xt("runs", "a.db", "--where", "loss", "lt", "0.5", "--json").out)
    shown = {**line["params"], **line["results"]}
    assert (1, 0.25, 1) == (line["rows"], shown["loss"], shown["epoch"])
    assert "only rows that fit count: a run is shown if it has one, with the last" in " ".join(
        xt("runs", "--help").out.split()
    )


@pytest.mark.parametrize("words", [(), ("--sort", "v", "--asc")])
def test_programs_get_all_runs(xt, tmp_path, words):
    """A table has ten, and a note says so; -n holds for both."""
    for number in range(12):
        with Tracker(tmp_path / "a.db", track_id=f"r-{number}") as tracker:
            tracker.log({"v": number})
    done = xt("runs", "a.db", *words)
    assert (12, "10 of 12 runs are shown. Show all with: -n 12\n") == (
        len(done.out.splitlines()),
        done.err,
    )
    for form, lines in (("csv", 13), ("json", 12)):
        done = xt("runs", "a.db", *words, f"--{form}")
        assert (0, "") == (done.code, done.err)
        assert lines == (len(json.loads(done.out)) if form == "json" else done.out.count("\n"))
        assert "2 of 12 runs" in xt("runs", "a.db", *words, f"--{form}", "-n", "2").err


def test_a_note_counts_the_runs_that_are_chosen(xt, recorded):
    """Those of another status are none of them."""
    done = xt("runs", recorded, "-n", "1", "--group", "sweep")
    assert "1 of 2 runs is shown. Show all with: -n 2\n" == done.err
    assert not xt("runs", recorded, "-n", "1", "--status", "failed").err


@pytest.mark.parametrize("condition", [(), ("--where", "v", "lt", "100")])
def test_old_runs_are_listed_from_their_rows(xt, tmp_path, condition):
    """Without a record they are unknown, until somebody gives them a tag."""
    path = tmp_path / "old.db"
    for number in range(3):
        with Tracker(path, track_id=f"old-{number}", params={"lr": number}) as tracker:
            tracker.log({"v": 0.5})
    with closing(opened(path)) as engine:
        engine.drop("xetrack_runs")
    assert ["old-1", "old-2"] == listed(xt, path, "-n", "2", *condition)
    lines = json.loads(xt("runs", path, "--json").out)
    assert {("unknown", None, None)} == {(x["status"], x["started"], x["name"]) for x in lines}
    assert "2 of 3 runs" in xt("runs", path, "-n", "2", *condition).err
    assert listed(xt, path, "--status", "unknown", "--since", "1h") == listed(xt, path)
    assert "|" not in xt("show", path, "old-1").out.splitlines()[0]
    assert "record" not in xt("show", path, "old-1").out
    assert "Tags of the run old-1: kept.\n" == xt("tag", path, "old-1", "kept").out
    assert ["old-1"] == listed(xt, path, "--tag", "kept")
    assert ["old-0", "old-1", "old-2"] == listed(xt, path)
    assert "Run old-2:" in xt("show", path, "@1").out


def test_a_run_that_goes_on_is_seen_before_its_first_row(xt, tmp_path):
    """On this machine its process is seen; on another, the age of its last row is told."""
    path = tmp_path / "live.db"
    with Tracker(path, track_id="live-1", params={"lr": 0.5}) as tracker:
        tracker.log({"v": 1})
        assert "| running  |" in xt("runs", path).out
        event = {
            "process": "elsewhere:1:2:3",
            "machine": {"host": "elsewhere"},
            "params": {"lr": 2},
        }
        add_event(path, EventKind.BEGAN, "far-1", event)
        lines = {line["track_id"]: line for line in json.loads(xt("runs", path, "--json").out)}
        assert ("running", 0, {"lr": 2}, {}) == tuple(
            lines["far-1"][name] for name in ("status", "rows", "params", "results")
        )
        assert "running on elsewhere" in xt("runs", path).out
        add_event(path, EventKind.BEGAN, "live-1", event)
        assert re.search(r"\| running, row \d+[sm] ago +\|", xt("runs", path).out)


def test_no_cell_of_a_list_is_long(xt, tmp_path):
    """Whatever was logged; JSON has all of it."""
    path, long = tmp_path / "long.db", "word\x1b\n " * 500
    for number in range(2):
        params = {f"p{each}": number + each for each in range(60)}
        with Tracker(path, params={**params, "text": long + str(number)}, name=long[:4] * 300) as t:
            t.log({"loss": 0.5, **{f"m{each}": long for each in range(30)}})
    done = xt("runs", path)
    cells = [cell for line in done.out.splitlines() for cell in line.split("|")]
    assert max(map(len, cells)) < 110
    assert any(cell.rstrip().endswith("…") for cell in cells)
    assert f"{long}1" == json.loads(xt("runs", path, "--json").out)[1]["params"]["text"]


@pytest.mark.parametrize("columns", [80, 160])
def test_a_list_fits_the_terminal(screen, recorded, columns):
    """Ids and statuses are never cut."""
    done = screen("runs", recorded, columns=columns)
    lines = plain(done.out).splitlines()
    assert max(map(len, lines)) <= columns
    assert any("│ bold-owl-2 │ finished │" in line for line in lines)
    assert any("0.2 │ 0.25 │" in line for line in lines)


def test_a_run_is_listed_without_pandas(recorded):
    """Neither are its records read by it."""
    code = (
        "import sys; from xetrack_cli.__main__ import main\n"
        f"main(['runs', {str(recorded)!r}]); main(['show', {str(recorded)!r}, '@1'])\n"
        "print({'pandas', 'rich'} & {*sys.modules}, file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert "bold-owl-2" in done.stdout
    assert "set()" == done.stderr.splitlines()[-1]
