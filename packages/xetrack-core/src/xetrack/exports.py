"""Files of rows: written beside their place, then moved there, so that none is ever half there."""

from __future__ import annotations

import os
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from xetrack.arrow import to_arrow
from xetrack.errors import StorageError
from xetrack.frames import library, to_pandas

if TYPE_CHECKING:
    from collections.abc import Iterator

    from xetrack.results import Result


@contextmanager
def replacing(path: str | os.PathLike[str]) -> Iterator[Path]:
    """Lend a temporary path in the same folder, and move it to `path` if all goes well.

    Raises
    ------
    StorageError
        The file cannot be written; an older one is still there, unchanged.
    """
    place = Path(path)
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=place.parent, prefix=f".{place.name}.")
        os.close(handle)
        temporary = Path(name)
        try:
            yield temporary
            # A file made by mkstemp is for its owner only; this one is like any other.
            mask = os.umask(0)
            os.umask(mask)
            temporary.chmod(0o666 & ~mask)
            temporary.replace(place)
        finally:
            temporary.unlink(missing_ok=True)
    except OSError as error:
        raise StorageError(str(place), "Writing", error.strerror or str(error)) from error


def to_csv(result: Result, path: str | os.PathLike[str]) -> None:
    """Write rows as CSV with a header; missing cells and nan are empty."""
    with replacing(path) as temporary:
        to_pandas(result.columns, result.batches).to_csv(
            temporary, index=False, errors="backslashreplace"
        )


def to_parquet(result: Result, path: str | os.PathLike[str]) -> None:
    """Write rows as Parquet; a column of several kinds becomes text.

    Raises
    ------
    MissingPackageError
        pyarrow is not installed.
    """
    parquet = library("pyarrow.parquet", "arrow")
    with replacing(path) as temporary:
        parquet.write_table(to_arrow(result, mixtures_as_text=True), temporary)
