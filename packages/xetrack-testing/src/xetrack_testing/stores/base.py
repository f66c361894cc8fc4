"""Fixtures for the asset store under test, and contents for it."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import pytest

from xetrack.interfaces.assets import AssetStore, Content, Header, Reference
from xetrack.interfaces.engine import Engine, Settings
from xetrack.model.names import DEFAULT_TABLE, ID_LENGTH
from xetrack_testing.declared import Contract, signature_differences
from xetrack_testing.rows import log

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path
    from typing import TypeAlias

    Opened: TypeAlias = Callable[..., AssetStore]
    """Opens the same location again, as another process does; takes what `Settings` take, and
    ``compress``."""

NOBODY: frozenset[str] = frozenset()
"""The ids in rows, if there is no row."""


def content(
    *pieces: bytes, codec: str = "bytes", version: int = 1, seal: bytes = b"seal"
) -> Content:
    """Return a content as the core passes it to a store.

    Parameters
    ----------
    *pieces
        The bytes, in pieces.
    codec, version, seal
        Fields of `xetrack.interfaces.assets.Header`.
    """
    whole = b"".join(pieces)
    digest = hashlib.sha256(whole).hexdigest()
    header = Header(digest=digest, codec=codec, version=version, size=len(whole), seal=seal)
    return Content(id=digest[:ID_LENGTH], header=header, pieces=pieces)


def keep(
    store: AssetStore,
    *contents: Content,
    key: str = "model",
    table: str = DEFAULT_TABLE,
    run: str = "run",
) -> None:
    """Store contents, and a row with the id of each, as a tracker does.

    Parameters
    ----------
    store
        Where to store them.
    *contents
        The contents.
    key
        The key of the ids in the rows.
    table
        Name of the table.
    run
        The track id.
    """
    references = [Reference(content.id, table, key, run) for content in contents]
    with store.storing(contents, references):
        log(store.engine, *({key: content.id} for content in contents), table=table, run=run)


def made(
    store_class: type[AssetStore], engine: Engine, location: str | None, *, compress: bool = False
) -> AssetStore:
    """Return a store, made as the core makes it.

    Parameters
    ----------
    store_class
        The class under test.
    engine
        The engine that stores the rows.
    location
        The URL of the store, where it has one.
    compress
        Whether contents are compressed.
    """
    options = {} if location is None else {"location": location}
    store: AssetStore = store_class(engine, compress=compress, **options)
    return store


def put(store: AssetStore, *contents: Content, references: Sequence[Reference] = ()) -> None:
    """Store contents without a row.

    Parameters
    ----------
    store
        Where to store them.
    *contents
        The contents.
    references
        References to store with them.
    """
    with store.storing(contents, references):
        pass


def loaded(store: AssetStore, asset: str) -> bytes:
    """Return a stored content in one piece.

    Parameters
    ----------
    store
        Where to read it.
    asset
        Its id.

    Returns
    -------
    bytes
        The whole content.
    """
    data = bytearray()
    store.content(asset, data.extend)
    return bytes(data)


class StoreFixtures(Contract):
    """Fixtures for the store under test.

    Set `store_class` and `engine_class`; override `damage`, and `location` if it is no path.
    """

    store_class: type[AssetStore]
    """The class under test. Other processes import it, so it stands in a module."""
    engine_class: type[Engine]
    """The engine that stores the rows; likewise."""

    @pytest.fixture
    def location(self, tmp_path: Path) -> str:
        """The location of the engine's database; nothing is there yet.

        Parameters
        ----------
        tmp_path
            A folder of the test's own, made by pytest.
        """
        return str(tmp_path / "rows")

    @pytest.fixture
    def damage(self) -> Callable[[str], object]:
        """Return a function that changes the stored content of an id, behind the store's back."""
        raise NotImplementedError("override the fixture `damage`: it changes what is stored")

    @pytest.fixture
    def store_location(self) -> str | None:
        """The URL of a store that is chosen by URL; nothing is there yet."""
        return None

    @pytest.fixture
    def opened(self, location: str, store_location: str | None) -> Iterator[Opened]:
        """Open the location; each engine is closed at the end.

        What nobody refers to is collected at once, as tests cannot wait for a day.

        Parameters
        ----------
        location
            Where the engine's database is, from the fixture.
        store_location
            The URL of the store, from the fixture; None where it has none.
        """
        engines = []

        def again(*, compress: bool = False, **settings: Any) -> AssetStore:
            engines.append(self.engine_class(location, Settings(**settings)))
            store = made(self.store_class, engines[-1], store_location, compress=compress)
            store.grace = 0.0
            return store

        yield again
        for engine in engines:
            engine.close()

    @pytest.fixture
    def store(self, opened: Opened) -> AssetStore:
        """An open store at an empty location."""
        return opened()

    def test_signatures_are_those_of_the_interface(self) -> None:
        """Every method takes what the interface says, so that all stores are called alike."""
        assert [] == signature_differences(self.store_class, AssetStore)
