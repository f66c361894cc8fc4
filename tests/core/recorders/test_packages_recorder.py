"""The recorder of installed distributions."""

from __future__ import annotations

import importlib.metadata
import json
import re
import sys

import pytest

from xetrack.builtin.recorders import packages
from xetrack.builtin.recorders.packages import PackagesRecorder


@pytest.fixture
def site(tmp_path, monkeypatch):
    """An empty folder, which is all of `sys.path`; and no memory of another."""
    monkeypatch.setattr(sys, "path", [str(tmp_path)])
    packages._installed.cache_clear()
    yield tmp_path
    packages._installed.cache_clear()


def facts_of():
    return PackagesRecorder({}).begin(None)


def install(folder, name, files=()):
    place = folder / name
    place.mkdir()
    for path, text in dict(files).items():
        (place / path).write_text(text if isinstance(text, str) else json.dumps(text))


def test_they_are_those_of_importlib():
    """With the same versions, sorted by their names."""
    facts = facts_of()["distributions"]
    expected = {}
    for each in importlib.metadata.distributions():
        expected.setdefault(re.sub(r"[-_.]+", "-", each.metadata["Name"]).lower(), each.version)
    assert expected == facts
    assert sorted(facts) == [*facts]
    assert "pytest" in facts


def test_ours_are_marked_as_editable():
    """As the developers have them."""
    ours = facts_of()["direct_urls"]["xetrack-core"]
    assert ours["editable"] is True
    assert ours["url"].startswith("file://")


def test_direct_urls_have_commits_and_digests_but_no_secrets(site):
    """As pip and uv write them."""
    urls = {
        "vcs": {"url": "https://ada:pw-long@host/a.git", "vcs_info": {"commit_id": "4b825dc"}},
        "archive": {"url": "https://host/b.whl?token=4711", "archive_info": {"hash": "sha256=1"}},
        "local": {"url": "file:///a", "dir_info": {"editable": True}},
        "folder": {"url": "file:///b", "dir_info": {}},
        "odd": {"url": "file:///c", "dir_info": "x", "vcs_info": {"commit_id": [1]}},
        "damaged": "{",
        "list": [],
        "nothing": {},
    }
    for name, content in urls.items():
        install(site, f"{name}-1.0.dist-info", {"direct_url.json": content})
    facts = facts_of()
    assert dict.fromkeys(sorted(urls), "1.0") == facts["distributions"]
    assert {
        "archive": {"url": "https://host/b.whl?token=***", "hash": "sha256=1"},
        "folder": {"url": "file:///b"},
        "local": {"url": "file:///a", "editable": True},
        "odd": {"url": "file:///c"},
        "vcs": {"url": "https://***@host/a.git", "commit": "4b825dc"},
    } == facts["direct_urls"]


def test_metadata_of_every_form_are_read(site):
    """Of wheels, of eggs, of what is developed, and with names that a folder cannot have."""
    text = "Metadata-Version: 2.1\nName: {}\nVersion: 3.0\n\nVersion: 9\n"
    install(site, "Zope.Interface-5.4.0.dist-info")
    install(site, "torch-2.1.0+cu118.dist-info")
    install(site, "calver-2024.1.post1.dist-info")
    install(site, "egg_name-1.0-py3.11.egg-info")
    (site / "old_style-2.0.egg-info").write_text(text.format("old-style"))
    install(site, "developed.egg-info", {"PKG-INFO": text.format("Developed")})
    install(site, "with-dash-x.dist-info", {"METADATA": text.format("with-dash")})
    facts = facts_of()
    assert {
        "calver": "2024.1.post1",
        "developed": "3.0",
        "egg-name": "1.0",
        "old-style": "2.0",
        "torch": "2.1.0+cu118",
        "with-dash": "3.0",
        "zope-interface": "5.4.0",
    } == facts["distributions"]
    assert {"developed": {"url": f"file://{site}", "editable": True}} == facts["direct_urls"]


def test_broken_metadata_are_passed_over(site):
    """Leftovers of pip, empty folders, and what has no name."""
    install(site, "~umpy-1.0.dist-info")
    install(site, "~umpy.dist-info", {"METADATA": "Name: numpy\nVersion: 1"})
    install(site, "nameless.dist-info", {"METADATA": "Version: 1.0\n"})
    install(site, "empty.dist-info")
    install(site, "binary.egg-info", {"PKG-INFO": "\0\xff"})
    (site / ".dist-info").write_text("")
    install(site, "sound-1.0.dist-info")
    assert {"distributions": {"sound": "1.0"}} == facts_of()


def test_the_first_folder_counts(site, tmp_path, monkeypatch):
    """As it does for imports; what is no folder has no distributions."""
    for at, version in enumerate(("2.0", "1.0")):
        (site / str(at)).mkdir()
        install(site / str(at), f"a-{version}.dist-info")
    (site / "lib.zip").write_bytes(b"PK")
    path = [site / "lib.zip", site / "missing", "\0", site / "0", site / "1", site / "0"]
    monkeypatch.setattr(sys, "path", [str(each) for each in path])
    assert {"distributions": {"a": "2.0"}} == facts_of()


def test_they_are_read_once_in_a_process(site, monkeypatch):
    """As every tracker records them."""
    install(site, "a-1.0.dist-info")
    before = facts_of()
    monkeypatch.setattr(packages.os, "listdir", None)
    assert before == facts_of()
