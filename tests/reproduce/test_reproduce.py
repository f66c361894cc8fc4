"""Runs of real scripts in real repositories, run again."""

from __future__ import annotations

import json
import shutil

import pytest

from tests.reproduce.projects import Project, make_project
from xetrack import Reader

pytestmark = pytest.mark.processes


def test_uncommitted_work_and_a_seed_come_out_the_same_in_a_fresh_clone(project, tmp_path):
    """A clone has the commit, the record has the patch, and neither tree is touched."""
    project.write("helpers/new file.py", "FACTOR = 3\n")
    text = (project.folder / "train.py").read_text()
    project.write("train.py", f"import sys; sys.path.append('helpers')\n{text}# ünfinished\n")
    project.python("train.py")
    project.git("clone", "--quiet", ".", str(tmp_path / "clone"))
    clone = Project(tmp_path / "clone", project.temporary)
    shutil.copytree(project.folder / "data", clone.folder / "data")
    shutil.move(project.folder, tmp_path / "elsewhere")
    for name in ("runs.db", "runs.db-wal", "runs.db-shm"):
        if (tmp_path / "elsewhere" / name).exists():
            shutil.copy(tmp_path / "elsewhere" / name, clone.folder)
    before = clone.state()
    done = clone.reproduce("--json")
    assert (0, {"equal", "not compared"}) == (
        done.code,
        {row["result"] for row in json.loads(done.out)},
    ), done.err
    assert before == clone.state()
    old, new = clone.ids()
    assert (old, "first", True) == ("first", clone.record(new).parent, new.startswith("first-"))
    seeds = [clone.record(run).facts["seed"]["seed"] for run in (old, new)]
    assert seeds[0] == seeds[1]
    git = [clone.record(run).facts["git"] for run in (old, new)]
    assert git[0]["commit"] == git[1]["commit"]
    assert git[0]["patch"] == git[1]["patch"]


def test_the_only_table_need_not_be_named(project):
    """A run in a table of another name is found, and repeated there."""
    text = (project.folder / "train.py").read_text()
    project.write("train.py", text.replace('"runs.db", ', '"runs.db", table="metrics", '))
    project.python("train.py")
    assert 0 == project.reproduce().code
    with Reader(project.db, table="metrics") as reader:
        assert 6 == len(reader)


def test_data_that_was_edited_is_told_of_and_rows_differ(project):
    """Exit code 1, with what differs and why; a tolerance that is wide enough lets it pass."""
    project.python("train.py")
    project.write("data/scale.txt", "2.5")
    done = project.reproduce()
    assert 1 == done.code
    assert "data/scale.txt has changed since" in done.err
    assert "The runs differ in: loss. Not as it was: data." in done.err
    assert 0 == project.reproduce("--tolerance", "loss=26%").code
    assert 1 == project.reproduce("--tolerance", "loss=1e-6", "--tolerance", "epoch=5").code


def test_edited_data_that_git_has_is_as_it_was(project):
    """The commit has it."""
    project.git("add", "--force", "data")
    project.commit()
    project.python("train.py")
    project.write("data/scale.txt", "2.5")
    done = project.reproduce()
    assert (0, "") == (done.code, done.err), done.err


def test_a_dry_run_says_what_there_is_and_runs_nothing(project):
    """It prints each check; the exit code is that of a run that could be run."""
    project.python("train.py")
    before = project.state()
    done = project.reproduce("--dry-run", "--json")
    states = {row["check"]: row["state"] for row in json.loads(done.out)}
    checks = ("code", "command", "python", "platform", "packages", "data")
    assert (0, dict.fromkeys(checks, "ok")) == (done.code, states)
    (project.folder / "data/scale.txt").unlink()
    done = project.reproduce("--dry-run")
    assert 2 == done.code
    assert "data/scale.txt cannot be used: it is not there" in done.out
    project.write("data/scale.txt", "2.0")
    assert (before, ["first"]) == (project.state(), project.ids())


@pytest.mark.parametrize(
    ("where", "wrong"),
    [
        ("repository without the commit", "No repository here has the commit"),
        ("no repository", "No commit was recorded: the run was in no git repository"),
        ("no record", "No commit was recorded"),
        ("missing data", "data/scale.txt cannot be used"),
    ],
)
def test_what_cannot_be_recreated_is_said_before_anything_runs(project, tmp_path, where, wrong):
    """Exit code 2, no new run, no worktree."""
    if where == "no repository":
        shutil.rmtree(project.folder / ".git")
    project.python("train.py", **({"XETRACK_RECORDERS": "0"} if where == "no record" else {}))
    place = project
    if where == "repository without the commit":
        place = make_project(tmp_path, "other")
        place.write("x", "x")
        place.commit()
        place.db = tmp_path / "runs.db"
        Reader(project.db).close()
        assert 0 == project.xt("copy", str(project.db), str(place.db)).code
        shutil.rmtree(project.folder)
    elif where == "missing data":
        (project.folder / "data/scale.txt").unlink()
    done = place.reproduce()
    assert 2 == done.code
    assert wrong in done.out
    assert ["first"] == place.ids()
    assert [] == [*place.temporary.iterdir()]


