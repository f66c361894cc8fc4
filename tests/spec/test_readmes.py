"""What the READMEs and the page with everything show runs as it stands there."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys

import pytest

from tests.preloaded import run_xt
from tests.readmes import blocks, printed, same_answer, sessions
from tools.check_links import FENCE, HERE, LINK
from tools.workspace import ROOT, distributions
from xetrack import Reader

PAGES = ["README.md", "docs/overview.md"]


@pytest.fixture(scope="module")
def shown(tmp_path_factory):
    """What the Python of a page prints, and the folder it leaves, by the page."""
    found = {}
    for page in PAGES:
        folder = tmp_path_factory.mktemp("readme")
        done = subprocess.run(
            [sys.executable, "-W", "error", "-c", "\n".join(blocks(page, "python"))],
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
        )
        assert "" == done.stderr
        found[page] = folder, done.stdout
    return found


@pytest.mark.parametrize("page", PAGES)
def test_a_page_prints_what_it_shows(shown, page):
    """It prints what it shows, number for number."""
    ((_, text),) = printed(page)
    assert text == shown[page][1]


def test_the_commands_of_the_readme_answer_as_it_shows(shown):
    """All cells are the same, but names that are drawn, and times."""
    folder, _ = shown["README.md"]
    answers = {
        words[1]: (run_xt(words[1:], cwd=folder), text) for words, text in sessions(PAGES[0])
    }
    assert ["runs", "sql"] == list(answers)
    for answer, text in answers.values():
        assert same_answer(text, answer.out)


READMES = [one.path.with_name("README.md") for one in distributions()]


@pytest.mark.parametrize("readme", READMES, ids=lambda path: path.parent.name)
def test_no_readme_has_a_relative_link(readme):
    """The package index shows them, where only whole addresses lead somewhere."""
    links = ["".join(link) for link in LINK.findall(FENCE.sub("", readme.read_text()))]
    assert [] == [link for link in links if not link.startswith("https://")]


def test_the_pictures_of_the_readme_are_in_the_repository():
    """They are shown from there."""
    pictures = re.findall(r"!\[[^\]]*\]\(([^)]*)\)", (ROOT / "README.md").read_text())
    assert pictures
    for picture in pictures:
        assert (ROOT / HERE.sub("", picture)).is_file()


def test_the_page_with_everything_leaves_the_rows_that_it_tells_of(shown):
    """Of two runs, with all columns that its comments name."""
    folder, _ = shown["docs/overview.md"]
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


def test_the_commands_of_the_page_with_everything_answer(shown):
    """They answer on the database that its Python made."""
    folder, _ = shown["docs/overview.md"]
    lines = [line for code in blocks("docs/overview.md", "bash") for line in code.splitlines()]
    commands = [shlex.split(line, comments=True)[1:] for line in lines if line.startswith("xt ")]
    done = {words[0]: run_xt(words, cwd=folder) for words in commands}
    assert {0} == {one.code for one in done.values()}
    answers = {name: one.out for name, one in done.items()}
    assert ["sql", "bottom", "runs", "head", "plot", "export"] == list(answers)
    assert 4 == len(answers["runs"].splitlines())
    assert "loss histogram" in answers["plot"]
    assert 7 == len((folder / "rows.csv").read_text().splitlines())


def test_the_example_of_the_core_runs(tmp_path, monkeypatch, capsys):
    """It prints the one row it logs."""
    monkeypatch.chdir(tmp_path)
    (code,) = blocks("packages/xetrack-core/README.md", "python")
    exec(code, {})
    assert 1 == len(Reader("runs.db"))
    assert "'epoch': 1, 'loss': 0.25" in capsys.readouterr().out
