"""The data of a run: whether it is what it was, and where the run finds it again."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from xetrack.process.file_digests import digest_path
from xetrack_reproduce.conditions.command_line import within
from xetrack_reproduce.conditions.findings import Finding, State
from xetrack_reproduce.errors import ReproductionError

if TYPE_CHECKING:
    from collections.abc import Mapping


class Copy(NamedTuple):
    """Data that git does not have, and that the worktree needs."""

    source: Path
    target: Path

    def make(self) -> None:
        """Copy it; the run may change the copy as it likes.

        Raises
        ------
        ReproductionError
            The system refused.
        """
        try:
            if self.target.is_dir() and not self.target.is_symlink():
                shutil.rmtree(self.target)
            self.target.parent.mkdir(parents=True, exist_ok=True)
            if self.source.is_dir():
                shutil.copytree(self.source, self.target)
            else:
                shutil.copyfile(self.source, self.target)
        except OSError as error:
            raise ReproductionError(f"{self.source} could not be copied: {error}") from error


def data_paths(facts: Mapping[str, Any], root: str) -> set[str]:
    """Return the paths in the repository of the data of a run.

    Parameters
    ----------
    facts
        What ``tracker.use`` wrote down, by name.
    root
        The folder of the repository in which the run was.
    """
    paths = (each.get("path") for each in facts.values() if isinstance(each, dict))
    inside = (within(path, root) for path in paths if isinstance(path, str))
    return {path for path in inside if path}


def check_data(
    facts: Mapping[str, Any], root: str, repository: Path, worktree: Path
) -> tuple[list[Finding], list[Copy]]:
    """Return what is to be said of the data of a run, and what has to be copied.

    Data outside of the repository is used where it lies. Data within it is that of the worktree; if
    git does not have it, or has another content, it is copied from the repository, or from where
    the run found it.

    Parameters
    ----------
    facts
        What ``tracker.use`` wrote down, by name.
    root
        The folder of the repository in which the run was.
    repository
        The repository now.
    worktree
        Where the run will be.
    """
    findings: list[Finding] = []
    copies: list[Copy] = []
    for name, data in facts.items():
        path = data.get("path") if isinstance(data, dict) else None
        if not isinstance(path, str):
            url = data.get("url") if isinstance(data, dict) else None
            text = f"{name}: {url} is not checked, as nothing but its address was recorded"
            findings.append(Finding("data", State.DIFFERS, text))
            continue
        inside = within(path, root)
        places = [Path(path)]
        if inside is not None:
            places = [worktree / inside, repository / inside, *places]
        place, finding = _find(name, data, places)
        findings.append(finding)
        if place is not None and inside is not None and place != places[0]:
            copies.append(Copy(place, places[0]))
    return findings, copies


def check_script(facts: Mapping[str, Any], root: str, worktree: Path) -> list[Finding]:
    """Return what is to be said of the script, if the worktree has another one than ran.

    Parameters
    ----------
    facts
        What the recorder ``command`` wrote down.
    root
        The folder of the repository in which the run was.
    worktree
        Where the run will be.
    """
    script, recorded = facts.get("script"), facts.get("sha256")
    if not isinstance(script, str) or not recorded or within(script, sys.prefix) is not None:
        return []
    inside = within(script, root)
    place = Path(script) if inside is None else worktree / inside
    try:
        digest = digest_path(place)["sha256"]
    except OSError:
        reason = (
            "is gone" if inside is None else "is neither in the commit nor in the recorded patch"
        )
        return [Finding("script", State.PROBLEM, f"{script} {reason}")]
    if digest == recorded:
        return []
    return [Finding("script", State.DIFFERS, f"{script} is not the one that ran")]


def _find(name: str, data: Mapping[str, Any], places: list[Path]) -> tuple[Path | None, Finding]:
    """Return the first place where data is as it was, else the first where there is any."""
    other: tuple[Path, str] | None = None
    reason = "it is not there"
    for place in places:
        try:
            digest = digest_path(place)
        except OSError as error:
            if place.exists():
                reason = str(error.strerror or error)
            continue
        if all(digest.get(key) == data.get(key) for key in ("size", "sha256", "files")):
            return place, Finding(
                "data", State.OK, f"{name}: {digest['size']:,} bytes, as recorded"
            )
        other = other or (place, _difference(data, digest))
    if other is not None:
        text = f"{name} has changed since: {other[1]}, in {other[0]}"
        return other[0], Finding("data", State.DIFFERS, text)
    return None, Finding("data", State.PROBLEM, f"{name} cannot be used: {reason} ({places[-1]})")


def _difference(old: Mapping[str, Any], new: Mapping[str, Any]) -> str:
    texts = [
        f"{old.get(key)} {unit} were recorded and {new.get(key)} are there"
        for key, unit in (("files", "files"), ("size", "bytes"))
        if old.get(key) != new.get(key)
    ]
    digests = (
        f"SHA-256 {str(old.get('sha256'))[:12]} was recorded and {new['sha256'][:12]} is there"
    )
    return "; ".join([*texts, digests])
