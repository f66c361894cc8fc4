"""The environment of a run, as far as the one that is there agrees with it."""

from __future__ import annotations

import os
import platform
import sys
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from xetrack_reproduce.conditions.command_line import within
from xetrack_reproduce.conditions.findings import Finding, State, shortened

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from xetrack.interfaces.runs.record import RunRecord


def _platform() -> str:
    """Return the platform as records have it."""
    return f"{sys.platform} {os.uname().machine}" if hasattr(os, "uname") else sys.platform


def check_environment(record: RunRecord) -> list[Finding]:
    """Return how the environment of this process differs from that of a run.

    Parameters
    ----------
    record
        The record of the run.
    """
    findings = []
    for name, then, now in (
        ("python", record.python, platform.python_version()),
        ("platform", record.platform, _platform()),
    ):
        if then is None or then == now:
            state, text = State.OK if then else State.DIFFERS, then or "not recorded"
        else:
            state, text = State.DIFFERS, f"{then} was recorded and {now} is here"
        findings.append(Finding(name, state, text))
    versions = recorded_versions(record)
    if not versions:
        text = (
            "No versions were recorded. Log with the recorder 'packages', which is on by default."
        )
        return [*findings, Finding("packages", State.DIFFERS, text)]
    installed = {name: _installed(name) for name in versions}
    missing = [f"{name} {versions[name]}" for name, now in installed.items() if now is None]
    others = [
        f"{name} {versions[name]} is now {now}"
        for name, now in installed.items()
        if now is not None and now != versions[name]
    ]
    if missing:
        text = f"Not installed: {shortened(missing)}. To have them: --env locked"
        findings.append(Finding("packages", State.DIFFERS, text))
    if others:
        text = f"{shortened(others)}. To have the recorded versions: --env locked"
        findings.append(Finding("packages", State.DIFFERS, text))
    if not missing and not others:
        findings.append(Finding("packages", State.OK, f"{len(versions)}, in the same versions"))
    return findings


def recorded_versions(record: RunRecord) -> dict[str, str]:
    """Return the versions of the packages of a run by their names.

    Parameters
    ----------
    record
        The record of the run.
    """
    versions = record.facts.get("packages", {}).get("distributions")
    if not isinstance(versions, dict):
        return {}
    return {name: each for name, each in versions.items() if isinstance(each, str)}


def _installed(name: str) -> str | None:
    try:
        return version(name)
    except (PackageNotFoundError, ValueError):
        return None


def import_paths(record: RunRecord, roots: Iterable[str], worktree: Path) -> list[str]:
    """Return the folders of the worktree that modules are imported from.

    An editable installation leads to the working tree of the user, whose code may be another by
    now: its counterparts in the worktree come first.

    Parameters
    ----------
    record
        The record of the run.
    roots
        The folders of the repository, then and now.
    worktree
        Where the run will be.
    """
    urls = record.facts.get("packages", {}).get("direct_urls")
    sources = urls.values() if isinstance(urls, dict) else ()
    editable = [
        unquote(urlsplit(str(each.get("url"))).path)
        for each in sources
        if isinstance(each, dict) and each.get("editable")
    ]
    own = [each for each in sys.path if each and within(each, sys.prefix) is None]
    places = [*own, *(f"{each}/src" for each in editable), *editable]
    inside = [within(place, root) for place in places for root in roots]
    folders = [worktree / each for each in inside if each is not None]
    return [str(each) for each in dict.fromkeys(folders) if each.is_dir()]
