"""What the skill's pages say is so: the commands run, in their order, and print what is shown."""

from __future__ import annotations

import json
import re
import shutil
import statistics
import subprocess
import sys
from pathlib import Path

import pytest

from tests.skills.git_versioning.conftest import SCRIPTS, Script, call, git, names
from xetrack import Reader

SKILL = SCRIPTS.parent
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```", re.DOTALL | re.MULTILINE)
PYTHON = ("experiment_explorer", "merge_artifacts", "model_manager", "version_tag")


@pytest.fixture
def run(environment, tmp_path, monkeypatch):
    """A function that runs a page beside a copy of the skill alone, and returns the folder."""
    skill = Path(shutil.copytree(SKILL, tmp_path / "a skill"))
    monkeypatch.setenv("SKILL", str(skill))
    monkeypatch.delenv("XETRACK_RECORDERS", raising=False)  # as users have it
    # The folder's own dvc stays in front of the environment's.
    here, tools = str(Path(sys.executable).parent), shutil.which("dvc")
    monkeypatch.setenv("PATH", f"{Path(tools).parent}:{here}:{environment}")

    def page(name):
        folder = tmp_path / "folder"
        folder.mkdir()
        blocks = BLOCK.findall((SKILL / name).read_text("utf-8"))
        script = "".join(code for language, code in blocks if language == "bash")
        done = call(["bash", "-euo", "pipefail", "-c", script], folder)
        for language, text in blocks:
            assert language == "bash" or text in done.stdout, (text, done.stdout)
        return folder

    return page


@pytest.mark.timeout(180)  # some forty processes, on a machine that may be busy
def test_an_experiment_goes_from_a_worktree_to_production(run):
    """Made, run, merged back, tagged, promoted and fetched by tag."""
    folder = run("references/workflows.md") / "project"
    with Reader(folder / "runs.db") as reader:
        runs = [row[0] for row in reader.select(["track_id"]).rows()]
    assert {"run-base", "run-late", "run-wide"} <= {*runs}
    assert len(runs) == len({*runs}) == 6
    assert "wide weights of wide\n" == (folder / "model-of-e0.1.0.out").read_text()
    assert "accuracy=0.98 | model=wide" in git(folder, "tag", "--list", "e0.1.0", "-n1")
    assert "wider" in git(folder, "log", "--oneline", "main")
    assert 6 == len((folder / "data" / "train.csv").read_text().splitlines())
    assert "" == git(folder, "status", "--porcelain")
    assert ["project"] == names(folder.parent)


@pytest.mark.timeout(180)
@pytest.mark.parametrize("page", ["merge-and-rebase.md", "models-and-tags.md"])
def test_the_other_pages_run_too(run, page):
    """The other pages run too, and print what they show."""
    run(f"references/{page}")


@pytest.mark.timeout(180)
def test_the_skill_is_one_program(run):
    """Its blocks in their order tag two experiments, each by the mean of its own three runs."""
    folder = run("SKILL.md") / "project"
    with Reader(folder / "runs.db") as reader:
        rows = reader.select(["model", "accuracy"]).rows()
    for tag, model in (("e0.0.1", "base"), ("e0.1.0", "wide")):
        facts = Script("version_tag", folder).json("show", tag)["facts"]
        theirs = [accuracy for name, accuracy in rows if name == model]
        assert (model, 3) == (facts["model"], facts["n"])
        assert statistics.fmean(theirs) == pytest.approx(facts["accuracy"])
        assert max(theirs) > facts["accuracy"]
        assert "dirty" not in facts  # a run changes its own database, and no code
    assert "" == git(folder, "status", "--porcelain")


def test_every_situation_has_its_command(environment):
    """All fourteen: the script is there, and takes the command and the options that are shown."""
    body = (SKILL / "SKILL.md").read_text("utf-8").partition("## Fourteen situations")[2]
    rows = re.findall(r"^\| (\d+) \|(.*)$", body.partition("\n## ")[0], re.MULTILINE)
    assert [str(number) for number in range(1, 15)] == [number for number, _ in rows]
    helped = {}
    for _, row in rows:
        shown = [one for one in re.findall(r"`([^`]+)`", row) if re.match(r"\w+\.(py|sh)", one)]
        assert shown, row
        for command in shown:
            script, *words = command.split()
            if script.endswith(".sh"):
                assert (SCRIPTS / script).is_file()
                continue
            if (script, words[0]) not in helped:
                asked = [sys.executable, SCRIPTS / script, words[0], "--help"]
                helped[script, words[0]] = call(asked, SKILL).stdout
            for option in (word for word in words if word.startswith("--")):
                assert option in helped[script, words[0]], command


def test_the_skill_can_be_found_and_names_what_it_has():
    """The skill can be found and names what it has, by its front matter and its manifest."""
    text = (SKILL / "SKILL.md").read_text("utf-8")
    _, front, body = text.split("---\n", 2)
    fields = dict(line.split(": ", 1) for line in front.splitlines())
    assert SKILL.name == fields["name"]
    assert 1024 >= len(fields["description"])
    assert 500 >= len(fields["compatibility"])
    assert 500 > len(body.splitlines())
    for script in [*PYTHON, "setup_worktree"]:
        assert f"`scripts/{script}." in body
    for page in (SKILL / "references").iterdir():
        assert f"(references/{page.name})" in body
    manifest = json.loads((SKILL / ".claude-plugin" / "plugin.json").read_text("utf-8"))
    assert SKILL.name == manifest["name"]
    # A version that no release raises would keep users from every change.
    assert "version" not in manifest
    assert not (SKILL / "skills").exists()


def test_every_command_helps(environment):
    """Each script, run as a program, names its commands and its exit codes."""
    body = (SKILL / "SKILL.md").read_text("utf-8")
    for script in PYTHON:
        helped = call([sys.executable, SCRIPTS / f"{script}.py", "--help"], SKILL).stdout
        commands = re.findall(r"^    ([a-z][a-z-]+)(?: |$)", helped, re.MULTILINE)
        (row,) = [line for line in body.splitlines() if line.startswith(f"| `scripts/{script}.py`")]
        assert re.findall(r"`([a-z-]+)`", row) == commands
        assert "Exit codes: 0 done, 1 what was asked for failed, 2 wrong usage." in helped
        assert all(80 >= len(line) for line in helped.splitlines())
    helped = call([SCRIPTS / "setup_worktree.sh", "--help"], "/").stdout
    assert "Exit codes:" in helped
    assert all(100 >= len(line) for line in helped.splitlines())


def test_a_wrong_command_line_is_told_in_one_line_with_what_to_type(bare, monkeypatch):
    """A wrong command line is reported in one line with what to type, with exit code 2 and no
    output.
    """
    monkeypatch.setattr(sys, "argv", ["version_tag.py"])
    script = Script("version_tag", bare)
    for words, told in [
        ([], "The following arguments are required: COMMAND. See: version_tag.py --help"),
        (["shw"], "invalid choice: 'shw'"),
        (["show"], "The following arguments are required: tag. See: version_tag.py show --help"),
        (["show", "x", "--jsn"], "There is no option '--jsn'. Did you mean '--json'? See: version"),
        (["show", "x", "--js"], "There is no option '--js'."),
        (
            ["show", "x", "y"],
            "'y' is too much, or needs quotes around it. See: version_tag.py show",
        ),
    ]:
        said = script.fails(*words, code=2)
        assert told in said, words
        assert (said.startswith("Error: "), 1) == (True, said.count("\n")), words
    assert script.fails("show", "nothing").startswith("Error: ")
    said = call([SCRIPTS / "setup_worktree.sh", "--bas"], bare, 2).stderr
    assert "Error: There is no option --bas. See: setup_worktree.sh --help\n" == said


def test_a_reader_who_has_seen_enough_ends_a_script_quietly(bare):
    """A reader who has seen enough ends a script quietly, as in `... list | head -0`."""
    script = SCRIPTS / "version_tag.py"
    command = f"set -o pipefail; '{sys.executable}' '{script}' list | true"
    done = subprocess.run(["bash", "-c", command], cwd=bare, capture_output=True, check=False)
    assert (0, b"") == (done.returncode, done.stderr)


def test_without_xetrack_it_says_what_to_install(environment, tmp_path):
    """Without xetrack it says what to install, instead of a traceback."""
    done = call([sys.executable, "-E", "-s", "-S", SCRIPTS / "version_tag.py", "list"], tmp_path, 1)
    assert "xetrack is not installed. Type:" in done.stderr
