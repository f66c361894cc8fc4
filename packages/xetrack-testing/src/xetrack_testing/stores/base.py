"""Where the asset store under test comes from, and contents for it."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import pytest

from xetrack.interfaces.assets import AssetStore, Content, Header, Reference
from xetrack.interfaces.engine import Engine, Settings
from xetrack.model.names import DEFAULT_TABLE, ID_LENGTH
from xetrack_testing.declared import Contract, drifted
from xetrack_testing.rows import log

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path
    from typing import TypeAlias

    Opened: TypeAlias = Callable[..., AssetStore]
    """Opens the same location again, as another process does; takes what `Settings` take, and
    ``compress``."""

NOBODY: frozenset[str] = frozenset()
"""The ids in rows where no row is."""


def content(
    *pieces: bytes, codec: str = "bytes", version: int = 1, seal: bytes = b"seal"
) -> Content:
    """Return bytes as core hands them to a store."""
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
    """Store a row for each content, which holds its id, as a tracker does."""
    references = [Reference(one.id, table, key, run) for one in contents]
    with store.storing(contents, references):
        log(store.engine, *({key: one.id} for one in contents), table=table, run=run)


def put(store: AssetStore, *contents: Content, references: Sequence[Reference] = ()) -> None:
    """Store contents without a row."""
    with store.storing(contents, references):
        pass


def loaded(store: AssetStore, asset: str) -> bytes:
    """Return a content in one piece."""
    found = bytearray()
    store.content(asset, found.extend)
    return bytes(found)


class StoreFixtures(Contract):
    """Set `store_class` and `engine_class`; override `damage`, and `location` if it is no path."""

    store_class: type[AssetStore]
    """The class under test. Other processes import it, so it stands in a module."""
    engine_class: type[Engine]
    """The engine that keeps the rows; likewise."""

    @pytest.fixture
    def location(self, tmp_path: Path) -> str:
        """Where the engine's database may come: nothing is there yet."""
        return str(tmp_path / "rows")

    @pytest.fixture
    def damage(self) -> Callable[[str], object]:
        """Return a function that changes the stored content of an id, behind the store's back."""
        raise NotImplementedError("override the fixture `damage`: it changes what is stored")

    @pytest.fixture
    def opened(self, location: str) -> Iterator[Opened]:
        """Open the location; each engine is closed at the end."""
        engines = []

        def again(*, compress: bool = False, **settings: Any) -> AssetStore:
            engines.append(self.engine_class(location, Settings(**settings)))
            return self.store_class(engines[-1], compress=compress)

        yield again
        for engine in engines:
            engine.close()

    @pytest.fixture
    def store(self, opened: Opened) -> AssetStore:
        """A store at a location where nothing is."""
        return opened()

    def test_signatures_are_those_of_the_interface(self) -> None:
        """Every method takes what the interface says, so that all stores are called alike."""
        assert [] == drifted(self.store_class, AssetStore)
