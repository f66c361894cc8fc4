"""Tags of experiments: from the best run, on a commit that has it."""

from __future__ import annotations

import math
from contextlib import suppress

import pytest

from tests.skills.git_versioning.conftest import Script, commit, git
from xetrack import Tracker


@pytest.fixture
def tags(bare):
    """The script, in a repository that keeps its database in git."""
    with Tracker(bare / "runs.db", params={"model": "base"}, track_id="calm-fox-0001") as tracker:
        tracker.log({"accuracy": 0.5, "loss": math.nan, "note": "a | b"})
        tracker.log({"accuracy": math.inf, "loss": 0.25, "code_name": "007"})
    with Tracker(bare / "runs.db", params={"model": "wide"}, track_id="wise-owl-0002") as tracker:
        tracker.log({"accuracy": 0.75, "loss": 0.5, "text": "x" * 41})
    commit(bare, "Results")
    return Script("version_tag", bare)


def test_a_tag_tells_of_the_best_run_in_one_line(tags):
    """A tag reports the best run in one line, by its metric first.

    Nan, infinities and gaps are no candidates.
    """
    said = tags.text("create", "--db", "runs.db", "--max", "accuracy")
    line = "accuracy=0.75 | model=wide | loss=0.5 | run=wise-owl-0002"
    head = git(tags.folder, "rev-parse", "HEAD")
    assert f"Tagged {head[:12]} as e0.0.1: {line}\nNext: git push origin e0.0.1\n" == said
    assert f"e0.0.1          {line}" == git(tags.folder, "tag", "--list", "e*", "-n9")
    assert "tag" == git(tags.folder, "cat-file", "-t", "e0.0.1")

    made = tags.json("create", "--db", "runs.db", "--min", "loss", "--bump", "minor")
    facts = {"loss": 0.25, "model": "base", "code_name": "007", "run": "calm-fox-0001"}
    assert {"tag": "e0.1.0", "commit": head, "facts": facts, "made": True} == made

    columns = ["--run-id", "calm-fox-0001", "--columns", "note,model"]
    tags.text("create", "e0.10.0", "--db", "runs.db", "--max", "accuracy", *columns)
    (shown,) = [one for one in tags.json("list") if one["tag"] == "e0.10.0"]
    assert "a | b" == shown["facts"]["note"]  # read as it was written
    assert shown == tags.json("show", "e0.10.0")
    assert "| e0.10.0 |" in tags.text("list")
    assert "| note     | a \\| b        |" in tags.text("show", "e0.10.0")
    # Versions are compared as numbers.
    assert [{"tag": "e0.10.1"}, {"tag": "e1.0.0"}] == [
        tags.json("suggest"),
        tags.json("suggest", "--bump", "major"),
    ]
    assert "exp1.0.0\n" == tags.text("suggest", "--prefix", "exp", "--bump", "major")


def test_a_dry_run_makes_no_tag(tags):
    """It says what it would be."""
    said = tags.text("create", "--db", "runs.db", "--max", "accuracy", "--dry-run")
    assert said.startswith("Would tag")
    assert "" == git(tags.folder, "tag")


def test_what_cannot_be_tagged_is_refused_with_what_to_type(tags, tmp_path):
    """What cannot be tagged is refused with what to type, and no tag is made."""
    create = ["create", "--db", "runs.db", "--max"]
    assert "There is no column 'acuracy'" in (said := tags.fails(*create, "acuracy"))
    assert "Did you mean 'accuracy'?" in said
    assert "No row has a finite number in 'model'. See what is there: xt columns" in tags.fails(
        *create, "model"
    )
    assert "of the run 'nobody'" in tags.fails(*create, "accuracy", "--run-id", "nobody")
    assert "'acc'" in tags.fails(*create, "accuracy", "--columns", "acc")
    assert "There is no table 'metrics'" in tags.fails(*create, "accuracy", "--table", "metrics")
    assert "no.db" in tags.fails("create", "--db", "no.db", "--max", "accuracy")
    assert "called like e1.2.3, not 'v1'" in tags.fails(*create, "accuracy", "v1")
    assert "There is no tag or commit 'mian'" in tags.fails(*create, "accuracy", "--commit", "mian")
    assert "is required" in tags.fails("create", "--db", "runs.db", code=2)
    assert "invalid choice: 'tag'" in tags.fails("tag", code=2)

    (tags.folder / "train.py").write_text("changed")
    assert "your changes of train.py. Type: git commit -a" in tags.fails(*create, "accuracy")
    assert "" == git(tags.folder, "tag")
    tags.text(*create, "accuracy", "--allow-dirty")
    assert "is there already. The next is free: e0.0.2" in tags.fails(*create, "accuracy", "e0.0.1")
    assert "Did you mean 'e0.0.1'?" in tags.fails("show", "e0.0.2")
    outside = Script("version_tag", tmp_path)
    assert "is in no git repository. Go to yours, or type: git init" in outside.fails("list")


