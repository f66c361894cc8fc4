"""What the READMEs show runs as it stands there."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from xetrack import Reader

ROOT = Path(__file__).resolve().parents[2]
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```", re.DOTALL | re.MULTILINE)


def blocks(readme, language):
    """The code of one language in a README."""
    return [
        code for name, code in BLOCK.findall((ROOT / readme).read_text("utf-8")) if name == language
    ]


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


def test_the_readme_leaves_the_rows_that_it_tells_of(shown):
    """Of two runs, with all columns that its comments name."""
    folder, printed = shown
    assert all(word in printed for word in ("resnet18", "function_time", "accuracy", "train"))
    rows = Reader(folder / "runs.db").select().dicts()
    assert [0.91, 0.9, 0.9, None, None] == [row["accuracy"] for row in rows]
    assert (0.1, 2, "search") == tuple(
        rows[2][name] for name in ("config_rate", "config_layers", "stage")
    )
    assert isinstance(rows[2]["cpu"], float)
    assert [None, None, True, True, True] == [row["best"] for row in rows]
    assert 3 == len(Reader.read_logs(folder / "logs"))
    assert 4 == len((folder / "run.csv").read_text().splitlines())


def test_the_commands_of_the_readme_answer(shown):
    """On the database that its Python made."""
    lines = [line for code in blocks("README.md", "bash") for line in code.splitlines()]
    commands = [line for line in lines if line.startswith("xt ")]
    answers = [
        subprocess.run(
            [sys.executable, "-m", "xetrack_cli", *shlex.split(command)[1:]],
            cwd=shown[0],
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for command in commands
    ]
    assert ["xt head runs.db", "xt sql"] == [commands[0], commands[1][:6]]
    assert "| resnet18 |            0.91 |" in answers[1]
    assert 7 == len(answers[0].splitlines())


def test_the_example_of_the_core_runs(tmp_path, monkeypatch, capsys):
    """It prints the one row it logs."""
    monkeypatch.chdir(tmp_path)
    (code,) = blocks("packages/xetrack-core/README.md", "python")
    exec(code, {})
    assert 1 == len(Reader("runs.db"))
    assert "timestamp" in capsys.readouterr().out
