"""Everything that the pages of the skills show runs as it stands there, from top to bottom."""

from __future__ import annotations

import contextlib
import linecache
import re
import runpy
import shlex
import subprocess
import sys
import types
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


class Script:
    """The Python of a page: one script, which goes on where it stopped to type a command.

    Its text lies in `benchmark.py`, for commands that run it, and as caches ask for the source.
    """

    def __init__(self, patch):
        self.module = types.ModuleType("__main__")
        self.path = str(Path("benchmark.py").absolute())
        self.module.__file__ = self.path
        patch.setitem(sys.modules, "__main__", self.module)
        self.shown = self.ran = ""

    def show(self, code):
        """Add a block."""
        self.shown += f"{code}\n\n"
        Path("benchmark.py").write_text(self.shown, "utf-8")

    def run(self):
        """Run what was added since."""
        part = self.shown.removeprefix(self.ran)
        if "Executor(" in part:  # forks, which a process of tests should not
            subprocess.run([sys.executable, "-W", "error", "benchmark.py"], check=True)
        elif part:
            linecache.checkcache()
            lines = "\n" * self.ran.count("\n")
            exec(compile(lines + part, self.path, "exec"), self.module.__dict__)
        self.ran = self.shown


@pytest.mark.parametrize("page", PAGES)
def test_what_a_page_shows_runs(page, tmp_path, capfd, monkeypatch):
    """From top to bottom, its Python as one script, and its commands on what that left so far."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(warnings, "showwarning", warnings.showwarning)  # `xt` sets its own
    script = Script(monkeypatch)
    for language, code in BLOCK.findall((SKILLS / page).read_text("utf-8")):
        if language == "python":
            script.show(code)
        elif language == "bash":
            if "python benchmark.py\n" in code:  # the page itself says when it is run
                script.ran = script.shown
            script.run()
            assert "" == capfd.readouterr().err
            for line in filter(None, code.splitlines()):
                assert 0 == shell(line, monkeypatch), (line, *capfd.readouterr())
            capfd.readouterr()  # what commands say beside their answers
    script.run()
    assert "" == capfd.readouterr().err


def test_every_block_is_python_a_command_or_no_code():
    """So none is passed over by the test above."""
    for page in PAGES:
        languages = {name for name, _ in BLOCK.findall((SKILLS / page).read_text("utf-8"))}
        assert languages <= {"python", "bash", "text"}, page
    assert len(PAGES) == 8


def test_the_program_of_the_skill_leaves_what_it_tells_of(program):
    """The second run computes only what failed; metrics come from predictions, a row a seed."""
    program("benchmark/SKILL.md")
    for _ in range(2):
        runpy.run_path("benchmark.py", run_name="__main__")
    with Reader("benchmark.db", table="predictions") as reader:
        first, second = reader.sql(
            "SELECT count(*) AS n, sum(cache != '') AS hits, sum(error != '') AS errors"
            " FROM predictions GROUP BY track_id ORDER BY min(timestamp)"
        ).to_dict("records")
    assert {"n": 315, "hits": 0, "errors": 29} == first
    assert {"n": 315, "hits": 286, "errors": 29} == second
    with Reader("benchmark.db", table="metrics") as reader:
        rows = reader.select().dicts()
    assert 2 * 3 * 5 == len(rows)
    assert {21} == {row["items"] for row in rows}
    assert 2 * 29 == sum(row["errors"] for row in rows)


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


NO_RESULTS = (
    "GROUP BY error",  # counts failures
    "GROUP BY sample_id HAVING",  # looks for inputs that nobody gets right
    "FROM seeds GROUP BY",  # the last step: a mean of what each seed gave
    "a `GROUP BY` over",  # a figure of speed
)
"""Groupings that need no seed."""


def test_every_grouping_of_results_has_the_seed():
    """In the pages, templates and scripts; what is grouped without it is named here."""
    groupings = 0
    for path in sorted((SKILLS / "benchmark").rglob("*")):
        if path.suffix not in {".md", ".py"}:
            continue
        text = " ".join(path.read_text("utf-8").split())
        for match in re.finditer(r"GROUP BY\b", text):
            around = text[max(0, match.start() - 11) : match.end() + 90]
            groupings += 1
            known = any(one in around for one in NO_RESULTS)
            assert known or re.search("seed|repetition|GROUP BY ALL", around), (path, around)
    assert groupings > 12
