"""Files of objects in the layout of xetrack 0.7, for programs that have no other release.

`sqlitedict` writes them, as it did for 0.7, so that the layout is its own. It never reads one: what
it reads it unpickles (CVE-2024-35515). What else it does is mended here: it does not wait for
the disk, so the file is synced and checked before it gets its name; it queues without a limit,
so each object is waited for; and its thread may end in a full disk, so its end is not waited for.
"""

from __future__ import annotations

import os
import sqlite3
from collections import Counter
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from xetrack import Reader
from xetrack.errors import AssetNotStoredError, StorageError
from xetrack.frames.files import replacing
from xetrack.process.open_files import is_held
from xetrack_assets.absence import no_store_error
from xetrack_assets.codecs.pickles import PickleCodec
from xetrack_assets.legacy_tables import as_key, pickled

if TYPE_CHECKING:
    from collections.abc import Iterator

    from xetrack.assets.view import Assets
    from xetrack.interfaces.assets import AssetInfo

_LONGEST = 10**9
"""Bytes that SQLite takes in one cell, of which the old layout has one for each object."""


def export_old(
    db: str | os.PathLike[str], path: str | os.PathLike[str], *, engine: str | None = None
) -> int:
    """Write the objects of a database to a new file that xetrack 0.7 and sqlitedict can read.

    Their ids are those that stand in the rows. What is a pickle is copied as it is and not loaded,
    whoever stored it; anything else is pickled. Rows are not written.

    Parameters
    ----------
    db
        Path or URL of the database.
    path
        The file to write; an older one is replaced when all is written, and stays otherwise.
    engine
        Storage engine; by default the one that the file belongs to.

    Returns
    -------
    int
        How many objects were written.

    Raises
    ------
    AssetError
        One of them is damaged, or no object can be made of it; nothing is written.
    AssetNotStoredError
        One is longer than the old layout allows.
    StorageError
        The file cannot be written.
    """
    with Reader(db, engine) as reader:
        assets = reader.assets
        if assets is None:
            raise no_store_error(reader)
        infos = list(assets)
        references = {info.id: assets.references(info.id) for info in infos}
        with replacing(path, follow=False, owner=_is_old_file) as temporary:
            counts = Counter({asset: max(len(those), 1) for asset, those in references.items()})
            keys = {
                reference.key: asset
                for asset, those in references.items()
                for reference in those
                if reference.key
            }
            tables = {
                "assets": ((as_key(info.id), _pickle_of(assets, info)) for info in infos),
                "keys": ((as_key(key), pickled(asset)) for key, asset in keys.items()),
                "counts": ((asset, pickled(number)) for asset, number in counts.items()),
            }
            for table, rows in tables.items():
                _write(temporary, table, rows)
            _check(temporary, {"assets": len(infos), "keys": len(keys), "counts": len(counts)})
    return len(infos)


def _is_old_file(path: Path) -> bool:
    """Return True for a file of this layout and nothing else."""
    if is_held(path):  # by another engine, whose locks a look would drop
        return False
    try:
        with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as connection:
            names = connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")
            return {name for (name,) in names} == {"assets", "keys", "counts"}
    except sqlite3.Error:
        return False


def _pickle_of(assets: Assets, info: AssetInfo) -> bytes:
    """Return the pickle of an object; what is one already is never loaded."""
    if info.header.codec == "pickle":
        with TemporaryDirectory() as folder:
            file = Path(folder, "content")
            assets.export(info.id, file)
            content = file.read_bytes()
    else:
        content = b"".join(map(bytes, PickleCodec().encode(assets.get(info.id, trust=False))))
    if len(content) >= _LONGEST:
        raise AssetNotStoredError(info.header.codec, f"{info.id} has {len(content):,} bytes")
    return content


def _write(path: Path, table: str, rows: Iterator[tuple[str, bytes]]) -> None:
    from sqlitedict import SqliteDict  # type: ignore[import-untyped]  # noqa: PLC0415

    dictionary: Any = SqliteDict(
        str(path), table, encode=sqlite3.Binary, decode=_refuse_to_decode, outer_stack=False
    )
    worker = dictionary.conn
    try:
        for key, value in rows:
            dictionary[key] = value
            if key not in dictionary:  # asked, as that waits until it is written
                break
        dictionary.commit(blocking=False)
    finally:
        dictionary.close(do_log=False, force=True)
        worker.join()


def _refuse_to_decode(_: object) -> None:
    """Raise an error in place of the decoder of sqlitedict, which would unpickle."""
    raise TypeError("nothing is read by sqlitedict")


def _check(path: Path, expected: dict[str, int]) -> None:
    """Check that all rows are there, and wait until the disk has them."""
    with closing(sqlite3.connect(path)) as connection:
        counts = {
            table: connection.execute(f'SELECT count(*) FROM "{table}"').fetchone()[0]  # noqa: S608
            for table in expected
        }
        (sound,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    if (counts, sound) != (expected, "ok"):
        raise StorageError(str(path), "Writing", "not all of it was written")
    with path.open("rb") as file:
        os.fsync(file.fileno())
