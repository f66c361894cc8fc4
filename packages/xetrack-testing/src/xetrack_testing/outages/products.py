"""Parts under test as a plugin offers them, so that a `xetrack.Tracker` works with them."""

from __future__ import annotations

import importlib
import sys
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from xetrack.interfaces.codecs import Codec
from xetrack.interfaces.component import Component
from xetrack.interfaces.engines.factory import EngineFactory
from xetrack.plugins.markers import hookimpl
from xetrack.plugins.registry import registry

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from xetrack.interfaces.assets import AssetStore
    from xetrack.interfaces.codecs import Pieces
    from xetrack.interfaces.engine import Engine, Settings

NAME = "under-test"
"""The name of the engine and of the asset store."""

PATIENCE = 2.0
"""Seconds that the engine waits for its backend."""


class _UnderTest(EngineFactory):
    """Makes engines of the class under test, which wait only briefly."""

    engine_class: type[Engine]

    def owns(self, location: str) -> bool:
        """Return True if the engine under test owns the location."""
        return self.engine_class.owns(location)

    def __call__(self, location: str, settings: Settings) -> Engine:
        """Make an engine that waits only briefly."""
        return self.engine_class(location, replace(settings, timeout=PATIENCE))


ENGINE = _UnderTest()
STORE: type[AssetStore]
"""The asset store under test."""


@hookimpl
def xetrack_engines() -> list[Component]:
    """Offer the engine under test."""
    return [Component(name=NAME, target=f"{__name__}:ENGINE", summary="The engine under test.")]


@hookimpl
def xetrack_asset_stores() -> list[Component]:
    """Offer the asset store under test."""
    return [Component(name=NAME, target=f"{__name__}:STORE", summary="The store under test.")]


class Box:
    """An object that only an asset store takes."""

    def __init__(self, content: bytes) -> None:
        self.content = content


class BoxCodec(Codec):
    """Encodes boxes, so that no other distribution is needed to store an object."""

    version = 1

    def takes(self, value: object) -> bool:
        """Return True for a box."""
        return isinstance(value, Box)

    def encode(self, value: Box) -> Pieces:
        """Return its content."""
        return [value.content]

    def decode(self, content: bytearray, version: int) -> Box:  # noqa: ARG002 - there is but one
        """Return a box of a content."""
        return Box(bytes(content))


@hookimpl
def xetrack_codecs() -> list[Component]:
    """Offer the codec of boxes."""
    return [Component(name=NAME, target=f"{__name__}:BoxCodec", summary="Boxes for tests.")]


def _placed(store_class: type[AssetStore], location: str | None) -> type[AssetStore]:
    """Return a store whose name alone selects this URL, without a folder for each database."""
    if location is None:
        return store_class

    def place(store: AssetStore, engine: Engine, *, compress: bool = False) -> None:
        options: dict[str, Any] = {"compress": compress, "location": location}
        store_class.__init__(store, engine, **options)

    return type(store_class.__name__, (store_class,), {"__init__": place})


@contextmanager
def offered(
    folder: Path,
    engine_class: type[Engine],
    store_class: type[AssetStore] | None = None,
    store_location: str | None = None,
) -> Iterator[str]:
    """Install parts under test for a moment, and give their name.

    Parameters
    ----------
    folder
        A temporary folder.
    engine_class, store_class
        The classes under test.
    store_location
        The URL of the store, where it has one.
    """
    global STORE  # noqa: PLW0603 - the registry finds it there
    ENGINE.engine_class = engine_class
    if store_class is not None:
        STORE = _placed(store_class, store_location)
    info = folder / "installed" / "xetrack_under_test-1.0.dist-info"
    info.mkdir(parents=True, exist_ok=True)
    (info / "METADATA").write_text("Name: xetrack-under-test\nVersion: 1.0\n\n")
    (info / "entry_points.txt").write_text(f"[xetrack.plugins]\n{NAME} = {__name__}\n")
    sys.path.insert(0, str(info.parent))
    importlib.invalidate_caches()
    registry().refresh()
    try:
        yield NAME
    finally:
        sys.path.remove(str(info.parent))
        registry().refresh()
