"""`xt plugins new` writes a plugin that passes its own tests."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from xetrack_cli.__main__ import main
from xetrack_cli.scaffold import PART_TEMPLATES, render_project

KINDS = list(PART_TEMPLATES)


def pytest_in(folder, *paths):
    """Run the tests of a project, as its author does."""
    path = os.pathsep.join(map(str, paths))
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-rs", "-p", "no:cacheprovider"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.timeout(200)
@pytest.mark.parametrize("kind", KINDS)
def test_what_is_written_passes_its_own_tests_at_once(tmp_path, monkeypatch, capsys, kind):
    """Without being installed: only what asks about that is left out, with the command to type."""
    monkeypatch.chdir(tmp_path)
    assert 0 == main(["plugins", "new", "my-demo", "--kind", kind])
    assert "cd xetrack-my-demo && pip install -e '.[test]' && pytest" in capsys.readouterr().out
    done = pytest_in(tmp_path / "xetrack-my-demo")
    assert (0, "") == (done.returncode, done.stderr), done.stdout
    assert "not installed yet; type: pip install -e ." in done.stdout
    assert " passed" in done.stdout


@pytest.mark.timeout(200)
@pytest.mark.parametrize("kind", ["engine", "command"])
def test_what_is_written_can_be_installed_and_is_a_plugin(tmp_path, monkeypatch, capsys, kind):
    """Its contract as a plugin is no longer left out, and `xt plugins --check` has no complaint."""
    monkeypatch.chdir(tmp_path)
    assert 0 == main(["plugins", "new", "xetrack-demo", "--kind", kind])
    project, site = tmp_path / "xetrack-demo", tmp_path / "site"
    uv = Path(sys.executable).with_name("uv")
    subprocess.run(
        [
            *(uv, "pip", "install", "--quiet", "--offline", "--python", sys.executable),
            *("--no-deps", "--no-build-isolation", "--target", site, project),
        ],
        check=True,
    )
    project.joinpath("pytest.ini").write_text("[pytest]\nfilterwarnings = error\n")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "tests", "-k", "TestPlugin or counted"],
        cwd=project,
        env={**os.environ, "PYTHONPATH": str(site)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert 0 == done.returncode, done.stdout
    assert "skipped" not in done.stdout


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_written_has_no_name_of_the_example_that_it_is_made_of(kind):
    """Nor a part of it that is of another kind, whatever the new name contains."""
    texts = render_project("example2-redis", kind)
    names = re.compile(r"xetrack[-_]example(?!2)|Example(?!2)|Journal(Engine|Cache)|LoadProbe")
    assert {} == {path: names.findall(text) for path, text in texts.items() if names.search(text)}
    plugin = texts["src/xetrack_example2_redis/plugin.py"]
    assert 1 == plugin.count("@hookimpl") == plugin.count("Component(\n")
    assert 'name="example2-redis"' in plugin


@pytest.mark.parametrize("name", ["Demo", "1demo", "a_b", "a b", "../x", "", "demo-", "é"])
def test_a_name_that_is_none_is_refused(tmp_path, monkeypatch, capsys, name):
    """A name that is none is refused, and nothing is written."""
    monkeypatch.chdir(tmp_path)
    assert 1 == main(["plugins", "new", name, "--kind", "sink"])
    assert "lower-case letters" in capsys.readouterr().err
    assert [] == list(tmp_path.iterdir())


def test_what_exists_is_not_touched(tmp_path, monkeypatch, capsys):
    """What exists is not touched, neither a folder nor a file."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "xetrack-demo").write_text("mine")
    assert 1 == main(["plugins", "new", "demo", "--kind", "sink"])
    assert "it exists already" in capsys.readouterr().err
    assert "mine" == (tmp_path / "xetrack-demo").read_text()
    assert ["xetrack-demo"] == [path.name for path in tmp_path.iterdir()]


def test_a_project_is_made_where_it_is_asked_for(tmp_path, capsys):
    """Its folders too; all files are there."""
    assert 0 == main(["plugins", "new", "demo", "--kind", "probe", "--into", str(tmp_path / "a")])
    home = tmp_path / "a" / "xetrack-demo"
    files = {str(path.relative_to(home)) for path in home.rglob("*") if path.is_file()}
    tests = {"tests/test_plugin.py", "tests/test_probe.py"}
    source = {f"src/xetrack_demo/{n}" for n in ("__init__.py", "plugin.py", "probe.py", "py.typed")}
    assert {"LICENSE", "README.md", "pyproject.toml", *tests, *source} == files


def test_plugins_is_a_command_and_a_group(capsys):
    """`xt plugins` lists, and both have help."""
    assert 0 == main(["plugins", "--json"])
    assert 0 == main(["plugins", "--help"])
    assert "xt plugins new" in capsys.readouterr().out
    assert 0 == main(["plugins", "new", "--help"])
    assert "--kind" in capsys.readouterr().out
