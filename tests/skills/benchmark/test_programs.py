"""The scripts as programs: what was typed wrong, where they work, and what they never do."""

from __future__ import annotations

import importlib
import os
import runpy
import shutil
import subprocess
import sys
from types import SimpleNamespace

import pytest

from tests.preloaded import run_command
from tests.skills.benchmark.cases import run, tracker
from tests.skills.benchmark.conftest import SCRIPTS, SKILL


@pytest.fixture(scope="module")
def database(tmp_path_factory):
    """A small benchmark."""
    path = tmp_path_factory.mktemp("benchmark") / "benchmark.db"
    run(path)
    return path


@pytest.mark.parametrize("name", SCRIPTS)
def test_what_is_mistyped_gets_a_sentence_with_what_to_type(script, database, tmp_path, name):
    """1 where something is not there, 2 where the command line is wrong; nothing is made."""
    (tmp_path / "page.md").write_text("# no database")
    shutil.copy(database, tmp_path / "benchmark.db")
    with tracker(tmp_path / "empty.db"):
        pass
    before = sorted(tmp_path.iterdir())
    for words, code, told in [
        (["bench.db", "predictions"], 1, "Did you mean 'benchmark.db'?"),
        (["benchmark.db", "prediction"], 1, "Did you mean 'predictions'? See: xt tables"),
        (["benchmark.db"], 1, "no table 'default' in 'benchmark.db'. There are: predictions."),
        (["empty.db", "predictions"], 1, "has no rows yet"),
        (["page.md", "predictions"], 1, "cannot be opened"),
        (["benchmark.db", "predictions", "--engine", "sqllite"], 1, "Did you mean 'sqlite'?"),
        (["benchmark.db", "predictions", "--input", "sample"], 1, "Did you mean 'sample_id'"),
        (["benchmark.db", "predictions", "--config", "x_*"], 1, "See: xt columns benchmark.db"),
        (["benchmark.db", "predictions", "--split", "splt"], 1, "no column 'splt'"),
        (["benchmark.db", "predictions", "--jsn"], 2, "Did you mean '--json'? See:"),
        (["benchmark.db", "predictions", "--js"], 2, "There is no option '--js'."),
        (["benchmark.db", "predictions", "more"], 2, "'more' is too much"),
        (["benchmark.db", "predictions", "--split"], 2, "expected one argument."),
        ([], 2, f"arguments are required: DB. See: {name}.py --help"),
    ]:
        done = script(name, *words)
        assert (code, "") == (done.code, done.out), words
        assert told in done.err, words
        assert done.err.startswith("Error: "), words
        assert 1 == done.err.count("\n"), words
    assert before == sorted(tmp_path.iterdir())


@pytest.mark.parametrize("name", SCRIPTS)
def test_help_fits_the_terminal(script, name):
    """Help fits the terminal, and tells the exit codes."""
    done = script(name, "--help")
    assert (0, "") == (done.code, done.err)
    assert done.out.startswith(f"usage: {name}.py ")
    assert "exit code is 0" in " ".join(done.out.split())
    assert max(map(len, done.out.splitlines())) <= 80


def test_a_copy_of_the_skill_works_alone(database, tmp_path):
    """As a process, from a folder that is no part of the repository; a pipe may be closed."""
    copied = tmp_path / "elsewhere" / "benchmark"
    shutil.copytree(SKILL, copied, ignore=shutil.ignore_patterns("__pycache__"))
    command = [sys.executable, "-W", "error", copied / "scripts" / "validate_benchmark.py"]
    done = run_command(
        [*command, database, "predictions"], capture_output=True, text=True, check=False
    )
    assert (0, "") == (done.returncode, done.stderr)
    assert done.stdout.endswith("0 problems\n")
    ours, theirs = os.pipe()
    os.close(ours)
    done = subprocess.run(
        [*command, database, "predictions"], stdout=theirs, stderr=subprocess.PIPE, check=False
    )
    os.close(theirs)
    assert (0, b"") == (done.returncode, done.stderr)


def test_without_xetrack_they_say_what_to_install():
    """Without xetrack they say what to install, instead of a traceback."""
    command = [sys.executable, "-S", SKILL / "scripts" / "validate_benchmark.py", "x.db"]
    clean = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    done = subprocess.run(command, env=clean, capture_output=True, text=True, check=False)
    assert (1, "") == (done.returncode, done.stdout)
    told = "Error: xetrack is not installed for this Python. Type: pip install xetrack\n"
    assert told == done.stderr


MODULES = sorted(path.name for path in (SKILL / "scripts").glob("benchmark_*.py"))


@pytest.mark.parametrize("name", MODULES)
def test_a_part_of_the_scripts_says_which_scripts_there_are(name, capsys):
    """Exit code 2, in a sentence, instead of silence or a traceback."""
    with pytest.raises(SystemExit) as leaving:
        runpy.run_path(str(SKILL / "scripts" / name), run_name="__main__")
    done = capsys.readouterr()
    assert (2, "") == (leaving.value.code, done.out)
    assert done.err.startswith(f"Error: {name} does nothing by itself; it is a part of validate_")
    assert done.err.endswith("Type: python validate_benchmark.py --help\n")
    assert len(MODULES) == 9


class Trap:
    """An object that runs code when it is unpickled."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return open, (self.path, "w")


@pytest.mark.parametrize("name", SCRIPTS)
def test_nothing_is_unpickled(script, tmp_path, name, monkeypatch):
    """Nothing is unpickled, not even what this user stored."""
    monkeypatch.setenv("XETRACK_TRUST", "1")
    run(tmp_path / "b.db", cache=tmp_path / "cache")
    with tracker(tmp_path / "b.db", cache=tmp_path / "cache") as tracking:
        trap = Trap(str(tmp_path / "sprung"))
        tracking.track(lambda: {"model": trap})
        tracking.log({"model": trap})
    (tmp_path / "sprung").unlink(missing_ok=True)  # storing it may have checked that it loads
    assert script(name, "b.db", "predictions", "--json").json["table"] == "predictions"
    assert not (tmp_path / "sprung").exists()


def test_no_password_is_shown(script, database, monkeypatch):
    """What is shown of a database is what its engine shows."""
    table = importlib.import_module("benchmark_table")
    shown = "postgresql://me:***@host/runs"

    class Elsewhere(table.Reader):
        engine = SimpleNamespace(location=shown)

    monkeypatch.setattr(table, "Reader", Elsewhere)
    for words in (["predictions"], ["predictions", "--json"], ["prediction"]):
        done = script("validate_benchmark", database, *words)
        assert shown in done.out + done.err
        assert str(database) not in done.out + done.err


def test_rows_that_come_meanwhile_are_left_for_the_next_time(database, tmp_path):
    """All columns have as many cells; if rows go away, that is said."""
    path = shutil.copy(database, tmp_path / "b.db")
    module = importlib.import_module("benchmark_table")
    asked = importlib.import_module("validate_benchmark").parser()
    with module.opened(asked.parse_args([str(path), "predictions"])) as table:
        run(path)
        assert 8 == len(table.cells("args")) == len(table.cells("track_id"))
        with module.Reader(path, table="predictions") as reader:
            for run_id in set(reader.select(["track_id"]).cells[0]):
                reader.delete_run(run_id)
        with pytest.raises(module.RowsWentAwayError, match=r"deleted meanwhile\. Try again"):
            table.cells("timestamp")
