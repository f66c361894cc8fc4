"""Finding and reading the configuration files of a project.

A file is looked for in the working directory and above it, as far as the folders belong to this
user or to the system: what a stranger left in ``/tmp`` configures nobody.
"""

from __future__ import annotations

import os
import re
import stat
from typing import TYPE_CHECKING, Any

from xetrack.configuration.project import CONFIG, working_directory
from xetrack.errors import ConfigurationError
from xetrack.process.paths import absolute

if TYPE_CHECKING:
    from collections.abc import Iterator

    from xetrack.configuration.project import Source

NAMES = ("xetrack.toml", "pyproject.toml")
"""The names of the files, in the order of what counts more."""

_MARK = rb"""(?mx)^\s*(
    \[{1,2}\s*(["']?)tool\2\s*(\.\s*["']?xetrack|\])  # [tool.xetrack or [tool]
    | tool\s*\.\s*["']?xetrack )"""
"""A line of a `pyproject.toml` that is read any further."""

_read: dict[str, tuple[tuple[int, int], Source | None]] = {}
"""What is in each file, with the time and size of the file when it was read."""


def find_files(setting: str = "") -> tuple[Source, ...]:
    """Return what the configuration files say that count here.

    Parameters
    ----------
    setting
        The path of the only file that counts; empty to look for those of the project.

    Raises
    ------
    ConfigurationError
        A file cannot be used.
    """
    if setting:
        try:
            path = absolute(setting)
            source = _source(path, os.stat(path))  # noqa: PTH116 - one call
        except OSError as error:
            raise ConfigurationError(setting, f"it cannot be read ({error.strerror})") from error
        return (source,) if source else ()
    for folder in _trusted_folders():
        sources = tuple(_sources_in(folder))
        if sources:
            return sources
    return ()


def _trusted_folders() -> Iterator[str]:
    """Yield the working directory and the folders above it, as far as a project may reach."""
    try:
        folder = os.getcwd()  # noqa: PTH109 - this runs for each tracker
        home = _identity(os.path.expanduser("~"))  # noqa: PTH111
        while True:
            status = os.stat(folder)  # noqa: PTH116
            if why_distrusted(status):
                return
            yield folder
            is_root = os.path.lexists(f"{folder}/.git")
            above = os.path.dirname(folder)  # noqa: PTH120
            if is_root or (status.st_dev, status.st_ino) == home or folder == above:
                return
            folder = above
    except OSError:  # the working directory is gone, or a folder above it cannot be seen
        return


def _identity(path: str) -> tuple[int, int] | None:
    try:
        status = os.stat(path)  # noqa: PTH116
    except OSError:
        return None
    return status.st_dev, status.st_ino


def why_distrusted(status: os.stat_result) -> str:
    """Return why a file or folder may be somebody else's; empty if it may not.

    Parameters
    ----------
    status
        What `os.stat` says of it.

    Returns
    -------
    str
        A clause for an error, without a full stop.
    """
    if not hasattr(os, "geteuid"):  # Windows, where neither owners nor modes say it
        return ""
    if status.st_uid not in (os.geteuid(), 0):
        return "it belongs to another user"
    return "everybody may write to it" if status.st_mode & stat.S_IWOTH else ""


def _sources_in(folder: str) -> Iterator[Source]:
    for name in NAMES:
        path = f"{folder}/{name}" if folder != "/" else f"/{name}"
        try:
            status = os.stat(path)  # noqa: PTH116
        except OSError:
            continue
        if stat.S_ISREG(status.st_mode) and not why_distrusted(status):
            try:
                source = _source(path, status)
            except OSError as error:
                if name == "pyproject.toml":  # it need not be about xetrack at all
                    continue
                reason = f"it cannot be read ({error.strerror})"
                raise ConfigurationError(path, reason) from error
            if source is not None:
                yield source


def _source(path: str, status: os.stat_result) -> Source | None:
    """Return what a file says; None if nothing. A file is read once, until it changes."""
    stamp = status.st_mtime_ns, status.st_size
    known = _read.get(path)
    if known is None or known[0] != stamp:
        known = _read[path] = stamp, _parsed(path)
    return known[1]


def _parsed(path: str) -> Source | None:
    with open(path, "rb") as file:  # noqa: PTH123
        content = file.read()
    is_pyproject = os.path.basename(path) == "pyproject.toml"  # noqa: PTH119
    if is_pyproject and not _is_about_us(content):
        return None
    from xetrack.configuration.file_content import source_of_file  # noqa: PLC0415 - as below

    text, table = _load(path, content)
    if is_pyproject:
        tools = table.get("tool", {})
        table = tools.get("xetrack", {}) if isinstance(tools, dict) else {}
    return source_of_file(path, table, text) if table else None


def _is_about_us(content: bytes) -> bool:
    return b"xetrack" in content and re.search(_MARK, content) is not None


def _load(path: str, content: bytes) -> tuple[str, dict[str, Any]]:
    """Return the text of a file and what it says.

    Raises
    ------
    ConfigurationError
        It is no TOML; the error names the line.
    """
    import tomllib  # noqa: PLC0415 - for those who have a file

    try:
        text = content.decode()
        return text, tomllib.loads(text)
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise ConfigurationError(path, "it is no UTF-8", line) from error
    except tomllib.TOMLDecodeError as error:
        where = re.search(r" \(at line (\d+), column \d+\)", str(error))
        reason = str(error).replace(where[0], "") if where else str(error)
        line = int(where[1]) if where else len(text.splitlines())
        raise ConfigurationError(path, f"it is no TOML: {reason}", line) from error
    except RecursionError as error:
        raise ConfigurationError(path, "it is nested too deeply") from error


def explain_files() -> tuple[list[str], list[tuple[str, str]]]:
    """Return the paths of the configuration files that count here, and of those that do not.

    Returns
    -------
    tuple
        The paths, those that count most first; and each other path with the reason.

    Raises
    ------
    ConfigurationError
        A file that counts cannot be used.
    """
    used = [source.name for source in find_files(os.environ.get(CONFIG, "").strip())]
    ignored: list[tuple[str, str]] = []
    folder, trusted = working_directory(), set(_trusted_folders())
    while folder:
        for name in NAMES:
            path = os.path.join(folder, name)  # noqa: PTH118
            reason = _why_ignored(path, is_trusted=folder in trusted)
            if reason and path not in used:
                ignored.append((path, reason))
        folder = "" if folder == "/" else os.path.dirname(folder)  # noqa: PTH120
    return used, ignored


def _why_ignored(path: str, *, is_trusted: bool) -> str:
    """Return why a file with something for xetrack does not count; empty if it has nothing."""
    try:
        with open(path, "rb") as file:  # noqa: PTH123
            content = file.read()
        status = os.stat(path)  # noqa: PTH116
    except OSError:
        return ""
    if path.endswith("pyproject.toml") and not _is_about_us(content):
        return ""
    outside = "its folder is outside of this project, or not only this user's"
    return why_distrusted(status) or ("another one counts more" if is_trusted else outside)
