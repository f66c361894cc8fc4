"""The wheels, installed with plain pip into fresh environments, as users install them."""

from __future__ import annotations

import subprocess

import pytest

from tests.readmes import blocks, printed, same_answer, sessions
from tools.workspace import ROOT, distributions

VERSION = distributions()[0].version

EVERYTHING = {
    "xetrack",
    "xetrack_arrow",
    "xetrack_assets",
    "xetrack_cache",
    "xetrack_cli",
    "xetrack_duckdb",
    "xetrack_objects",
    "xetrack_postgres",
    "xetrack_reproduce",
    "xetrack_ui",
}


@pytest.mark.timeout(180)
def test_core_alone(fresh):
    """xetrack-core gives `import xetrack` and no command, and reads its rows without pandas."""
    environment = fresh(f"xetrack-core=={VERSION}")
    assert (VERSION, {"xetrack"}) == environment.importable({*EVERYTHING, "pandas", "numpy"})
    assert not (environment.bin / "xt").exists()
    assert "1 [{'x': 1}]\n" == environment.run("python", "-W", "error", "-c", ROWS)
    files = (environment.folder / "lib").rglob("*")
    assert sum(path.stat().st_size for path in files if path.is_file()) < 20_000_000


ROWS = """
from xetrack import Reader, Tracker
with Tracker("x.db") as tracker:
    tracker.log({"x": 1})
    print(tracker[-1]["x"], Reader("x.db").select(["x"]).dicts())
"""


@pytest.mark.timeout(180)
def test_core_and_cli(fresh, tmp_path):
    """`pip install xetrack` is core and CLI; `xt` says what is there, and what brings more."""
    environment = fresh(f"xetrack=={VERSION}")
    assert (VERSION, {"xetrack", "xetrack_cli"}) == environment.importable(EVERYTHING)
    parts = environment.parts()
    assert "xetrack-core" == parts["engine", "sqlite"]
    assert {"xetrack-core", "xetrack-cli"} >= set(parts.values())
    for extra in ("assets", "cache"):
        message = environment.refused("xt", extra, "ls", "x.db")
        assert f"'xetrack[{extra}]'" in message
    shows_what_the_readme_shows(environment)
    for name, extra in (
        ("06_caching", "cache"),
        ("10_command_line", "plot"),
        ("12_duckdb", "duckdb"),
    ):
        example = [environment.bin / "python", ROOT / "examples" / f"{name}.py", tmp_path / name]
        done = subprocess.run(example, capture_output=True, text=True, check=False)
        assert 77 == done.returncode  # what `run_all` takes for "not run"
        assert f"'xetrack[{extra}]'" in done.stderr


def shows_what_the_readme_shows(environment):
    """The README, number for number, in Python and from the shell."""
    ((_, text),) = printed("README.md")
    code = "\n".join(blocks("README.md", "python"))
    assert text == environment.run("python", "-W", "error", "-c", code)
    shown = sessions("README.md")
    assert ["runs", "sql"] == [words[1] for words, _ in shown]
    for words, answer in shown:
        assert same_answer(answer, environment.run(*words))
