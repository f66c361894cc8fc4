"""Experiments are found, compared and brought back with their data."""

from __future__ import annotations

import pytest

from tests.skills.git_versioning.conftest import Script, commit, git, names
from xetrack import Reader, Tracker


@pytest.fixture
def explorer(project):
    """The script, in a repository with two experiments."""
    return Script("experiment_explorer", project)


def test_experiments_are_listed_shown_and_compared(explorer):
    """By version or by a fact, with what DVC keeps of them."""
    assert ["e0.1.0", "e0.2.0"] == [one["tag"] for one in explorer.json("list")]
    assert ["e0.2.0", "e0.1.0"] == [
        one["tag"] for one in explorer.json("list", "--max", "accuracy")
    ]
    assert "| e0.1.0 | " in explorer.text("list", "--min", "accuracy").splitlines()[2]
    assert "They tell of: accuracy, model, run" in explorer.fails("list", "--max", "loss")

    shown = explorer.json("show", "e0.1.0")
    assert {"accuracy": 0.8, "model": "base", "run": "run-base"} == shown["facts"]
    assert [
        "data/train.csv",
        "models/candidates/base.bin",
        "models/production/model.bin",
        "runs.db",
    ] == [one["path"] for one in shown["artifacts"]]
    assert "| accuracy | 0.8      |" in explorer.text("show", "e0.1.0")

    found = explorer.json("diff", "e0.1.0", "e0.2.0")
    changes = {one["fact"]: one["change"] for one in found["facts"]}
    assert {"accuracy": pytest.approx(0.1), "model": "differs", "run": "differs"} == changes
    assert ["models/candidates/wide.bin"] == found["data"]["added"]
    assert {"data/", "data/train.csv", "runs.db"} <= {*found["data"]["modified"]}
    assert "data.dvc" in found["code"]
    text = explorer.text("diff", "e0.1.0", "e0.2.0")
    assert "| accuracy | 0.8      | 0.9      | 0.1     |" in text
    assert "Same data." in explorer.text("diff", "e0.1.0", "e0.1.0")
    assert "Did you mean 'e0.2.0' or 'e0.1.0'?" in explorer.fails("diff", "e0.1.0", "e0.3.0")


def test_files_and_folders_come_back_as_they_were(explorer, project):
    """Files and folders come back as they were, from DVC or from git.

    What is there is never overwritten.
    """
    folder = project / "data"
    script = Script("experiment_explorer", folder)
    done = script.json("get", "e0.1.0", "train.csv")
    assert ("data/train.csv", "e0.1.0-train.csv") == (done["path"], done["output"])
    assert "a,b\n1,0.8\n" == (folder / "e0.1.0-train.csv").read_text()
    assert "e0.1.0-train.csv is there already" in script.fails("get", "e0.1.0", "train.csv")
    explorer.text("get", "e0.1.0", "data", "--output", "old data")
    assert ["train.csv"] == names(project / "old data")
    explorer.text("get", "e0.1.0", "models/production/model.json")
    explorer.text("get", "e0.1.0", "models", "--output", "kept")
    assert '"name": "base"' in (project / "e0.1.0-model.json").read_text()
    assert "candidates" in names(project / "kept")

    before = names(project)
    assert "no.csv" in explorer.fails("get", "e0.1.0", "data/no.csv")
    assert "mkdir -p no" in explorer.fails("get", "e0.1.0", "data", "--output", "no/where")
    assert "is not in the repository" in explorer.fails("get", "e0.1.0", "../other")
    assert "There is no tag or commit 'e9'" in explorer.fails("get", "e9", "data")
    assert before == names(project)


def test_a_checkout_can_be_run_and_is_disposed_of(explorer, project):
    """What is written in it reaches neither the repository nor the cache."""
    made = explorer.json("checkout", "e0.1.0")
    there = project.parent / "my project-experiments" / "e0.1.0"
    assert (str(there), True) == (made["worktree"], made["made"])
    assert "a,b\n1,0.8\n" == (there / "data" / "train.csv").read_text()
    assert explorer.json("checkout", "e0.1.0") == {
        "tag": "e0.1.0",
        "worktree": str(there),
        "made": False,
    }
    with Tracker(there / "runs.db") as tracker:
        tracker.log({"accuracy": 0.7})
    (there / "train.py").write_text("new")
    with Reader(project / "runs.db") as reader:
        assert 4 == len(reader)
    assert "There is no worktree of 'e0.2.0'. There are: e0.1.0" in explorer.fails(
        "cleanup", "e0.2.0"
    )
    # It works from within the worktree, too.
    script = Script("experiment_explorer", there)
    assert "has changes and stays" in (said := script.fails("cleanup"))
    assert "Kept e0.1.0, removed none." in said
    assert "Would remove e0.1.0." in explorer.text("cleanup", "--force", "--dry-run")
    assert there.exists()
    script.text("cleanup", "--force")
    assert not there.parent.exists()
    assert 1 == len(git(project, "worktree", "list").splitlines())
    assert "Removed none." in explorer.text("cleanup")


def test_a_repository_without_dvc_has_experiments_too(bare):
    """Their files come from git alone."""
    git(bare, "tag", "--annotate", "--message", "accuracy=1", "e1.0.0")
    (bare / "train.py").write_text("print('ho')\n")
    commit(bare, "Change")
    git(bare, "tag", "--annotate", "--message", "accuracy=2", "e1.1.0")
    explorer = Script("experiment_explorer", bare)
    assert [] == explorer.json("show", "e1.0.0")["artifacts"]
    assert "DVC keeps nothing of it." in explorer.text("show", "e1.0.0")
    found = explorer.json("diff", "e1.0.0", "e1.1.0")
    assert (1, {}) == (found["facts"][0]["change"], found["data"])
    explorer.text("get", "e1.0.0", "train.py", "--output", "old.py")
    assert "print('hi')\n" == (bare / "old.py").read_text()
    assert "was not in the repository at" in explorer.fails("get", "e1.0.0", "no.py")
    explorer.text("checkout", "e1.0.0")
    assert (bare.parent / "bare-experiments" / "e1.0.0" / "train.py").exists()
    explorer.text("cleanup", "e1.0.0")


def test_a_missing_dvc_is_asked_for(explorer, monkeypatch, tmp_path):
    """A missing DVC is asked for where the experiment needs it."""
    for name in ("git", "bash"):
        (tmp_path / name).symlink_to(f"/usr/bin/{name}")
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("sys.executable", str(tmp_path / "python"))
    wanted = "dvc was not found. Type: pip install dvc"
    assert wanted in explorer.fails("show", "e0.1.0")
    assert wanted in explorer.fails("get", "e0.1.0", "data")
