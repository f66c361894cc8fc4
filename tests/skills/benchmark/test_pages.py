"""Everything that the pages of the skills show runs as it stands there, from top to bottom."""

from __future__ import annotations

import contextlib
import re
import runpy
import shlex
import subprocess
import sys
import warnings
from pathlib import Path

import pytest

from tests.skills.benchmark.conftest import SKILL
from tools.workspace import ROOT
from xetrack import Reader
from xetrack_cli.__main__ import main

SKILLS = ROOT / "skills"
PAGES = [
    str(page.relative_to(SKILLS))
    for skill in ("benchmark", "xetrack")
    for page in sorted((SKILLS / skill).rglob("*.md"))
]
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```", re.DOTALL | re.MULTILINE)
SQL = "benchmark/references/duckdb-analysis.md"


def blocks(page, language):
    """The code of one language on a page, as one program."""
    text = (SKILLS / page).read_text("utf-8")
    return "\n\n".join(code for name, code in BLOCK.findall(text) if name == language)


@pytest.fixture
def program(tmp_path, monkeypatch):
    """Write the Python of a page as `benchmark.py` into a folder of its own, and go there."""

    def write(page):
        monkeypatch.chdir(tmp_path)
        Path("benchmark.py").write_text(blocks(page, "python"), "utf-8")
        return page

    return write


def shell(line, patch):
    """Do what a shell does with a line, in this process, because that is quick."""
    line, _, path = line.partition(" > ")
    program, *words = shlex.split(line.replace("$SKILL", str(SKILL)))
    with contextlib.ExitStack() as stack:
        if path:
            out = stack.enter_context(Path(path).open("w", encoding="utf-8"))
            stack.enter_context(contextlib.redirect_stdout(out))
        if program == "xt":
            return main(words)
        assert "python" == program
        patch.setattr(sys, "argv", words)
        try:
            runpy.run_path(words[0], run_name="__main__")
        except SystemExit as leaving:
            return leaving.code
    return 0


@pytest.mark.parametrize("page", PAGES)
def test_what_a_page_shows_runs(page, program, capfd, monkeypatch):
    """Its Python is one program, and its commands run on what that leaves."""
    monkeypatch.setattr(warnings, "showwarning", warnings.showwarning)  # `xt` sets its own
    program(page)
    if "Executor(" in blocks(page, "python"):  # forks, which a process of tests should not
        subprocess.run([sys.executable, "-W", "error", "benchmark.py"], check=True)
    else:
        runpy.run_path("benchmark.py", run_name="__main__")
    assert "" == capfd.readouterr().err
    for line in filter(None, blocks(page, "bash").splitlines()):
        assert 0 == shell(line, monkeypatch), (line, capfd.readouterr().err)


def test_every_block_is_python_a_command_or_no_code():
    """So none is passed over by the test above."""
    for page in PAGES:
        languages = {name for name, _ in BLOCK.findall((SKILLS / page).read_text("utf-8"))}
        assert languages <= {"python", "bash", "text"}, page
    assert len(PAGES) == 8


def test_the_program_of_the_skill_leaves_what_it_tells_of(program):
    """The second run computes nothing; metrics come from predictions."""
    program("benchmark/SKILL.md")
    for _ in range(2):
        runpy.run_path("benchmark.py", run_name="__main__")
    with Reader("benchmark.db", table="predictions") as reader:
        first, second = reader.sql(
            "SELECT count(*) AS n, sum(cache != '') AS hits FROM predictions GROUP BY track_id"
            " ORDER BY min(timestamp)"
        ).to_dict("records")
    assert ({"n": 30, "hits": 0}, {"n": 30, "hits": 30}) == (first, second)
    accuracies = Reader("benchmark.db", table="metrics").select(["accuracy"]).cells[0]
    assert [1.0, 1.0, 0.6] * 2 == accuracies


def test_queries_for_any_engine_run_in_sqlite(program, capsys):
    """As they run in DuckDB, where their headings say so."""
    program(SQL)
    text = (SKILLS / SQL).read_text("utf-8")
    _, first, *others = re.split(r"^# .*$|^## ", text, flags=re.MULTILINE)
    chosen = [part for part in others if "(any engine)" in part.partition("\n")[0]]
    assert len(chosen) == 5
    shown = {}
    for part in (first.replace('engine="duckdb", ', ""), *chosen):
        for name, code in BLOCK.findall(part):
            if name == "python" and "any_value" not in code:
                exec(code, shown)
    assert type(shown["db"].engine).__name__ == "SQLiteEngine"
    assert "only_first" in capsys.readouterr().out
    shown["db"].close()