def test_a_database_that_is_open_is_not_tagged(tags):
    """What is on its way into it would not be in the commit."""
    with Tracker(tags.folder / "runs.db") as tracker:
        tracker.log({"accuracy": 0.1})
        said = tags.fails("create", "--db", "runs.db", "--max", "accuracy")
    assert "runs.db is open elsewhere" in said


def test_rows_that_dvc_does_not_have_yet_are_no_part_of_a_tag(project):
    """Neither those that were logged since `dvc add`, nor a database that nobody keeps."""
    tags = Script("version_tag", project)
    with Tracker(project / "runs.db", git_root=str(project)) as tracker:
        tracker.log({"accuracy": 0.99})
    said = tags.fails("create", "--db", "runs.db", "--max", "accuracy")
    assert "runs.db has changed since 'dvc add'. Type: dvc add 'runs.db' && git commit -a" in said

    with Tracker(project / "new.db", git_root=str(project)) as tracker:
        tracker.log({"accuracy": 0.99})
    (project / "train.py").write_text("")
    git(project, "add", "train.py")
    with Tracker(project / "new.db", git_root=str(project)) as tracker:
        tracker.log({"accuracy": 1.0})
    git(project, "commit", "--quiet", "--message", "Code")
    command = ["create", "--db", "new.db", "--max", "accuracy", "--data", "data"]
    made = tags.json(*command)["facts"]
    assert made["dirty"] is True
    assert git(project, "rev-parse", "--short=12", "e0.2.0^{commit}") == made["code"]
    pointer = (project / "data.dvc").read_text()
    assert f"md5: {made['data']}" in pointer
    assert 6 == len(made["data"])


def run(bare, name, accuracy):
    """A run in the repository, which is in git with its database; recorded as users have it."""
    with Tracker(bare / "runs.db", track_id=name, params={"rate": accuracy}) as tracker:
        tracker.log({"accuracy": accuracy})


def test_code_comes_from_the_record(bare, monkeypatch):
    """Its commit; the database that a run itself changes is no uncommitted work."""
    monkeypatch.delenv("XETRACK_RECORDERS", raising=False)
    monkeypatch.chdir(bare)
    tags, create = Script("version_tag", bare), ["create", "--db", "runs.db", "--max", "accuracy"]
    begin = git(bare, "rev-parse", "--short=12", "HEAD")
    for name, accuracy in (("one", 0.5), ("two", 0.6)):
        run(bare, name, accuracy)
        commit(bare, name)
        line = f"accuracy={accuracy} | rate={accuracy} | run={name} | code={begin}"
        printed, said = tags.run(create, 0)
        assert f": {line}\n" in printed
        assert "" == said
        begin = git(bare, "rev-parse", "--short=12", "HEAD")


@pytest.mark.parametrize(
    ("changed", "has"),
    [
        ("train.py", "its record has them: xt show runs.db one --patch"),
        ("key.pem", "no commit has its code."),
    ],
)
def test_uncommitted_work_is_where_the_record_says(bare, monkeypatch, changed, has):
    """In the record if its patch has all of it, and nowhere else."""
    monkeypatch.delenv("XETRACK_RECORDERS", raising=False)
    monkeypatch.chdir(bare)
    (bare / changed).write_text("first")
    commit(bare, "Add")
    (bare / changed).write_text("changed")
    run(bare, "one", 0.5)
    commit(bare, "After the run")
    create = ["create", "--db", "runs.db", "--max", "accuracy"]
    printed, said = Script("version_tag", bare).run(create, 0)
    assert "dirty=true" in printed
    assert f"uncommitted changes: {has}" in said


def test_a_run_that_did_not_end_well_is_said(bare):
    """In the tag too, as a metric of half a run may be no result."""
    with suppress(ZeroDivisionError), Tracker(bare / "runs.db", track_id="one") as tracker:
        tracker.log({"accuracy": 0.5})
        raise ZeroDivisionError
    commit(bare, "Results")
    create = ["create", "--db", "runs.db", "--max", "accuracy"]
    printed, said = Script("version_tag", bare).run(create, 0)
    assert "accuracy=0.5 | run=one | status=failed" in printed
    assert "the best run is failed: see xt show runs.db one" in said


def test_words_of_others_are_shown_as_they_are(tags):
    """Tags without facts, and such without annotation, are experiments too."""
    git(tags.folder, "tag", "--annotate", "--message", "my words = mine", "e1.0.0")
    git(tags.folder, "tag", "e1.0.1")
    git(tags.folder, "tag", "--annotate", "--message", "a=1", "e1.0")
    git(tags.folder, "tag", "--annotate", "--message", "a=1", "release")
    first, second = tags.json("list")
    assert ("e1.0.0", "my words = mine", {}) == (first["tag"], first["message"], first["facts"])
    assert ("e1.0.1", "Results", {}) == (second["tag"], second["message"], second["facts"])
    assert "my words = mine" in tags.text("show", "e1.0.0")
    assert first["commit"] == second["commit"] == git(tags.folder, "rev-parse", "HEAD")


def test_missing_tools_are_named(tags, monkeypatch, tmp_path):
    """Missing tools are named, with what to install."""
    monkeypatch.setenv("PATH", str(tmp_path))
    assert "git was not found. Install it:" in tags.fails("list")
