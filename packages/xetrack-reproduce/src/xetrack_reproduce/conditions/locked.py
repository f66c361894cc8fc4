"""An environment with the versions of a run, built by uv."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from xetrack.model.secrets import MASK
from xetrack_reproduce.conditions.command_line import within
from xetrack_reproduce.conditions.environment import recorded_versions
from xetrack_reproduce.conditions.findings import Finding, State
from xetrack_reproduce.errors import ReproductionError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from xetrack.interfaces.runs.record import RunRecord

_WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9._!+-]*")
"""What a name or a version consists of; a record may come from anybody."""


def check_locked(record: RunRecord) -> list[Finding]:
    """Return whether an environment with the recorded versions can be built.

    Parameters
    ----------
    record
        The record of the run.
    """
    versions = recorded_versions(record)
    if find_uv() is None:
        text = "uv is not installed, which builds environments. Type: pip install uv"
    elif not versions or not _WORD.fullmatch(record.python or ""):
        text = "No versions were recorded. Leave out: --env locked"
    else:
        text = f"Python {record.python} and {len(versions)} packages, to be installed by uv"
        return [Finding("packages", State.OK, text)]
    return [Finding("packages", State.PROBLEM, text)]


def find_uv() -> str | None:
    """Return the program uv: that of this environment, else that of the path; None if missing."""
    beside = str(Path(sys.executable).parent)
    return shutil.which("uv", path=beside) or shutil.which("uv")


def build_environment(record: RunRecord, root: str, worktree: Path, folder: Path) -> str:
    """Build an environment with the recorded versions, and return its interpreter.

    Parameters
    ----------
    record
        The record of the run.
    root
        The folder of the repository in which the run was.
    worktree
        Where the run will be.
    folder
        Where the environment is made.

    Raises
    ------
    ReproductionError
        uv fails; the text is what it says.
    """
    python = str(folder / "bin" / "python")
    requirements = folder.with_suffix(".txt")
    requirements.write_text("\n".join(requirement_lines(record, root, worktree)) + "\n")
    _run_uv(worktree, "venv", "--quiet", "--python", str(record.python), str(folder))
    _run_uv(
        worktree,
        *("pip", "install", "--quiet", "--no-deps", "--python", python),
        *("--requirement", str(requirements)),
    )
    return python


def requirement_lines(record: RunRecord, root: str, worktree: Path) -> list[str]:
    """Return the recorded packages as pip and uv read them.

    Parameters
    ----------
    record
        The record of the run.
    root, worktree
        The folder of the repository then, and now; what was editable in it is so again.

    Raises
    ------
    ReproductionError
        A name or a version is none.
    """
    urls = record.facts.get("packages", {}).get("direct_urls")
    sources: Mapping[str, Any] = urls if isinstance(urls, dict) else {}
    lines = []
    for name, number in recorded_versions(record).items():
        if not _WORD.fullmatch(name) or not _WORD.fullmatch(number):
            raise ReproductionError(f"{name!r} {number!r} is no package with a version")
        source = sources.get(name)
        source = source if isinstance(source, dict) else {}
        url = str(source.get("url") or "")
        if not url or MASK in url or not url.isprintable() or " " in url:
            lines.append(f"{name}=={number}")
        elif source.get("editable"):
            path = unquote(urlsplit(url).path)
            inside = within(path, root)
            lines.append(f"-e {path if inside is None else worktree / inside}")
        elif source.get("commit"):
            lines.append(f"{name} @ git+{url}@{source['commit']}")
        else:
            lines.append(f"{name} @ {url}")
    return lines


def _run_uv(folder: Path, *arguments: str) -> None:
    uv = find_uv()
    if uv is None:
        raise ReproductionError("uv is not installed", "Type: pip install uv")
    done = subprocess.run(  # noqa: S603 - names and versions are checked
        [uv, *arguments], cwd=folder, capture_output=True, stdin=subprocess.DEVNULL, check=False
    )
    if done.returncode:
        text = " ".join(done.stderr.decode(errors="replace").split())
        raise ReproductionError(f"uv {arguments[0]} failed: {text}")
