"""What can be read of a git repository without git: where it is, and where it comes from."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import NamedTuple

from xetrack.model.locations import without_secrets
from xetrack.model.secrets import mask_text

_SECTION = re.compile(r'\[\s*([\w.-]+)\s*(?:"((?:[^"\\]|\\.)*)")?\s*\](.*)')
_ENTRY = re.compile(r"([A-Za-z][\w-]*)\s*=\s*(.*)")
_VALUE = re.compile(r'"((?:[^"\\]|\\.)*)"|([^;#]*[^;#\s])?')


class Repository(NamedTuple):
    """A folder with a working tree of git."""

    root: str
    """The folder, with its symbolic links resolved."""
    settings: dict[str, str]
    """The settings of the repository's own file, such as ``remote.origin.url``."""

    def remote(self, branch: str | None) -> str | None:
        """Return the URL that a branch comes from, without user and password.

        Parameters
        ----------
        branch
            The branch; None for a detached HEAD.
        """
        names = [self.settings.get(f"branch.{branch}.remote", "origin"), "origin"]
        urls = [self.settings.get(f"remote.{name}.url") for name in names]
        others = [value for name, value in self.settings.items() if _is_url(name)]
        return next((public_url(url) for url in (*urls, *others) if url), None)

    @property
    def empty_tree(self) -> str:
        """The digest of a tree without files, by which a repository without commits compares."""
        if self.settings.get("extensions.objectformat") == "sha256":
            return "6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321"
        return "4b825dc642cb6eb9a060e54bf8d69288fbee4904"


def find_repository(folder: str) -> Repository | None:
    """Return the repository that a folder is in; None where there is none.

    Parameters
    ----------
    folder
        Where to look, and above it.
    """
    try:
        path = Path(os.path.realpath(folder))
    except OSError:  # the working directory was removed
        return None
    for parent in (path, *path.parents):
        git = parent / ".git"
        # Not the methods of the path, which raise where a folder may not be looked into.
        place = _git_folder(git) if os.path.isfile(git) else git  # noqa: PTH113
        if place is not None and os.path.isfile(place / "HEAD"):  # noqa: PTH113
            return Repository(str(parent), _settings(place))
    return None


def _git_folder(file: Path) -> Path | None:
    """Return the folder that the file ``.git`` of a worktree or a submodule names."""
    try:
        text = os.fsdecode(file.read_bytes()[:4096])
    except OSError:
        return None
    mark, _, place = text.partition(":")
    return file.parent / place.strip() if mark == "gitdir" else None


def _settings(place: Path) -> dict[str, str]:
    """Read the settings of a repository; those of a worktree are those of its repository."""
    try:
        common = place / os.fsdecode((place / "commondir").read_bytes()).strip()
    except OSError:
        common = place
    try:
        text = (common / "config").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return {}
    return parse_settings(text)


def parse_settings(text: str) -> dict[str, str]:
    """Return the settings in a file of git's, by names such as ``remote.origin.url``.

    Parameters
    ----------
    text
        The text of the file. What it includes is left out.
    """
    settings: dict[str, str] = {}
    section = ""
    for line in text.replace("\\\n", "").splitlines():
        rest = line.strip()
        if match := _SECTION.match(rest):
            inner = re.sub(r"\\(.)", r"\1", match[2] or "")
            section = f"{match[1].lower()}.{inner}." if match[2] else f"{match[1].lower()}."
            rest = match[3].strip()
        if match := _ENTRY.match(rest):
            value = _VALUE.match(match[2])
            text_of = value[1] if value and value[1] is not None else (value[2] if value else "")
            settings[section + match[1].lower()] = re.sub(r"\\(.)", r"\1", text_of or "")
    return settings


def public_url(url: str) -> str:
    """Return the URL of a remote without what it takes to log in.

    Parameters
    ----------
    url
        A URL, a path, or ``user@host:path``. The user of ssh stays, as it is part of the address.

    Examples
    --------
    >>> public_url("https://me:pass@host/repo.git"), public_url("ssh://git@host/repo.git")
    ('https://host/repo.git', 'ssh://git@host/repo.git')
    """
    if "://" not in url:
        return mask_text(url)
    user = re.match(r"(?:[\w+]+\+)?ssh(?:\+\w+)?://([\w.-]+@)", url)
    scheme, mark, rest = without_secrets(url).partition("://")
    return f"{scheme}{mark}{user[1] if user else ''}{rest}"


def _is_url(name: str) -> bool:
    return name.startswith("remote.") and name.endswith(".url")
