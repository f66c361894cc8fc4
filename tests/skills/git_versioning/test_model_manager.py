"""Models: candidates, production, and exactly the version that was asked for."""

from __future__ import annotations

import os
import shutil

import pytest

from tests.skills.git_versioning.conftest import Script, call, commit, git, names
from xetrack import Tracker


@pytest.fixture
def models(project):
    """The script, in a repository with two candidates, the second of which is in production."""
    return Script("model_manager", project)


def state(folder):
    """What git and the folder of models have."""
    files = {
        one.relative_to(folder): one.read_bytes()
        for one in sorted((folder / "models").rglob("*"))
        if one.is_file()
    }
    return git(folder, "status", "--porcelain"), files


def test_every_version_comes_back_exactly(models, project):
    """By tag and by commit, production and candidates, as long as anybody has it."""
    models.text("download", "e0.1.0", "--output", "old model.bin")
    assert "weights of base" == (project / "old model.bin").read_text()
    made = models.json("download", "HEAD~1", "--candidate", "base", "--output", "base.bin")
    assert ("base", "run-base", 0.8) == (made["name"], made["run"], made["facts"]["accuracy"])
    assert "weights of base" == (project / "base.bin").read_text()

    before = names(project)
    get = ["--output", "new.bin"]
    assert "Did you mean 'e0.1.0'" in models.fails("download", "e0.1", *get)
    assert "there was no models/candidates/wide.bin" in models.fails(
        "download", "e0.1.0", "--candidate", "wide", *get
    )
    assert "base.bin is there already" in models.fails("download", "e0.1.0", "-o", "base.bin")

    card = project / "models" / "production" / "model.json"
    card.write_text(card.read_text().replace('"sha256": "', '"sha256": "0'))
    commit(project, "Change the card alone")
    assert "is not what its card tells of" in models.fails("download", "HEAD", *get)

    # What the cache lacks comes from the remote; what nobody has is an error, and no file.
    remote = project.parent / "remote"
    call(["dvc", "remote", "add", "--quiet", "--default", "store", remote], project)
    call(["dvc", "push", "--quiet", "--all-commits"], project)
    shutil.rmtree(project / ".dvc" / "cache" / "files")
    models.text("download", "e0.1.0", "--output", "pulled.bin")
    assert "weights of base" == (project / "pulled.bin").read_text()
    shutil.rmtree(remote)
    assert "dvc get failed" in models.fails("download", "e0.1.0", *get)
    assert sorted([*before, "pulled.bin"]) == names(project)


def test_promoting_keeps_what_was_in_production(models, project):
    """As a candidate, under its name; promoting again changes no candidate."""
    listed = models.json("list", "--max", "accuracy")
    assert ["wide", "base"] == [one["name"] for one in listed["candidates"]]
    assert "wide" == listed["production"]["name"]
    assert "| wide | production | run-wide | 0.9" in models.text("list")

    # A model that got there in another way is no candidate yet.
    production = project / "models" / "production"
    (production / "model.bin").unlink()
    (production / "model.bin").write_text("by hand")
    (production / "model.json").unlink()
    done = models.json("promote", "base")
    assert ("base", "former") == (done["name"], done["former"])
    assert "weights of base" == (production / "model.bin").read_text()
    candidates = project / "models" / "candidates"
    assert "by hand" == (candidates / "former.bin").read_text()
    assert "M  models/production/model.bin.dvc" in git(project, "status", "--porcelain")
    assert "A  models/candidates/former.bin.dvc" in git(project, "status", "--porcelain")
    commit(project, "Promote base")
    assert "base" == models.json("info", "production")["name"]
    assert "wide" == models.json("info", "e0.2.0")["name"]
    assert "| name     | wide" in models.text("info", "wide")

    text = models.text("promote", "former")
    assert text.startswith("former is in production; base stays as a candidate.\nNext: git commit")
    assert 3 == len(models.json("list")["candidates"])


