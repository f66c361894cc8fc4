"""One version for all, and tools that notice when it is not so."""

from __future__ import annotations

import shutil

import pytest

import xetrack
from tools import lock, versions, workspace
from tools.workspace import distributions

MEMBERS = (
    *("arrow", "assets", "cache", "cli", "core"),
    *("duckdb", "gpu", "objects", "postgres", "reproduce", "testing", "ui"),
)
NAMES = ["xetrack", *(f"xetrack-{name}" for name in MEMBERS)]


@pytest.fixture
def copied(tmp_path, monkeypatch):
    """The projects of the workspace in a folder of their own, which the tools take for the root."""
    for distribution in distributions():
        target = tmp_path / distribution.path.relative_to(workspace.ROOT)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(distribution.path, target)
    shutil.copy(lock.LOCK, tmp_path)
    monkeypatch.setattr(workspace, "ROOT", tmp_path)
    monkeypatch.setattr(lock, "LOCK", tmp_path / "requirements.lock")
    return tmp_path


def edit(path, old, new):
    """Replace what must be in a file."""
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def test_all_distributions_state_one_version():
    """The root, every member and the imported module agree."""
    stated = {distribution.name: distribution.version for distribution in distributions()}
    assert dict.fromkeys(NAMES, xetrack.__version__) == stated


def test_a_bump_sets_every_version_and_every_pin(copied):
    """After a bump, also to another major, versions and pins agree, and the lock still fits."""
    assert 0 == versions.bump("2.1.0")
    assert {"2.1.0"} == {distribution.version for distribution in distributions()}
    assert 0 == versions.check()
    assert 0 == lock.check()


def test_a_bump_refuses_what_is_no_version(copied):
    """A slip of the keyboard changes nothing."""
    assert 2 == versions.bump("1.1")
    assert 0 == versions.check()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('version = "', 'version = "9'),
        ("xetrack-core==", "xetrack-core==9"),
        ("xetrack-core==1", "xetrack-core>=0.1"),
        ("xetrack-core==", "xetrack-core~="),
    ],
)
def test_a_version_or_pin_left_behind_is_noticed(copied, capsys, old, new):
    """Each of them alone fails the check, which names the distribution."""
    edit(copied / "packages" / "xetrack-cli" / "pyproject.toml", old, new)
    assert 1 == versions.check()
    assert "xetrack-cli" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        (
            "packages/xetrack-core/pyproject.toml",
            '"loguru>=0.7,<0.8"',
            '"loguru>=0.6,<0.8"',
            "older than",
        ),
        ("requirements.lock", "loguru==", "loguru==9", "edited by hand"),
        ("requirements.lock", "loguru==", "loguru @ file://", "names an address"),
    ],
)
def test_a_lock_that_does_not_fit_is_noticed(copied, capsys, file, old, new, message):
    """A changed requirement, an edited pin and an address each fail the check."""
    edit(copied / file, old, new)
    assert 1 == lock.check()
    assert message in capsys.readouterr().out
