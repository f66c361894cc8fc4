"""What the pages show runs as it stands there, and prints what they say."""

from __future__ import annotations

import os
import shutil
import sys

import pytest

from tests.preloaded import PIPE, run_command
from tests.run_page import blocks
from tools.workspace import ROOT

ELSEWHERE = {
    "docs/plugins.md": "tests/testing/test_docs.py looks at what its code defines",
    "docs/howto/postgres.md": "tests/postgres/test_page.py has a server",
    "docs/howto/objects.md": "tests/objects/test_page.py has one, too",
    "docs/howto/reproduce.md": "tests/reproduce/test_page.py has the usual recorders",
    "docs/howto/teams.md": "make teams does what it says, with real servers",
    "packages/xetrack-postgres/README.md": "likewise",
}
PAGES = [
    str(path.relative_to(ROOT))
    for path in sorted([*ROOT.glob("docs/**/*.md"), *ROOT.glob("packages/*/README.md")])
    if blocks(path.read_text("utf-8"), "python", "bash")
]
OLD = ROOT / "tests/fixtures/old"


def run_page(page, folder, *replaced):
    """Run a page in a process of its own, and return what is wrong with it."""
    code = (
        f"import sys\nsys.path.append({str(ROOT)!r})\n"
        "from tests.run_page import main\nmain(*sys.argv[1:])"
    )
    # What runs of groups say at their ends goes to stderr, where nothing else may be.
    env = {**os.environ, "PYTHONWARNINGS": "error", "COLUMNS": "80", "XETRACK_QUIET": "1"}
    command = [sys.executable, "-c", code, ROOT / page, *replaced]
    done = run_command(command, cwd=folder, env=env, stderr=PIPE, text=True)
    return done.stderr or (done.returncode and f"it ended with {done.returncode}")


@pytest.mark.parametrize("page", [page for page in PAGES if page not in ELSEWHERE])
def test_a_page_runs(page, tmp_path):
    """All its code, one block after the other."""
    shutil.copy(OLD / "runs.db", tmp_path / "old.db")
    shutil.copytree(OLD / "cache", tmp_path / "old-cache")
    assert not run_page(page, tmp_path)


def test_what_runs_elsewhere_is_there():
    """No page is passed over that is gone."""
    assert ELSEWHERE.keys() <= set(PAGES)


@pytest.mark.parametrize(
    ("page", "wrong"),
    [
        ("```python\nprint(1)\n```\n\n```text\n2\n```\n", "page.md:6: something else was printed"),
        ("```bash\nfalse\n```\n", "page.md:2: bash ended with 1"),
        ("```bash\nxt head none.db\n```\n", "page.md:2: bash ended with 1"),
        ("```bash\npip install xetrack[none]\n```\n", "nothing is installed by pip install"),
        ("```python\nprint(\n```\n", "SyntaxError"),
        ("```python\nimport warnings\nwarnings.warn('x')\n```\n", "UserWarning"),
    ],
)
def test_a_page_that_is_wrong_does_not_run(page, wrong, tmp_path):
    """It says where, and what."""
    (tmp_path / "page.md").write_text(page)
    assert wrong in run_page(tmp_path / "page.md", tmp_path)
