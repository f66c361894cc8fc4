"""Formats of files of rows, and the errors of such files."""

from __future__ import annotations

from pathlib import Path

from xetrack.errors import InvalidArgumentError, XetrackError

CSV, JSONL, PARQUET = "csv", "jsonl", "parquet"
TAB = ".tsv"
"""The ending of a CSV whose cells tabs separate."""

STREAM = Path("-")
"""In place of a file: stdin or stdout."""

_FORMATS = {
    ".csv": CSV,
    TAB: CSV,
    ".jsonl": JSONL,
    ".ndjson": JSONL,
    ".parquet": PARQUET,
    ".pq": PARQUET,
}


class UnreadableFileError(XetrackError, ValueError):
    """A file of rows is not what its name says."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(
            f"The file {path!r} cannot be read: {reason}. Nothing was imported. "
            "Mend the file, and import it again."
        )
        self.path = path
        self.reason = reason


class FileOfRowsNotFoundError(XetrackError, FileNotFoundError):
    """There is no file to import at a path."""

    def __init__(self, path: str) -> None:
        super().__init__(f"There is no file {path!r}. Check the path, and type it after DB.")
        self.path = path


def is_file_of_rows(path: Path) -> bool:
    """Return True if a file is of one of the formats, by the ending of its name.

    Parameters
    ----------
    path
        The file, which need not exist.
    """
    return path.suffix.lower() in _FORMATS


def format_of(path: Path, named: str | None = None) -> str:
    """Return the format of a file by the ending of its name.

    Parameters
    ----------
    path
        The file, which need not exist; `STREAM` is of CSV.
    named
        The format, if the user named it.

    Returns
    -------
    str
        `CSV`, `JSONL` or `PARQUET`.

    Raises
    ------
    InvalidArgumentError
        The ending is that of no format.
    """
    if named or path == STREAM:
        return named or CSV
    try:
        return _FORMATS[path.suffix.lower()]
    except KeyError:
        expected = f"a file name that ends in {', '.join(_FORMATS)}, or say what it is: --format"
        raise InvalidArgumentError("FILE", str(path), expected) from None
