"""The five plugins that show how far the door is open: built, installed beside ours, and tested."""

from __future__ import annotations

import os
import shutil

import pytest

from tests.workspace.environments import Environment
from tools.workspace import ROOT, distributions

PLUGINS = sorted((ROOT / "examples" / "plugins").glob("xetrack-*"))

pytestmark = [
    pytest.mark.skipif(
        "XETRACK_TEST_STRANGERS" not in os.environ,
        reason="takes minutes, and installs what the plugins are made for: make strangers",
    ),
    pytest.mark.timeout(1_200),
]


@pytest.fixture(scope="module")
def environment(tmp_path_factory, dist, build):
    """An environment with all that xetrack has, and all five."""
    for plugin in PLUGINS:
        build(plugin, dist)
    made = Environment(tmp_path_factory.mktemp("strangers") / "venv")
    ours = [f"xetrack[all]=={distributions()[0].version}", "pandas"]
    made.uv("--find-links", dist, *ours, *(f"{plugin.name}[test]" for plugin in PLUGINS))
    return made


@pytest.mark.parametrize("plugin", PLUGINS, ids=lambda plugin: plugin.name)
def test_a_plugin_passes_the_kit_from_its_wheel(environment, plugin, tmp_path):
    """All its tests, none of which is skipped: contracts, the whole product, and its own."""
    shutil.copytree(plugin / "tests", tmp_path / "tests")
    shutil.copy(plugin / "pyproject.toml", tmp_path)
    command = ("python", "-m", "pytest", "-q", "-p", "no:cacheprovider", "--rootdir", tmp_path)
    summary = environment.run(*command, tmp_path).splitlines()[-1]
    assert "skipped" not in summary
    assert " passed" in summary


def test_nothing_of_them_is_refused(environment):
    """Beside each other and all of ours."""
    parts = environment.parts()
    names = {"lmdb", "fsspec", "redis", "otel", "report"}
    assert names == {name for (_, name), by in parts.items() if by in {p.name for p in PLUGINS}}
    environment.run("xt", "plugins", "--check")
