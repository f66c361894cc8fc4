"""Tags of experiments: the mean of the new runs, on a commit that has them."""

from __future__ import annotations

import math
import sys
from contextlib import suppress

import pytest

from tests.skills.git_versioning.conftest import SCRIPTS, Script, call, commit, git
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


def test_a_tag_tells_of_the_best_configuration_in_one_line(tags):
    """A tag reports the best configuration in one line, by its metric first.

    Nan, infinities and gaps are no candidates.
    """
    said = tags.text("create", "--db", "runs.db", "--max", "accuracy")
    line = "accuracy=0.75 | model=wide | loss=0.5 | run=wise-owl-0002"
    head = git(tags.folder, "rev-parse", "HEAD")
    assert f"Tagged {head[:12]} as e0.0.1: {line}\nNext: git push origin e0.0.1\n" == said
    assert f"e0.0.1          {line}" == git(tags.folder, "tag", "--list", "e*", "-n9")
    assert "tag" == git(tags.folder, "cat-file", "-t", "e0.0.1")

    options = ["--bump", "minor", "--run-id", "calm-fox-0001"]
    made = tags.json("create", "--db", "runs.db", "--min", "loss", *options)
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
    assert "There is no run 'nobody'" in tags.fails(*create, "accuracy", "--run-id", "nobody")
    none = tags.fails(*create, "code_name", "--run-id", "wise-owl-0002")
    assert "No row of the run 'wise-owl-0002' has a finite number in 'code_name'" in none
    assert "No run is of the group 'x'. There are: none" in tags.fails(
        *create, "accuracy", "--group", "x"
    )
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
    assert "the run is failed: see xt show runs.db one" in said


class Sweep:
    """Runs in a repository that keeps its database in git."""

    def __init__(self, folder):
        self.folder = folder
        self.tags = Script("version_tag", folder)
        commit(folder, "Begin again") if git(folder, "status", "--porcelain") else None

    def run(self, name, *rows, table="default", group=None, **params):
        """Log rows in one run."""
        options = {"table": table, "group": group, "params": params, "track_id": name}
        with Tracker(self.folder / "runs.db", **options) as tracker:
            tracker.log_batch(list(rows))

    def tag(self, *options, code=0):
        """Commit and tag; return the line of facts, and what was said beside it."""
        if git(self.folder, "status", "--porcelain"):
            commit(self.folder, "Results")
        printed, said = self.tags.run(["create", "--db", "runs.db", *options], code)
        return printed.partition("\n")[0].partition(": ")[2], said


@pytest.fixture
def sweep(bare):
    """No run yet."""
    return Sweep(bare)


def test_a_tag_has_the_mean_over_seeds_and_not_the_luckiest_row(sweep):
    """With its deviation and n; the best mean decides between configurations."""
    for seed, (steady, lucky) in enumerate([(0.8, 0.5), (0.7, 0.99), (0.75, 0.4)]):
        sweep.run(f"steady-{seed}", {"accuracy": steady}, model="steady", seed=seed)
        sweep.run(f"lucky-{seed}", {"accuracy": lucky}, model="lucky", seed=seed)
    line, said = sweep.tag("--max", "accuracy")
    runs = "steady-0,steady-1,steady-2"
    assert f"accuracy=0.75 | sd=0.05 | n=3 | model=steady | run={runs}" == line
    assert "note: 2 configurations are new; the tag tells of the one with the best mean\n" == said
    facts = sweep.tags.json("show", "e0.0.1")["facts"]
    assert (0.75, 3, runs) == (facts["accuracy"], facts["n"], facts["run"])


