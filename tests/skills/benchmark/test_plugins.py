"""What a marketplace of plugins reads: names, descriptions, and paths that exist."""

from __future__ import annotations

import json
import re

import pytest

from tools.workspace import ROOT

MARKETPLACE = json.loads((ROOT / ".claude-plugin" / "marketplace.json").read_text("utf-8"))
PLUGINS = {plugin["name"]: plugin for plugin in MARKETPLACE["plugins"]}
OURS = ("benchmark", "xetrack")


def front_matter(skill):
    """The lines between the first two rules of a SKILL.md, by name."""
    text = (ROOT / "skills" / skill / "SKILL.md").read_text("utf-8")
    assert text.startswith("---\n")
    lines = text.split("---\n")[1].splitlines()
    return dict(line.split(": ", 1) for line in lines)


def test_the_marketplace_has_the_three_skills():
    """Under the names that `/plugin install NAME@xetrack` takes."""
    assert ("xetrack", "The xetrack authors") == (
        MARKETPLACE["name"],
        MARKETPLACE["owner"]["name"],
    )
    assert ["benchmark", "git-versioning", "xetrack"] == list(PLUGINS)
    for name, plugin in PLUGINS.items():
        assert f"./skills/{name}" == plugin["source"]


@pytest.mark.parametrize("name", PLUGINS)
def test_every_plugin_is_where_the_marketplace_says(name):
    """With a manifest of the same name, whose skill is the folder itself."""
    folder = ROOT / PLUGINS[name]["source"]
    manifest = json.loads((folder / ".claude-plugin" / "plugin.json").read_text("utf-8"))
    assert name == manifest["name"]
    # Without this, loaders look for folders in `skills/` only.
    assert ["./"] == manifest.get("skills")
    assert (folder / "SKILL.md").is_file()


@pytest.mark.parametrize("name", OURS)
def test_every_commit_is_a_version(name):
    """A version that nobody raises would keep users from what was mended."""
    path = ROOT / "skills" / name / ".claude-plugin" / "plugin.json"
    assert "version" not in json.loads(path.read_text("utf-8")) | PLUGINS[name]


@pytest.mark.parametrize("name", OURS)
def test_the_front_matter_can_be_read(name):
    """It is YAML as plain as can be, within the lengths that the format allows."""
    told = front_matter(name)
    assert {"name", "description"} == set(told)
    assert name == told["name"]
    description = told["description"]
    assert 100 < len(description) <= 1024
    assert not re.search(r": | #|^[\"'>|&*!%@`\[{]", description)  # YAML would read more into it
    assert "Use when" in description


@pytest.mark.parametrize("name", OURS)
def test_every_file_that_a_skill_names_is_in_its_folder(name):
    """Every file that a skill names is in its folder, and every file of the folder is named."""
    folder = ROOT / "skills" / name
    text = (folder / "SKILL.md").read_text("utf-8")
    named = set(re.findall(r"(?:references|scripts|assets)/[\w.-]+", text))
    there = {
        str(path.relative_to(folder))
        for part in ("references", "scripts", "assets")
        for path in (folder / part).glob("*.*")
        if not path.name.startswith("benchmark_")
    }
    assert named == there
