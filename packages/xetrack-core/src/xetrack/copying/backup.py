"""Backups: a database is copied whole, beside the place of the copy, and then moved there."""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xetrack.errors import (
    FileInTheWayError,
    InvalidArgumentError,
    StorageError,
    UnsupportedOperationError,
    XetrackError,
)
from xetrack.interfaces.component import PartKind
from xetrack.interfaces.engines.capabilities import BacksUp
from xetrack.model.locations import shown_location
from xetrack.process.paths import expanded

if TYPE_CHECKING:
    from xetrack.interfaces.engine import Engine

_LOGS = ("-wal", "-journal", ".wal")
"""What the names of files have that a database would take for its own unfinished changes."""


def back_up(engine: Engine, path: object, *, overwrite: bool) -> tuple[Path, ...]:
    """Copy a database as it is at one moment, and return the files of the copy.

    Parameters
    ----------
    engine
        What the database is open with.
    path
        Where to. A link stays one, and what it leads to is written.
    overwrite
        Whether to replace a database that is there.

    Raises
    ------
    FileInTheWayError
        Something is there that is not to be replaced.
    UnsupportedOperationError
        The engine offers no backups.
    InvalidArgumentError
        The path is no place for a file.
    StorageError
        The copy cannot be written; what was there before is still there.
    """
    if not isinstance(engine, BacksUp):
        from xetrack.parts.titles import title_of  # noqa: PLC0415 - for the message

        operation = f"back up {shown_location(engine.location)!r}"
        hint = "Bring the rows elsewhere with: xt copy DB OTHER"
        part = title_of(PartKind.ENGINE, engine)
        raise UnsupportedOperationError(part, operation, hint, "it offers no backups")
    text = os.fspath(path) if isinstance(path, os.PathLike) else path
    if not isinstance(text, str) or not text or "\0" in text or "://" in text:
        raise InvalidArgumentError("path", text, "the path of a file")
    place = Path(os.path.realpath(expanded(text)))
    source = Path(os.path.realpath(engine.location))
    _check(engine, source, text, place, overwrite=overwrite)
    import tempfile  # noqa: PLC0415 - for those who make one

    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=f".{place.name}.", dir=place.parent) as folder:
            copy = Path(folder, place.name)
            engine.backup(str(copy))
            return _moved(engine, source, copy, place, overwrite=overwrite)
    except FileExistsError as error:
        if isinstance(error, XetrackError):
            raise
        raise _in_the_way(text, place) from error
    except XetrackError:  # some are OSErrors
        raise
    except OSError as error:
        raise StorageError(text, "Writing", error.strerror or str(error)) from error


def _beside(path: Path, ending: str) -> Path:
    return path.with_name(path.name + ending)


def _in_the_way(text: str, there: Path) -> FileInTheWayError:
    name = text if there.name == Path(text).name else str(there)
    hint = "Give another path, or replace it with overwrite=True (on the command line --force)."
    return FileInTheWayError(name, "exists already", hint)


def _check(engine: BacksUp, source: Path, text: str, place: Path, *, overwrite: bool) -> None:
    """Refuse to write over anything but, if that is wanted, another database at rest."""
    if place.is_dir() or text.endswith(os.sep):
        example = str(Path(text, source.name))
        raise InvalidArgumentError("path", text, f"the path of a file, such as {example!r}")
    source_files = [file for ending in engine.endings if (file := _beside(source, ending)).exists()]
    for ending in engine.endings:
        there = _beside(place, ending)
        if there.exists() and any(map(there.samefile, source_files)):
            raise InvalidArgumentError("path", text, "another file than the database itself")
        if os.path.lexists(there) and not overwrite:
            raise _in_the_way(text, there)
        for log in (_beside(there, log) for log in _LOGS):
            if os.path.lexists(log):
                reason = f"is open somewhere, or was not closed well: {log.name!r} lies beside it"
                raise FileInTheWayError(text, reason, "Give another path.")
    if place.exists() and not (place.is_file() and _may_go(engine, place)):
        reason = "is no database of this kind, so it is not replaced"
        raise FileInTheWayError(text, reason, "Give another path, or remove it.")


def _may_go(engine: Any, place: Path) -> bool:
    return not place.stat().st_size or bool(engine.owns(str(place)))


def _moved(
    engine: BacksUp, source: Path, copy: Path, place: Path, *, overwrite: bool
) -> tuple[Path, ...]:
    """Move the files to their place, the one that counts last."""
    moved: list[Path] = []
    try:
        for ending in reversed(engine.endings):
            old, new = _beside(copy, ending), _beside(place, ending)
            if old.exists():
                _finish(old, _beside(source, ending))
                if overwrite:
                    old.replace(new)
                else:
                    _link(old, new)
                moved.append(new)
            elif overwrite:
                new.unlink(missing_ok=True)
    except BaseException:
        for file in () if overwrite else moved:
            file.unlink(missing_ok=True)
        raise
    _sync(place.parent)
    return tuple(reversed(moved))


def _finish(file: Path, source: Path) -> None:
    """Make a file durable, and as private as what it is a copy of."""
    with suppress(FileNotFoundError):  # in memory there is none
        file.chmod(stat.S_IMODE(source.stat().st_mode))
    _sync(file)


def _sync(path: Path) -> None:
    number = os.open(path, os.O_RDONLY)
    try:
        with suppress(OSError):  # not every file system can, for a folder
            os.fsync(number)
    finally:
        os.close(number)


def _link(old: Path, new: Path) -> None:
    """Move a file to where there is none, also if somebody puts one there at this moment."""
    try:
        new.hardlink_to(old)
    except FileExistsError:
        raise
    except OSError:  # a file system without second names
        if os.path.lexists(new):
            raise FileExistsError(str(new)) from None
        old.rename(new)
    else:
        old.unlink()
