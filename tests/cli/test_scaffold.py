"""`xt plugins new` writes a plugin that passes its own tests."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.preloaded import run_command
from xetrack_cli.__main__ import main
from xetrack_cli.scaffold.adding import with_hook
from xetrack_cli.scaffold.templates import PART_TEMPLATES, render_project

KINDS = list(PART_TEMPLATES)


ALONE = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
"""Plugins of pytest that this environment has take half a second, and a project needs none."""


def pytest_in(folder, *paths):
    """Run the tests of a project, as its author does."""
    path = os.pathsep.join(map(str, paths))
    return run_command(
        [sys.executable, "-m", "pytest", "-q", "-rs", "-p", "no:cacheprovider"],
        cwd=folder,
        env={**os.environ, **ALONE, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        timeout=150,
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
    assert 0 == main(["plugins", "new", "xetrack-guest", "--kind", kind])
    project, site = tmp_path / "xetrack-guest", tmp_path / "site"
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
        env={**os.environ, **ALONE, "PYTHONPATH": str(site)},
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
    names = re.compile(r"xetrack[-_ ]example(?!2)|Example(?!2)|Journal|LoadProbe|an? example(?!2)")
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


OURS = {
    "sqlite": ["engine", "asset-store", "sink"][:2],
    "skip": ["engine"],
    "duckdb": ["engine", "sink", "cache", "sql-runner"],
    "keyed": ["call-cache"],
    "ddb": ["engine"],
    "postgresql": ["engine", "cache"],
    "xetrack-postgres": ["command"],
    "core": ["probe"],
    "cli": ["command"],
    "testing": ["sink"],
    "example": ["sink"],
    "jsonl": ["sink"],
    "system": ["probe"],
    "pickle": ["codec"],
    "pandas": ["codec", "frame-backend"],
    "polars": ["frame-backend"],
    "diskcache": ["cache"],
    "json": ["format"],
    "markdown": ["format"],
    "head": ["command"],
    "stats": ["command"],
    "plugins": ["command"],
    "cache": ["command", "sink"],
}
"""Names of xetrack's own parts and distributions, and the kinds that cannot have them."""


@pytest.mark.parametrize(("name", "kind"), [(name, k) for name in OURS for k in OURS[name]])
def test_a_name_of_our_own_is_refused(tmp_path, monkeypatch, capsys, name, kind):
    """The message says whose it is, and nothing is written: the plugin could never be used."""
    monkeypatch.chdir(tmp_path)
    assert 1 == main(["plugins", "new", name, "--kind", kind])
    error = capsys.readouterr().err
    assert f"name={name!r} cannot be used. Give another name: " in error
    assert "xetrack-" in error or "of xt itself" in error
    assert [] == list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("name", "kind"), [("sqlite", "sink"), ("pickle", "probe"), ("head", "sink")]
)
def test_a_name_of_our_own_is_free_for_another_kind(tmp_path, name, kind):
    """Names are unique within their kind only."""
    assert 0 == main(["plugins", "new", name, "--kind", kind, "--into", str(tmp_path)])


def test_an_engine_is_a_skeleton_that_can_be_read_at_once():
    """On the base for tables in memory: five methods, and no more code than fits on two screens."""
    text = render_project("redis", "engine")["src/xetrack_redis/engine.py"]
    code = [line for line in text.splitlines() if line.strip() and not line.strip().startswith("#")]
    assert "class RedisEngine(MemoryEngine):" in text
    assert len(code) < 90


@pytest.mark.timeout(200)
def test_a_plugin_gets_parts_of_other_kinds(tmp_path, monkeypatch, capsys):
    """Beside it and inside it; all its tests pass, and what was there is as it was."""
    monkeypatch.chdir(tmp_path)
    assert 0 == main(["plugins", "new", "redis", "--kind", "sink"])
    home = tmp_path / "xetrack-redis"
    before = {path: path.read_bytes() for path in home.rglob("*") if path.is_file()}
    plugin = home / "src" / "xetrack_redis" / "plugin.py"
    plugin.chmod(0o640)
    assert 0 == main(["plugins", "new", "redis", "--kind", "codec"])
    shown = capsys.readouterr().out
    assert "xetrack-redis has the codec 'redis' now: 2 new files (codec.py, test_codec.py)" in shown
    monkeypatch.chdir(home)
    for kind in ("probe", "frame-backend"):
        assert 0 == main(["plugins", "new", "redis", "--kind", kind])
    text = plugin.read_text()
    assert text.startswith(before.pop(plugin).decode())
    assert 0o640 == plugin.stat().st_mode & 0o777
    assert before == {path: path.read_bytes() for path in before}
    assert ["sinks", "codecs", "probes", "frame_backends"] == re.findall(r"def xetrack_(\w+)", text)
    done = pytest_in(home)
    assert (0, "") == (done.returncode, done.stderr), done.stdout
    assert [home] == list(tmp_path.iterdir())


def test_what_a_new_part_requires_is_told(tmp_path, capsys):
    """A cache needs signed bytes, which the plugin may not depend on yet; but only then."""
    into = ["--into", str(tmp_path)]
    assert 0 == main(["plugins", "new", "redis", "--kind", "sink", *into])
    assert 0 == main(["plugins", "new", "redis", "--kind", "cache", *into])
    assert "Add 'xetrack-cache>=1,<2' to its dependencies." in capsys.readouterr().out
    assert 0 == main(["plugins", "new", "redis", "--kind", "probe", *into])
    assert "dependencies" not in capsys.readouterr().out


