"""The commands of ``xt assets``, which never unpickle anything."""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from xetrack import Reader
from xetrack.errors import DamagedAssetError
from xetrack.interfaces.commands import Confirm  # noqa: TC001 - xt reads it from the signature
from xetrack_assets.absence import no_store_error

if TYPE_CHECKING:
    from collections.abc import Iterator

    from xetrack.assets.view import Assets


@contextmanager
def _reader(
    db: str, engine: str | None, asset_store: str | None
) -> Iterator[tuple[Reader, Assets]]:
    with Reader(db, engine, asset_store=asset_store) as reader:
        assets = reader.assets
        if assets is None:
            raise no_store_error(reader)
        yield reader, assets


@contextmanager
def _assets(db: str, engine: str | None, asset_store: str | None) -> Iterator[Assets]:
    with _reader(db, engine, asset_store) as (_, assets):
        yield assets


def ls(
    db: str, /, *, engine: str | None = None, asset_store: str | None = None
) -> list[dict[str, Any]]:
    """List all assets, in the order they were stored.

    Parameters
    ----------
    db
        Path or URL of the database.
    engine
        Storage engine; by default the one that the file belongs to.
    asset_store
        Name or URL of the store of the objects; by default the one that the database remembers.

    Returns
    -------
    list of dict
        A row for each asset.
    """
    with _assets(db, engine, asset_store) as assets:
        return [
            {
                "id": info.id,
                "codec": info.header.codec,
                "content": assets.short_text(info) or None,
                "bytes": info.header.size,
                "stored_bytes": info.stored_size,
                "references": info.references,
                "time": info.time,
            }
            for info in assets
        ]


def export(
    db: str, asset: str, path: str, /, *, engine: str | None = None, asset_store: str | None = None
) -> str:
    """Write the content of an asset to a file.

    A pickle is written as it is; load it with cloudpickle.loads, if you know where it comes from.

    Parameters
    ----------
    db
        Path or URL of the database.
    asset
        Its id, or at least the first 6 digits of it.
    path
        The file to write; an older one is replaced.
    engine
        Storage engine; by default the one that the file belongs to.
    asset_store
        Name or URL of the store of the objects; by default the one that the database remembers.

    Returns
    -------
    str
        What was written where.
    """
    with _assets(db, engine, asset_store) as assets:
        info = assets.info(asset)
        assets.export(info.id, path)
    return f"Wrote {info.id} ({info.header.codec}) to {os.fspath(path)}"


def export_old(db: str, path: str, /, *, engine: str | None = None) -> str:
    """Write all objects to a new file in the layout of xetrack 0.7, which sqlitedict reads too.

    Pickles are copied as they are. Rows are not written; their ids are the keys of the objects.

    Parameters
    ----------
    db
        Path or URL of the database.
    path
        The file to write; an older one is replaced.
    engine
        Storage engine; by default the one that the file belongs to.

    Returns
    -------
    str
        How many objects were written.
    """
    from xetrack_assets.legacy_files import export_old as write  # noqa: PLC0415 - seldom needed

    number = write(db, path, engine=engine)
    return f"Wrote {number} {'object' if number == 1 else 'objects'} to {os.fspath(path)}"


def delete(
    db: str,
    asset: str,
    /,
    *,
    engine: str | None = None,
    asset_store: str | None = None,
    confirm: Confirm,
) -> str:
    """Remove an asset, all references to it, and its id from the cells of all tables.

    Parameters
    ----------
    db
        Path or URL of the database.
    asset
        Its id, or at least the first 6 digits of it.
    engine
        Storage engine; by default the one that the file belongs to.
    asset_store
        Name or URL of the store of the objects; by default the one that the database remembers.
    confirm
        Asks the user.

    Returns
    -------
    str
        The id.
    """
    with _reader(db, engine, asset_store) as (reader, assets):
        info = assets.info(asset)
        runs = len({reference.track_id for reference in assets.references(info.id)})
        keep = "1 run keeps" if runs == 1 else f"{runs} runs keep"
        confirm(f"Delete {info.id} ({info.header.codec}), which {keep}?")
        reader.remove_asset(info.id)
    return f"Deleted {info.id}"


def verify(db: str, /, *, engine: str | None = None, asset_store: str | None = None) -> str:
    """Check the content of every asset.

    Parameters
    ----------
    db
        Path or URL of the database.
    engine
        Storage engine; by default the one that the file belongs to.
    asset_store
        Name or URL of the store of the objects; by default the one that the database remembers.

    Returns
    -------
    str
        How many assets were checked.

    Raises
    ------
    DamagedAssetError
        Some are not what was stored.
    """
    with _assets(db, engine, asset_store) as assets:
        wrong = assets.verify()
        unchecked = sum(not info.header.digest for info in assets)
        number = len(assets)
    if wrong:
        reasons = "; ".join(f"{asset}: {reason}" for asset, reason in wrong.items())
        raise DamagedAssetError(", ".join(wrong), reasons)
    old = f"; {unchecked} of xetrack 0.7 have no digest to check" if unchecked else ""
    return f"{number - unchecked} assets are what was stored{old}"


def gc(
    db: str, /, *, engine: str | None = None, asset_store: str | None = None
) -> list[dict[str, Any]]:
    """Remove the assets that no run refers to and whose id stands in no row, and list them.

    Parameters
    ----------
    db
        Path or URL of the database.
    engine
        Storage engine; by default the one that the file belongs to.
    asset_store
        Name or URL of the store of the objects; by default the one that the database remembers.

    Returns
    -------
    list of dict
        A row for each asset that was removed.
    """
    with _assets(db, engine, asset_store) as assets:
        return [{"removed": asset} for asset in assets.gc()]


def store(db: str, new: str | None = None, /, *, engine: str | None = None) -> str:
    """Print where the objects of a database are, or let it remember that they have moved.

    The objects themselves are moved by other means: the folder of the database keeps its name.

    Parameters
    ----------
    db
        Path or URL of the database.
    new
        The new URL of its store.
    engine
        Storage engine; by default the one that the file belongs to.

    Returns
    -------
    str
        The URL or the name of the store.
    """
    with _assets(db, engine, None) as assets:
        if new is not None:
            assets.move(new)
        return assets.location
