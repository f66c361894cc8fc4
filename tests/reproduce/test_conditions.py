"""What is said of records of every kind, without running anything."""

from __future__ import annotations

import platform
import shlex
import sys
from pathlib import Path

import pytest

from xetrack.interfaces.runs.record import RunRecord, RunStatus
from xetrack.process.file_digests import digest_path
from xetrack_reproduce.conditions import environment, git
from xetrack_reproduce.conditions.command_line import find_command, recorded_variables
from xetrack_reproduce.conditions.data import check_data, check_script, data_paths
from xetrack_reproduce.conditions.findings import State


def record(**fields):
    """A record with little in it."""
    return RunRecord(track_id="first", status=RunStatus.FINISHED, table="default", **fields)


def command_of(argv, cwd="/srv/project", root="/srv/project", **facts):
    """What is found for a command line."""
    command = {"argv": shlex.split(argv), "cwd": cwd, **facts}
    return find_command(record(facts={"command": command, "git": {"root": root}}))


@pytest.mark.parametrize(
    ("argv", "facts", "why"),
    [
        ("python train.py --token '***'", {"script": "/x"}, "secrets, which are not recorded"),
        ("python train.py --db=a://***@h", {"script": "/x"}, "secrets, which are not recorded"),
        ("python", {"interactive": True}, "interactive session"),
        ("python -m ipykernel", {"notebook": "a.ipynb", "interactive": True}, "notebook a.ipynb"),
        ("python -", {}, "standard input"),
        ("python -u", {}, "standard input"),
        ("python -c 'spawn_main()' --multiprocessing-fork", {}, "child process"),
        ("python", {}, "No command was recorded"),
    ],
)
def test_commands_that_cannot_be_run_again(argv, facts, why):
    """Each for a reason that is said."""
    command, (finding,) = command_of(argv, **facts)
    assert (None, State.PROBLEM) == (command, finding.state)
    assert why in finding.text


@pytest.mark.parametrize(
    ("argv", "cwd", "moved", "folder"),
    [
        ("python train.py --lr 0.1", "", "train.py --lr 0.1", ""),
        ("/venv/bin/python -X dev -m pkg.train", "sub", "-X dev -m pkg.train", "sub"),
        ("python /srv/project/train.py", "", "COPY/train.py", ""),
        ("python train.py --data=/srv/project/data", "", "train.py --data=COPY/data", ""),
        ("python train.py /srv/project2/data", "", "train.py /srv/project2/data", ""),
        ("python -c 'print(1)'", "", "-c 'print(1)'", ""),
        ("python ../project/train.py a", "/srv/other", "COPY/train.py a", ""),
    ],
)
def test_a_command_moves_into_the_worktree(argv, cwd, moved, folder, tmp_path):
    """With its folder, and absolute paths within the repository."""
    (tmp_path / "sub").mkdir()
    place = str(Path("/srv/project", cwd))
    command, findings = command_of(argv, place, script="/srv/project/train.py")
    assert "other" not in cwd or State.DIFFERS is findings[-1].state
    arguments, where = command.moved(tmp_path)
    assert shlex.split(moved.replace("COPY", str(tmp_path))) == arguments
    assert tmp_path / folder == where


def test_without_facts_the_command_is_that_of_the_record():
    """Which every run has; but no code that was typed."""
    command, _ = find_command(record(argv=("train.py", "1"), cwd="/srv"))
    assert (("train.py", "1"), "/srv") == (command.arguments, command.cwd)
    assert find_command(record(argv=("-c",), cwd="/srv"))[0] is None
    assert find_command(record())[0] is None


def test_variables_of_the_run_are_set_again():
    """But for those that say where something is, and secrets."""
    variables = {"PYTHONHASHSEED": "0", "VIRTUAL_ENV": "/x", "API_KEY": "***", "N": 1}
    assert {"PYTHONHASHSEED": "0"} == recorded_variables({"variables": variables})
    assert {} == recorded_variables({"variables": 7})


@pytest.mark.parametrize(
    ("facts", "state", "text"),
    [
        ({}, State.PROBLEM, "in no git repository"),
        ({"root": "/x"}, State.PROBLEM, "nothing was committed yet"),
        ({"root": "/x", "problem": "git says: no"}, State.PROBLEM, "git says: no"),
        ({"commit": "--upload-pack=x", "root": "/x"}, State.PROBLEM, "No commit was recorded"),
        ({"commit": "a" * 40, "root": "/x"}, State.PROBLEM, "git fetch --all"),
    ],
)
def test_code_that_is_not_there(facts, state, text, tmp_path):
    """A commit is a digest and nothing else."""
    repository, finding = git.find_repository(facts, tmp_path)
    assert (None, state) == (repository, finding.state)
    assert text in finding.text


