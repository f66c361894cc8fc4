"""The installation: versions, SQLite, plugins, the key that pickles are signed with."""

from __future__ import annotations

import platform
import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING

import xetrack
from xetrack.assets.signing import key_path
from xetrack.errors import XetrackError
from xetrack.opening import explain_configuration
from xetrack.plugins.entrypoints import version_of
from xetrack_cli.checks.finding import Finding
from xetrack_cli.checks.plugins import check_plugins

if TYPE_CHECKING:
    from collections.abc import Iterator

DISTRIBUTIONS = (
    "xetrack",
    "xetrack-core",
    "xetrack-cli",
    "xetrack-duckdb",
    "xetrack-gpu",
    "xetrack-arrow",
    "xetrack-assets",
    "xetrack-cache",
    "xetrack-objects",
    "xetrack-postgres",
    "xetrack-reproduce",
    "xetrack-testing",
    "xetrack-ui",
)


def check_installation() -> Iterator[Finding]:
    """Check what is installed.

    Yields
    ------
    Finding
        One for each check.
    """
    system = (
        f"{platform.python_implementation()} {platform.python_version()}, {platform.platform()}"
    )
    yield Finding("python", "ok", system)
    versions = {name: version_of(name) for name in DISTRIBUTIONS}
    installed = {name: version for name, version in versions.items() if version}
    listed = ", ".join(f"{name} {version}" for name, version in installed.items())
    if len(set(installed.values())) > 1:
        advice = "They belong together. Type: pip install --upgrade xetrack"
        yield Finding("versions", "problem", f"{listed}. {advice}")
    else:
        yield Finding("versions", "ok", listed or "not installed, but on the path")
    if not is_package_whole(xetrack.__file__):
        yield Finding("package", "note", _SPARE)
    yield check_sqlite(sqlite3.sqlite_version_info)
    yield check_plugin_parts()
    yield check_configuration()
    yield check_trust_key()


_SPARE = (
    "xetrack/__init__.py is missing: pip removes it in an upgrade from 0.7. A copy stands in, "
    "which type checkers do not see. Type: pip install --force-reinstall --no-deps xetrack-core"
)


def is_package_whole(init: str | None) -> bool:
    """Return True if xetrack was imported from its folder, not from the copy beside it.

    Parameters
    ----------
    init
        The file that ``import xetrack`` read.
    """
    return Path(init or "").stem == "__init__"


def is_safe(version: tuple[int, ...]) -> bool:
    """Return True if a version of SQLite is free of the WAL-reset bug.

    It came with 3.7.0 and was mended in 3.51.3, 3.50.7 and 3.44.6 (https://sqlite.org/wal.html,
    "the WAL-reset bug").

    Parameters
    ----------
    version
        The version of SQLite, as three numbers.

    Returns
    -------
    bool
        True if the version never had the bug, or has it mended.
    """
    if version >= (3, 51, 3) or version < (3, 7, 0):
        return True
    return (3, 50, 7) <= version < (3, 51) or (3, 44, 6) <= version < (3, 45)


def check_sqlite(version: tuple[int, ...]) -> Finding:
    """Check the version of SQLite for a known bug.

    Parameters
    ----------
    version
        Of the library that Python uses.

    Returns
    -------
    Finding
        A note where it has the bug.
    """
    name = ".".join(map(str, version))
    if is_safe(version):
        return Finding("sqlite", "ok", f"SQLite {name}")
    return Finding(
        "sqlite",
        "note",
        f"SQLite {name} has the WAL-reset bug, which can lose rows when several processes write. "
        "xetrack's own checkpoints keep clear of it; programs that write the file with this SQLite "
        "do not. It is mended in 3.51.3, 3.50.7 and 3.44.6.",
    )


def check_plugin_parts() -> Finding:
    """Check the plugins by importing every part in a process of its own."""
    statuses = check_plugins()
    broken = [
        f"{status.kind} {status.name}" for status in statuses if status.state == "quarantined"
    ]
    if broken:
        return Finding(
            "plugins",
            "problem",
            f"cannot be used: {', '.join(broken)}. See why with: xt plugins --check",
        )
    others = sorted({status.distribution for status in statuses if status.state == "ready"})
    disabled = sorted({status.name for status in statuses if status.state == "disabled"})
    incomplete = [f"{each.kind} {each.name}" for each in statuses if each.state == "incomplete"]
    notes = {
        f"disabled: {', '.join(disabled)}. See: xt plugins": disabled,
        f"not in full: {', '.join(incomplete)}. What to install: xt plugins --check": incomplete,
    }
    listed = "; ".join(text for text, names in notes.items() if names)
    if listed:
        return Finding("plugins", "note", listed)
    return Finding("plugins", "ok", ", ".join(others) or "none beside what is built in")


def check_configuration() -> Finding:
    """Check the configuration that counts in the working directory."""
    try:
        used, ignored = explain_configuration()
    except XetrackError as error:
        return Finding("configuration", "problem", str(error))
    files = ", ".join(used) or "no file"
    if ignored:
        reasons = "; ".join(f"{path}: {reason}" for path, reason in ignored)
        advice = "Choose one with: XETRACK_CONFIG=path"
        return Finding("configuration", "note", f"{files}. Not used: {reasons}. {advice}")
    return Finding("configuration", "ok", files)


def check_trust_key() -> Finding:
    """Check the key that tells the pickles of this user from those of others."""
    try:
        path = key_path()
        from xetrack.assets.signing import is_signed  # noqa: PLC0415 - beside what it may raise

        is_signed(b"")
    except XetrackError as error:
        return Finding("trust key", "problem", str(error))
    state = f"{path}" if path.exists() else f"none yet; the first pickle makes {path}"
    return Finding("trust key", "ok", state)
