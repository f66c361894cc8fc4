"""Checks of one database: its file, the processes that have it open, its integrity."""

from __future__ import annotations

import os
import sqlite3
import time
from pathlib import Path
from typing import TYPE_CHECKING

from xetrack import Reader
from xetrack.errors import DatabaseNotFoundError, XetrackError
from xetrack.interfaces.component import PartKind
from xetrack.interfaces.engines.sqlite_files import SharesSQLite
from xetrack.interfaces.query import Query
from xetrack.model.locations import shown_text
from xetrack.parts.titles import title_of
from xetrack.process.paths import expanded
from xetrack_cli.checks.finding import Finding
from xetrack_cli.render.cells import pluralized

if TYPE_CHECKING:
    from collections.abc import Iterator

PARTS = ("", "-wal", "-shm", "-journal", ".wal")
"""Endings of the files of one database, of SQLite and of DuckDB."""

NETWORK = frozenset(
    "9p afs ceph cifs coda davfs fuse.glusterfs fuse.rclone fuse.s3fs fuse.sshfs glusterfs gfs2 "
    "gpfs lustre ncpfs nfs nfs4 ocfs2 smb3 smbfs vboxsf virtiofs".split()
)
"""Types of file systems whose locks, or memory shared through files, are not to be relied on."""

LARGE_LOG = 256 * 2**20
"""Bytes of a log that something keeps from being copied into the database."""

READING = 5.0
"""Seconds for which rows are read to see whether they can be."""

_MEGA = 1e6
_SHOWN = 5


def check_database(location: str, engine: str | None) -> Iterator[Finding]:
    """Check a database.

    Parameters
    ----------
    location
        Path or URL.
    engine
        Name of the engine; by default the one that the file belongs to.

    Yields
    ------
    Finding
        One for each check.

    Raises
    ------
    DatabaseNotFoundError
        It does not exist.
    """
    path = expanded(location)
    if path.exists():
        yield from _file(path)
    try:
        with Reader(location, engine) as reader:
            tables = {name: reader.engine.count(name) for name in reader.tables}
            listed = ", ".join(
                f"{name} ({pluralized(rows, 'row')})" for name, rows in tables.items()
            )
            yield Finding("engine", "ok", title_of(PartKind.ENGINE, reader.engine))
            yield Finding("tables", "ok", listed or "none")
            yield from _integrity(reader)
    except DatabaseNotFoundError:
        raise
    except XetrackError as error:
        yield Finding("database", "problem", shown_text(str(error)))
    except Exception as error:  # noqa: BLE001 - an engine of strangers may raise anything
        reason = " ".join(f"{type(error).__name__}: {error}".split())
        problem = f"its engine raised {reason}. See: xt plugins"
        yield Finding("database", "problem", shown_text(problem))


def _file(path: Path) -> Iterator[Finding]:
    files = {part: Path(f"{path}{part}") for part in PARTS}
    sizes = {part: file.stat().st_size for part, file in files.items() if file.exists()}
    listed = ", ".join(
        f"{size / _MEGA:.1f} MB{f' in {path.name}{part}' if part else ''}"
        for part, size in sizes.items()
    )
    yield Finding("file", "ok", f"{path}: {listed}")
    if sizes.get("-wal", 0) > LARGE_LOG:
        advice = "a reader that never ends keeps it from being copied; see who holds the file"
        yield Finding("log", "note", f"{sizes['-wal'] / _MEGA:.0f} MB: {advice}")
    kind, mount = find_file_system(path)
    if kind in NETWORK:
        advice = "its locks cannot be relied on, so rows may be lost. Move the file to a local disk"
        yield Finding("file system", "problem", f"{kind} at {mount}: {advice}.")
    elif kind:
        yield Finding("file system", "ok", f"{kind} at {mount}")
    if not os.access(path, os.W_OK):
        yield Finding("permissions", "note", f"{path} may be read, but not written")
    yield _holders(path)


def find_file_system(path: Path, mounts: Path = Path("/proc/self/mounts")) -> tuple[str, str]:
    """Find the file system that a path is on, and where it is mounted.

    Parameters
    ----------
    path
        A file or folder, which need not exist.
    mounts
        The table of mounts, in the format of proc(5).

    Returns
    -------
    str, str
        Type and mount point; both are empty where the system has no such table (only Linux has).
    """
    try:
        lines = mounts.read_text(encoding="utf-8", errors="surrogateescape").splitlines()
    except OSError:
        return "", ""
    real = path.resolve()
    best = ("", "")
    for line in lines:
        _, mount, kind, *_ = line.split(" ")
        # Blanks in a path are written as octal numbers there (proc(5), fstab(5)).
        place = Path(mount.encode("latin-1", "surrogateescape").decode("unicode_escape"))
        # Of two on one place, the later hides the earlier.
        if real.is_relative_to(place) and len(str(place)) >= len(best[1]):
            best = (kind, str(place))
    return best


def _holders(path: Path) -> Finding:
    """Name the processes that have a file of the database open, but for this one."""
    wanted = {str(path.resolve()) + part for part in PARTS}
    holders, hidden = [], 0
    if not Path("/proc/self/fd").exists():
        return Finding("held open by", "ok", "this system does not say")
    for process in Path("/proc").glob("[0-9]*"):
        if process.name == str(os.getpid()):
            continue
        try:
            if any(str(link.readlink()) in wanted for link in (process / "fd").iterdir()):
                name = (process / "comm").read_text(errors="replace").strip()
                holders.append(f"{process.name} ({name})")
        except PermissionError:
            hidden += 1
        except OSError:
            continue  # it ended meanwhile
    listed = ", ".join(holders) or "nobody else"
    if hidden:
        listed += f"; {pluralized(hidden, 'process')} of others could not be looked at"
    return Finding("held open by", "note" if holders else "ok", listed)


def _readability(reader: Reader) -> Finding:
    """Read all rows, for as long as a person waits."""
    begun, rows = time.monotonic(), 0
    for table in reader.tables:
        batches = reader.engine.read(table, Query()).batches
        for batch in batches:
            rows += len(batch[0])
            if time.monotonic() - begun > READING:
                getattr(batches, "close", int)()  # what a stranger returns may have none
                return Finding("rows", "ok", f"the first {pluralized(rows, 'row')} can be read")
    return Finding("rows", "ok", f"all {pluralized(rows, 'row')} can be read")


def _integrity(reader: Reader) -> Iterator[Finding]:
    engine = reader.engine
    yield _readability(reader)
    if not isinstance(engine, SharesSQLite):
        return
    mode, problems = engine.read_sqlite(_check_sqlite)
    yield Finding("journal", "ok", mode)
    if problems == ["ok"]:
        yield Finding("integrity", "ok", "SQLite finds nothing wrong")
        return
    omitted = f" and {len(problems) - _SHOWN} more" if len(problems) > _SHOWN else ""
    advice = "Copy the file, save the rows with: xt export DB rows.jsonl"
    yield Finding("integrity", "problem", f"{'; '.join(problems[:_SHOWN])}{omitted}. {advice}")


def _check_sqlite(connection: sqlite3.Connection) -> tuple[str, list[str]]:
    (mode,) = connection.execute("PRAGMA journal_mode").fetchone()
    try:
        return str(mode), [text for (text,) in connection.execute("PRAGMA integrity_check")]
    except sqlite3.DatabaseError as error:
        return str(mode), [str(error)]
