"""One version for all, and tools that notice when it is not so."""

from __future__ import annotations

import shutil

import pytest

import xetrack
from tools import bump, check_versions, lock, workspace
from tools.workspace import distributions

MEMBERS = ("arrow", "assets", "cache", "cli", "core", "duckdb", "postgres", "testing")
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
    versions = {distribution.name: distribution.version for distribution in distributions()}
    assert dict.fromkeys(NAMES, xetrack.__version__) == versions


def test_a_bump_sets_every_version_and_every_pin(copied, monkeypatch):
    """After a bump, also to another major, versions and pins agree, and the lock still fits."""
    monkeypatch.setattr("sys.argv", ["bump", "2.1.0"])
    assert 0 == bump.main()
    assert {"2.1.0"} == {distribution.version for distribution in distributions()}
    assert 0 == check_versions.main()
    assert 0 == lock.check()


def test_a_bump_refuses_what_is_no_version(copied, monkeypatch):
    """A slip of the keyboard changes nothing."""
    monkeypatch.setattr("sys.argv", ["bump", "1.1"])
    assert 2 == bump.main()
    assert 0 == check_versions.main()


@pytest.mark.parametrize(
    ("old", "new"),
    [('version = "', 'version = "9'), ("xetrack-core==", "xetrack-core==9")],
)
def test_a_version_or_pin_left_behind_is_noticed(copied, capsys, old, new):
    """Each of them alone fails the check, which names the distribution."""
    edit(copied / "packages" / "xetrack-cli" / "pyproject.toml", old, new)
    assert 1 == check_versions.main()
    assert "xetrack-cli" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
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
def test_a_lock_that_does_not_fit_is_noticed(copied, capsys, file, old, new, said):
    """A changed requirement, an edited pin and an address each fail the check."""
    edit(copied / file, old, new)
    assert 1 == lock.check()
    assert said in capsys.readouterr().out
