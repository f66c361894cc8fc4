"""Files of rows: written beside their place, then moved there, so that none is ever half there."""

from __future__ import annotations

import os
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from secrets import token_hex
from typing import TYPE_CHECKING, Any

from xetrack.errors import (
    FileInTheWayError,
    MissingPackageError,
    PartFailedError,
    StorageError,
    XetrackError,
)
from xetrack.frames.backends import ARROW, PANDAS, load_backend, to_frame
from xetrack.frames.csv_injection import Lines, guarded
from xetrack.interfaces.engines.capabilities import WritesFiles
from xetrack.interfaces.frames import WritesParquet
from xetrack.model.dtypes import uniform
from xetrack.model.kinds import TO_TEXT, Kind, kind_of
from xetrack.model.validation import checked_path
from xetrack.process.paths import expanded
from xetrack.process.regular_files import NotRegularError, check_regular

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from xetrack.interfaces.frames import Columnar
    from xetrack.model.kinds import Value


@contextmanager
def replacing(
    path: str | os.PathLike[str],
    *,
    follow: bool = True,
    owner: Callable[[Path], bool] | None = None,
) -> Iterator[Path]:
    """Lend a temporary path in the same folder, and move it to `path` if all goes well.

    Parameters
    ----------
    path
        Where the file is to be.
    follow
        Where `path` is a link, replace what it leads to. If False, the link itself is replaced, so
        that nothing is written but what has this very name.
    owner
        Whether a database that is there may be replaced; by default none may.

    Yields
    ------
    Path
        An empty file, for the caller to write.

    Raises
    ------
    StorageError
        The file cannot be written, or something else than a file is there; what is there is
        unchanged.
    FileInTheWayError
        A database is there.
    """
    checked_path(path)
    try:
        place = expanded(path)
        place = Path(os.path.realpath(place)) if follow else place.absolute()
        check_regular(place)  # also where a link leads, such as /dev/stdout
        if owner is None or not owner(place):
            _spare_database(place, path)
        place.parent.mkdir(parents=True, exist_ok=True)
        # Named before it is made, so that an interrupt in between leaves no file behind.
        temporary = place.with_name(f".{place.name}.{token_hex(4)}")
        try:
            os.close(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666))
            yield temporary
            temporary.replace(place)
        finally:
            temporary.unlink(missing_ok=True)
    except PartFailedError as error:  # whoever wrote it met what the file system says
        cause = error.__cause__
        if not (isinstance(cause, OSError) and error.method in _WRITERS):
            raise
        raise StorageError(os.fspath(path), "Writing", cause.strerror or str(cause)) from cause
    except XetrackError:  # some are OSErrors: what was to be written could not be read
        raise
    except NotRegularError as error:
        reason = f"{error.what} is there, and a new file would take its place"
        raise StorageError(os.fspath(path), "Writing", reason) from error
    except OSError as error:
        raise StorageError(os.fspath(path), "Writing", error.strerror or str(error)) from error


def _spare_database(place: Path, path: str | os.PathLike[str]) -> None:
    """Raise an error for what no file that can be made again may replace."""
    if not place.is_file() or not place.stat().st_size:
        return
    from xetrack.opening import owner_of  # noqa: PLC0415 - for what is there already

    engine = owner_of(str(place))
    if engine is not None:
        reason = f"is a database ({engine}), which is not replaced by a file of another kind"
        raise FileInTheWayError(os.fspath(path), reason, "Give another path, or remove it.")


_WRITERS = {"write_csv", "write_parquet"}
"""Methods of parts that write to a path."""


def to_csv(answer: Columnar, path: str | os.PathLike[str], *, raw: bool = False) -> None:
    """Write rows as CSV with a header; missing cells and nan are empty, lists and dicts JSON.

    Parameters
    ----------
    answer
        The columns and their cells; its batches are gone afterwards.
    path
        Where to; what is there is replaced once the new file is complete.
    raw
        Whether texts that a spreadsheet would run are left as they are; otherwise they get a mark,
        see `xetrack.frames.csv_injection`.

    Raises
    ------
    MissingPackageError
        pandas is not installed, and the database has no writer of its own.
    """
    with replacing(path) as temporary:
        if (
            isinstance(answer, WritesFiles)
            and answer.write_csv(str(temporary), guarded=not raw) is not None
        ):
            return
        frame = to_frame(answer, PANDAS)
        changed = _AS_TEXT if raw else _AS_TEXT | _TEXTS
        for column in answer.columns:
            series = frame[column.name]
            dtype = str(series.dtype)
            if column.kinds & changed and dtype.startswith(("object", "str", "timedelta")):
                cells = [_in_csv(cell, raw=raw) for cell in series]
                frame[column.name] = type(series)(cells, series.index, dtype=object)
        if not raw:
            frame.columns = [guarded(name) for name in frame.columns]
        with temporary.open("w", encoding="utf-8", errors="backslashreplace", newline="") as out:
            lines: Any = Lines(out)  # it is written to, and nothing else
            frame.to_csv(lines, index=False, lineterminator=Lines.END)


_AS_TEXT = {Kind.HUGEINT, Kind.JSON, Kind.DURATION, Kind.LONGDURATION}
"""What pandas would write as Python's `repr`, or not at all."""

_TEXTS = {Kind.TEXT, Kind.RAWTEXT, Kind.PATH}
"""What may be a formula."""


def _in_csv(cell: Value, *, raw: bool) -> Value:
    if isinstance(cell, str | Path):
        return cell if raw else guarded(str(cell))
    if isinstance(cell, timedelta):  # pandas has a class of its own
        return TO_TEXT[Kind.DURATION](cell)
    if cell != cell:  # its missing duration, or nan  # noqa: PLR0124
        return None
    kind = kind_of(cell)
    return TO_TEXT[kind](cell) if kind in _AS_TEXT else cell


def to_parquet(answer: Columnar, path: str | os.PathLike[str]) -> int:
    """Write rows as Parquet, and return how many; a column of several kinds becomes text.

    Parameters
    ----------
    answer
        The columns and their cells; its batches are gone afterwards.
    path
        Where to; what is there is replaced once the new file is complete.

    Raises
    ------
    MissingPackageError
        pyarrow is not installed, and the database has no writer of its own.
    """
    if isinstance(answer, WritesFiles) and not _wants_arrow(answer):
        with replacing(path) as temporary:
            return answer.write_parquet(str(temporary), uniform)
    backend = load_backend(ARROW)
    if not isinstance(backend, WritesParquet):  # no plugin can take the name of xetrack's own
        raise MissingPackageError("The writer of Parquet", "arrow")
    with replacing(path) as temporary:
        return backend.write_parquet(answer, str(temporary))


def _wants_arrow(answer: Columnar) -> bool:
    """Return True if Arrow writes what no other writer has a type for, and is installed."""
    if not any(Kind.DURATION in column.kinds for column in answer.columns):
        return False
    try:
        return isinstance(load_backend(ARROW), WritesParquet)
    except XetrackError:
        return False