def tree(folder):
    """Return the files of a folder, with what is in them."""
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize(
    ("path", "text", "said"),
    [
        ("", "", "it answers xetrack_sinks already"),
        ("src/xetrack_redis/probe.py", "mine", "probe.py"),
        ("tests/test_probe.py", "mine", "test_probe.py"),
        ("src/xetrack_redis/plugin.py", "def broken(:\n", "invalid syntax"),
        ("src/xetrack_redis/plugin.py", "xetrack_probes = None\n", "it answers xetrack_probes"),
        ("src/xetrack_redis/plugin.py", "from x import xetrack_probes\n", "answers xetrack_probes"),
    ],
)
def test_what_an_author_wrote_is_not_touched(tmp_path, capsys, path, text, said):
    """A part of that kind, a file of that name, what cannot be read: nothing is written."""
    into = ["--into", str(tmp_path)]
    assert 0 == main(["plugins", "new", "redis", "--kind", "sink", *into])
    if path:
        (tmp_path / "xetrack-redis" / path).write_text(text)
    before = tree(tmp_path)
    assert 1 == main(["plugins", "new", "redis", "--kind", "probe" if path else "sink", *into])
    assert said in capsys.readouterr().err
    assert before == tree(tmp_path)


@pytest.mark.parametrize(
    "entry", ['redis = "xetrack_redis.nowhere"', 'redis = "xetrack_redis.plugin:hooks"', ""]
)
def test_a_plugin_without_a_module_of_hooks_is_refused(tmp_path, capsys, entry):
    """The message says where the hook would have to go."""
    into = ["--into", str(tmp_path)]
    assert 0 == main(["plugins", "new", "redis", "--kind", "sink", *into])
    project = tmp_path / "xetrack-redis" / "pyproject.toml"
    project.write_text(project.read_text().replace('redis = "xetrack_redis.plugin"', entry))
    before = tree(tmp_path)
    assert 1 == main(["plugins", "new", "redis", "--kind", "probe", *into])
    assert "entry point in the group xetrack.plugins" in capsys.readouterr().err
    assert before == tree(tmp_path)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("project = 3\n", 0),
        ("a = " + "[" * 20_000, 0),
        ('[project]\nname = "xetrack-redis"\nentry-points = 3\n', 1),
        ('[project]\nname = "xetrack-redis"\n[project.entry-points]\n"xetrack.plugins" = 3\n', 1),
    ],
    ids=["no table", "too deep", "no groups", "no entry points"],
)
def test_a_project_of_another_form_is_none_or_refused(tmp_path, capsys, text, code):
    """In words; what it has in it stays."""
    (tmp_path / "pyproject.toml").write_text(text)
    assert code == main(["plugins", "new", "redis", "--kind", "sink", "--into", str(tmp_path)])
    assert ("entry point in the group" in capsys.readouterr().err) == bool(code)
    assert text == (tmp_path / "pyproject.toml").read_text()


HOOK = "\n\n@hookimpl\ndef xetrack_probes() -> list[Component]:\n    return []\n"


@pytest.mark.parametrize(
    ("text", "start"),
    [
        ("", "from xetrack.plugins import Component, hookimpl\n"),
        ('"""Mine."""\n', '"""Mine."""\nfrom xetrack.plugins import Component, hookimpl\n'),
        (
            "import os\nfrom xetrack.plugins import hookimpl\nx = 1\n\n\n",
            (
                "import os\nfrom xetrack.plugins import hookimpl\n"
                "from xetrack.plugins import Component\nx = 1\n"
            ),
        ),
        (
            "from xetrack.plugins import (\n    Component as C,\n    hookimpl,\n)\n",
            (
                "from xetrack.plugins import (\n    Component as C,\n    hookimpl,\n)\n"
                "from xetrack.plugins import Component\n"
            ),
        ),
        (
            "from xetrack.plugins import Component, hookimpl",
            "from xetrack.plugins import Component, hookimpl\n",
        ),
        (
            "from xetrack.plugins import Component, hookimpl\r\nx = 1\r\n",
            "from xetrack.plugins import Component, hookimpl\r\nx = 1\r\n",
        ),
    ],
)
def test_a_hook_comes_behind_whatever_is_there(text, start):
    """With the imports that it lacks, and the ends of lines of the file; what results is Python."""
    after = with_hook(text, HOOK)
    ending = "\r\n" if "\r\n" in text else "\n"
    assert start + HOOK.replace("\n", ending) == after
    names = {}
    exec(compile(after, "plugin", "exec"), names)
    assert [] == names["xetrack_probes"]()


def test_plugins_is_a_command_and_a_group(capsys):
    """`xt plugins` lists, and both have help."""
    assert 0 == main(["plugins", "--json"])
    assert 0 == main(["plugins", "--help"])
    assert "xt plugins new" in capsys.readouterr().out
    assert 0 == main(["plugins", "new", "--help"])
    assert "--kind" in capsys.readouterr().out