def test_files_that_a_patch_leaves_out_are_named():
    """But not those of the database, which no script needs."""
    left_out = {"big.npy": "it has 9 bytes", "runs.db": "no text", "runs.db-wal": "no text"}
    (finding,) = git.find_omissions({"left_out": left_out}, "/x/runs.db")
    assert "big.npy (it has 9 bytes)" in finding.text
    assert "runs.db" not in finding.text
    assert [] == git.find_omissions({"left_out": {"runs.db": "no text"}}, "/x/runs.db")


def test_changes_that_were_not_recorded_are_told_of(project):
    """The commit is there, and what was changed since is not."""
    commit = project.git("rev-parse", "HEAD").strip()
    for facts in ({"dirty": True}, {"problem": "git says: it gave no answer in 2 s"}):
        _, finding = git.find_repository({"commit": commit, **facts}, project.folder)
        assert State.DIFFERS is finding.state


def findings_of(**facts):
    """What is said of the environment, by what was looked at."""
    here = {"python": platform.python_version(), "platform": f"{sys.platform} x"}
    found = environment.check_environment(record(**{**here, **facts}))
    return {each.check: (each.state, each.text) for each in found}


def test_versions_that_differ_are_named():
    """Also those that are missing."""
    versions = {"pluggy": "0.0.1", "no-such-package": "1.0"}
    found = environment.check_environment(
        record(python="3.1.4", facts={"packages": {"distributions": versions}})
    )
    texts = " ".join(each.text for each in found)
    assert {State.DIFFERS} == {each.state for each in found}
    assert "3.1.4 was recorded" in texts
    assert "pluggy 0.0.1 is now" in texts
    assert "Not installed: no-such-package 1.0" in texts
    assert "No versions were recorded" in findings_of()["packages"][1]


def test_urls_are_not_checked_and_hostile_facts_are_no_data(tmp_path):
    """Each is said."""
    facts = {"a": {"url": "s3://b/c"}, "b": 7, "c": {"path": 7}}
    findings, copies = check_data(facts, "/x", tmp_path, tmp_path)
    assert ([State.DIFFERS] * 3, []) == ([each.state for each in findings], copies)


def test_data_outside_of_the_repository_stays_where_it_is(tmp_path):
    """It is not copied."""
    (tmp_path / "out.csv").write_text("1")
    digest = "6b86b273ff34fce19d6b804eff5a3f5747ada4eaa22f1d49c01e52ddb7875b4b"
    facts = {"a": {"path": str(tmp_path / "out.csv"), "size": 1, "sha256": digest}}
    findings, copies = check_data(facts, "/srv", Path("/srv"), tmp_path / "copy")
    assert ([State.OK], []) == ([each.state for each in findings], copies)


def test_a_folder_that_git_has_in_part_is_completed(tmp_path):
    """The worktree gets what the run had."""
    for place in ("work", "copy"):
        (tmp_path / place / "data").mkdir(parents=True)
        (tmp_path / place / "data" / "a").write_text("1")
    (tmp_path / "work" / "data" / "b").write_text("2")
    source = tmp_path / "work" / "data"
    facts = {"data": {"path": str(source), **digest_path(source)}}
    findings, (copy,) = check_data(
        facts, str(tmp_path / "work"), tmp_path / "work", tmp_path / "copy"
    )
    assert [State.OK] == [each.state for each in findings]
    copy.make()
    assert digest_path(source) == digest_path(tmp_path / "copy" / "data")


def test_a_tool_of_the_environment_stays_where_it_is(tmp_path, monkeypatch):
    """Though the environment lies in the repository."""
    monkeypatch.setattr(sys, "prefix", "/srv/project/.venv")
    tool = "/srv/project/.venv/bin/tool"
    command, _ = command_of(f"python {tool} a", script=tool, sha256="0")
    assert [tool, "a"] == command.moved(tmp_path)[0]
    assert [] == check_script({"script": tool, "sha256": "0"}, "/srv/project", tmp_path)


@pytest.mark.parametrize("place", ["inside", "outside"])
def test_a_script_that_is_another_one_is_told_of(place, tmp_path):
    """Or that is gone."""
    root, worktree = tmp_path / "work", tmp_path / "copy"
    script = root / "a.py" if place == "inside" else tmp_path / "a.py"
    there = worktree / "a.py" if place == "inside" else script
    facts = {"script": str(script), "sha256": "0"}
    (finding,) = check_script(facts, str(root), worktree)
    assert State.PROBLEM is finding.state
    there.parent.mkdir(exist_ok=True)
    there.write_text("1")
    (finding,) = check_script(facts, str(root), worktree)
    assert State.DIFFERS is finding.state
    facts["sha256"] = digest_path(there)["sha256"]
    assert [] == check_script(facts, str(root), worktree)


def test_data_that_a_patch_leaves_out_is_looked_at_as_data():
    """It is not said twice."""
    facts = {"a": {"path": "/srv/data/a.npy"}, "b": {"path": "/other/b"}, "c": {"url": "x"}}
    paths = data_paths(facts, "/srv")
    assert {"data/a.npy"} == paths
    assert [] == git.find_omissions({"left_out": {"data/a.npy": "no text"}}, "/x.db", paths)