def test_a_script_that_has_its_table_dropped_drops_nothing(project):
    """Whatever the script says of its database, what is there stays."""
    text = (project.folder / "train.py").read_text()
    text = text.replace('"runs.db",', f'"{project.db}", reset=True, resume="must",')
    project.write("train.py", text.replace(', resume="must"', ""))
    project.python("train.py")
    project.write("train.py", text)
    project.commit()
    with Reader(project.db) as reader:
        rows = reader.select().dicts()
    assert 0 == project.reproduce().code
    with Reader(project.db) as reader:
        assert rows == reader.select(track_id="first").dicts()
    assert 2 == len(project.ids())


def test_of_several_runs_each_has_its_counterpart(project):
    """Runs of one script are told apart by their params, then by their place."""
    project.write(
        "train.py",
        """
from xetrack import Tracker
for place, rate in enumerate([0.1, 0.2, 0.2]):
    with Tracker("runs.db", params={"rate": rate}, name=f"n{place}") as tracker:
        tracker.log({"place": place})
""",
    )
    project.python("train.py")
    ids = project.ids()
    for at, run in enumerate(ids):
        done = project.reproduce(run=run)
        assert (0, "") == (done.code, done.err), done.out
        new = project.ids()[3 + 3 * at :]
        assert 3 == len(new)
        assert f"repeats {run}" in done.out


def test_a_run_that_fails_alike_is_equal(project):
    """How it ended counts, too."""
    text = (project.folder / "train.py").read_text()
    failing = text + "    if scale > 1:\n        raise ValueError(scale)\n"
    project.write("train.py", failing)
    assert 1 == project.python("train.py", check=False)
    done = project.reproduce()
    assert 0 == done.code, done.err
    assert "failed" == str(project.record(project.ids()[1]).status)
    project.write("data/scale.txt", "0.5")
    done = project.reproduce("--tolerance", "loss=inf")
    assert 1 == done.code
    assert "The runs differ in: (status), (error)." in done.err


def test_a_command_that_logs_nothing_could_not_be_run(project):
    """As its program ends before it begins a run."""
    text = (project.folder / "train.py").read_text()
    project.write("train.py", f"import os\nassert os.environ.get('GO')\n{text}")
    project.python("train.py", GO="1")
    done = project.reproduce()
    assert 2 == done.code
    assert "its command ended with exit code 1, and logged no row" in done.err
    assert [] == [*project.temporary.iterdir()]


def test_a_patch_that_does_not_fit_ends_it(project):
    """The worktree is removed."""
    patch = "diff --git a/x.py b/x.py\n--- a/x.py\n+++ b/x.py\n@@ -1 +1 @@\n-a\n+b\n"
    code = f"    tracker.run.add_facts('git', {{'patch': {patch!r}}})\n"
    project.python("train.py")
    project.python(
        "-c",
        "from xetrack import Tracker\n"
        "with Tracker('runs.db', track_id='first', resume=True, record=False) as tracker:\n"
        f"{code}    tracker.log({{'epoch': 3}})",
    )
    before = project.state()
    done = project.reproduce()
    assert 2 == done.code
    assert "the recorded patch cannot be applied" in done.err
    assert before == project.state()


def test_code_beside_the_script_is_that_of_the_commit(project):
    """What an environment imports from the working tree comes from the worktree instead."""
    project.write("src/helper.py", "FACTOR = 2\n")
    text = (project.folder / "train.py").read_text()
    project.write("train.py", text.replace("scale *", "__import__('helper').FACTOR * scale *"))
    project.commit()
    path = str(project.folder / "src")
    project.python("train.py", PYTHONPATH=path)
    project.write("src/helper.py", "FACTOR = 3\n")
    done = project.reproduce(PYTHONPATH=path)
    assert 0 == done.code, done.err


def test_rows_of_worker_processes_belong_to_the_new_run(project):
    """A tracker that travels to another process has the name of the new run, and not twice."""
    project.write(
        "train.py",
        """
from multiprocessing import get_context
from xetrack import Tracker

def work(tracker):
    with tracker:
        tracker.log({"x": 2})

if __name__ == "__main__":
    with Tracker("runs.db", track_id="first") as tracker:
        tracker.log({"x": 1})
        process = get_context("spawn").Process(target=work, args=(tracker,))
        process.start()
        process.join()
""",
    )
    project.python("train.py")
    done = project.reproduce("--json")
    assert 0 == done.code, done.err
    old, new = project.ids()
    with Reader(project.db) as reader:
        rows = [reader.select(["x"], track_id=run).cells for run in (old, new)]
    assert [([1, 2],)] * 2 == rows
