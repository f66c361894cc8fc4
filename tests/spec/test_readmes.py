"""What the READMEs show runs as it stands there."""

from __future__ import annotations

import shlex
import subprocess
import sys

import pytest

from tests.preloaded import run_xt
from tests.readmes import blocks, printed
from xetrack import Reader


@pytest.fixture(scope="module")
def shown(tmp_path_factory):
    """What the Python of the README prints, and the folder it leaves."""
    folder = tmp_path_factory.mktemp("readme")
    code = "\n".join(blocks("README.md", "python"))
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "" == done.stderr
    return folder, done.stdout


def test_the_readme_prints_what_it_shows(shown):
    """The README prints what it shows: the quickstart, number for number."""
    ((_, text),) = printed("README.md")
    assert text == shown[1]


def test_the_readme_leaves_the_rows_that_it_tells_of(shown):
    """Of two runs, with all columns that its comments name."""
    folder, _ = shown
    rows = Reader(folder / "runs.db").select().dicts()
    assert [1.0, 0.421875**2, 0.125**2, None, 0.5, 0.25] == [row["loss"] for row in rows]
    assert (0.1, 2, "search", 0.9) == tuple(
        rows[3][name] for name in ("config_rate", "config_layers", "stage", "accuracy")
    )
    assert isinstance(rows[3]["cpu"], float)
    assert [None, None, None, True, True, True] == [row["best"] for row in rows]
    assert 3 == len(Reader.read_logs(folder / "logs"))
    assert 4 == len((folder / "run.csv").read_text().splitlines())
    assert 6 == len(Reader(folder / "all.db"))


def test_the_commands_of_the_readme_answer(shown):
    """The commands of the README answer, on the database that its Python made."""
    lines = [line for code in blocks("README.md", "bash") for line in code.splitlines()]
    commands = [shlex.split(line, comments=True)[1:] for line in lines if line.startswith("xt ")]
    done = {words[0]: run_xt(words, cwd=shown[0]) for words in commands}
    assert {0} == {one.code for one in done.values()}
    answers = {name: one.out for name, one in done.items()}
    assert ["runs", "head", "plot", "export"] == list(answers)
    assert 4 == len(answers["runs"].splitlines())
    assert "loss histogram" in answers["plot"]
    assert 7 == len((shown[0] / "rows.csv").read_text().splitlines())


def test_the_example_of_the_core_runs(tmp_path, monkeypatch, capsys):
    """It prints the one row it logs."""
    monkeypatch.chdir(tmp_path)
    (code,) = blocks("packages/xetrack-core/README.md", "python")
    exec(code, {})
    assert 1 == len(Reader("runs.db"))
    assert "'epoch': 1, 'loss': 0.25" in capsys.readouterr().out