def test_candidates_are_pruned_by_metric_or_run(models, project):
    """Production and what has no such metric stay; tags still bring back what went."""
    (project / "odd.out").write_text("unmeasured")
    models.text("add-candidate", "odd.out")
    commit(project, "Add odd")
    assert "Would remove base." in models.text("prune", "--max", "accuracy", "--dry-run")
    before = state(project)
    assert ["wide"] == models.json("prune", "--min", "accuracy", "--dry-run")["removed"]
    assert before == state(project)
    assert ["base"] == models.json("prune", "--max", "accuracy")["removed"]
    assert {"odd", "wide"} == {one["name"] for one in models.json("list")["candidates"]}
    assert not (project / "models" / "candidates" / "base.bin").exists()
    said = git(project, "status", "--porcelain").splitlines()
    assert {"D  models/candidates/base.json", "D  models/candidates/base.bin.dvc"} <= {*said}
    commit(project, "Prune")
    models.text("download", "e0.1.0", "--candidate", "base", "--output", "base again.bin")
    assert "weights of base" == (project / "base again.bin").read_text()

    assert "Removed nothing." in models.text("prune", "--max", "accuracy", "--keep", "9")
    assert "Did you mean 'run-wide'?" in models.fails("prune", "--run-id", "run-wid")
    assert ["wide"] == models.json("prune", "--run-id", "run-wide")["removed"]
    assert "wide" == models.json("list")["production"]["name"]
    assert "No candidate has 'accuracy'" in models.fails("prune", "--max", "accuracy")


def test_a_model_has_the_figures_of_the_run_that_made_it(models, project):
    """The run is named as `xt runs` has it; the only one that has the metric need not be."""
    keep = ["add-candidate", "base.out", "--db", "runs.db", "--max", "accuracy"]
    said = models.json(*keep, "--name", "again", "--run-id", "run-b")
    assert ("run-base", 0.8) == (said["run"], said["facts"]["accuracy"])
    with Tracker(project / "runs.db", track_id="alone") as tracker:
        tracker.log({"speed": 3.0})
    by_speed = [*keep[:-1], "speed"]
    assert "alone" == models.json(*by_speed, "--name", "fast")["run"]


def test_what_cannot_be_kept_is_refused_with_what_to_type(models, project):
    """What cannot be kept is refused with what to type, and nothing changes."""
    before = state(project)
    keep = ["add-candidate", "base.out"]
    assert "There is no file no.bin." in models.fails("add-candidate", "no.bin")
    assert "'base' is there. Give another --name, or --replace." in models.fails(*keep)
    assert "is no name" in models.fails(*keep, "--name", "../x")
    assert "Give also --db" in models.fails(*keep, "--name", "x", "--max", "accuracy")
    assert "Give --max METRIC or --min" in models.fails(*keep, "--name", "x", "--db", "runs.db")
    made = [*keep, "--name", "x", "--db", "runs.db", "--max", "accuracy"]
    assert "Which run made base.out? Several have 'accuracy'; the best is run-wide." in (
        models.fails(*made)
    )
    assert "There is no run 'run-bass'" in models.fails(*made, "--run-id", "run-bass")
    assert "runs begin so or have this name: " in models.fails(*made, "--run-id", "run-")
    assert "Did you mean 'base'?" in models.fails("promote", "bas")
    assert "There is no tag or commit 'e9'" in models.fails("info", "e9")
    assert "Which? Give --run-id" in models.fails("prune")
    assert "invalid" in models.fails("prune", "--max", "accuracy", "--keep", "-1", code=2)
    (project / "models" / "candidates" / "base.bin").unlink()
    assert "is not here. Type: dvc checkout" in models.fails("promote", "base")
    (project / "models" / "candidates" / "base.bin").write_text("weights of base")
    assert before == state(project)

    model = project / "models" / "candidates" / "base.bin"
    model.unlink()
    model.write_text("damaged")
    assert "is not the content that was kept as 'base'" in models.fails("promote", "base")


def test_when_dvc_fails_everything_is_as_it_was(models, project, tmp_path, monkeypatch):
    """When DVC fails everything is as it was: files, cards and index."""
    before = state(project)
    broken = tmp_path / "broken"
    broken.mkdir()
    (broken / "dvc").write_text("#!/bin/sh\necho 'ERROR: the disk is full' >&2\nexit 1\n")
    (broken / "dvc").chmod(0o755)
    monkeypatch.setenv("PATH", f"{broken}:{os.environ['PATH']}")
    for command in (
        ["promote", "base"],
        ["add-candidate", "base.out", "--name", "new"],
        ["prune", "--max", "accuracy"],
    ):
        assert "failed: the disk is full" in models.fails(*command)
        assert before == state(project)


def test_without_dvc_it_says_how_to_begin(bare):
    """Without DVC it says how to begin, and leaves no folder."""
    models = Script("model_manager", bare)
    (bare / "m.bin").write_text("m")
    assert "does not use DVC. Type there: dvc init" in models.fails("add-candidate", "m.bin")
    assert not (bare / "models").exists()
    assert "No model is kept yet." in models.text("list")
    assert "Nothing is in production." in models.fails("info", "production")