def test_a_tag_tells_of_the_new_runs_though_old_ones_were_better(sweep, monkeypatch):
    """Of those since the last tag; where there is none, what to type is said."""
    sweep.run("old", {"accuracy": 0.9}, model="old")
    sweep.run("old-and-lucky", {"accuracy": 0.99}, model="lucky")
    monkeypatch.setenv("GIT_COMMITTER_DATE", "2090-01-01T00:00:00")
    assert "run=old" in sweep.tag("--max", "accuracy", "--run-id", "old")[0]
    _, said = sweep.tag("--max", "accuracy", code=1)
    assert "No run of runs.db began since the tag e0.0.1. Run the experiment first; or" in said
    git(sweep.folder, "tag", "--delete", "e0.0.1")
    monkeypatch.setenv("GIT_COMMITTER_DATE", "2000-01-01T00:00:00")
    for name in ("old", "old-and-lucky"):
        sweep.tag("--max", "accuracy", "--run-id", name)
    sweep.run("new", {"accuracy": 0.7}, model="new")
    assert ("accuracy=0.7 | model=new | run=new", "") == sweep.tag("--max", "accuracy")


def test_a_run_that_a_tag_names_already_is_warned_of(sweep):
    """Also one of several; the tag is made, as somebody named the run."""
    sweep.run("one", {"accuracy": 0.5}, seed=1)
    sweep.run("two", {"accuracy": 0.7}, seed=2)
    assert "accuracy=0.6 | sd=0.141 | n=2 | run=one,two" == sweep.tag("--max", "accuracy")[0]
    line, said = sweep.tag("--max", "accuracy", "--run-id", "two")
    assert "accuracy=0.7 | seed=2 | run=two" == line
    assert "note: the tag e0.0.1 names the run two already\n" == said


def test_a_table_of_results_is_tagged_by_its_test_split_over_seeds(sweep):
    """One run with all configurations, seeds and splits; made twice, each seed counts once."""
    rows = [
        {"config_model": model, "config_seed": seed, "split": split, "accuracy": accuracy}
        for model, split, accuracies in (
            ("a", "train", (1.0, 1.0)),
            ("a", "test", (0.6, 0.8)),
            ("b", "train", (0.9, 0.9)),
            ("b", "test", (0.85, 0.65)),
        )
        for seed, accuracy in enumerate(accuracies)
    ]
    for name in ("first", "again"):
        sweep.run(name, *rows, table="metrics", data="v1")
    line, said = sweep.tag("--max", "accuracy", "--table", "metrics")
    told = "accuracy=0.75 | sd=0.141 | n=2 | data=v1 | config_model=b | split=test | run=again"
    assert told == line
    assert "of the splits test, train the tag tells of test" in said
    assert "2 times a run repeats a seed of another; the last run counts" in said


def test_of_a_curve_the_last_point_counts_and_of_other_rows_the_mean(sweep):
    """Where no axis orders them, the number of rows is told."""
    sweep.run("curve", *({"epoch": at, "loss": loss} for at, loss in enumerate((3, 0.5, 2.0))))
    assert "loss=2.0 | run=curve" in sweep.tag("--min", "loss")[0].replace("epoch=2 | ", "")
    sweep.run("items", *({"score": score} for score in (0.25, 0.5, 1.5)))
    assert "score=0.75 | rows=3 | run=items" == sweep.tag("--max", "score")[0]


def test_a_group_is_tagged_with_its_failures_beside_it(sweep):
    """What failed is in no mean, so it is told."""
    sweep.run("one", {"accuracy": 0.5}, group="wide", seed=1)
    sweep.run("two", {"accuracy": 0.7}, {"error": "ValueError: x"}, group="wide", seed=2)
    sweep.run("three", {"accuracy": 0.9}, group="other", seed=3)
    line, said = sweep.tag("--max", "accuracy", "--group", "wide")
    assert "accuracy=0.6 | sd=0.141 | n=2 | run=one,two | errors=1" == line
    assert "1 call of its runs failed, and no mean has them" in said


@pytest.mark.parametrize(
    "name", ["console", "databases", "facts", "models", "parquet", "repository", "results", "runs"]
)
def test_a_part_of_the_scripts_says_which_scripts_there_are(name, tmp_path):
    """In a sentence, with exit code 2."""
    said = call([sys.executable, SCRIPTS / f"{name}.py"], tmp_path, 2).stderr
    assert said.startswith(f"Error: {name}.py does nothing by itself; it is a part of version_tag")
    assert said.endswith("Type: python version_tag.py --help\n")


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
