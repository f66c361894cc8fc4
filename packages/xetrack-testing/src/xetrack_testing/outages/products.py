"""Parts under test as a plugin offers them, so that a `xetrack.Tracker` works with them."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from xetrack.errors import XetrackError
from xetrack.interfaces.codecs import Codec
from xetrack.interfaces.component import Component, PartKind
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
SCHEMES: tuple[str, ...] = ()
"""The URL scheme of the store under test, unless an installed plugin claims it."""


@hookimpl
def xetrack_engines() -> list[Component]:
    """Offer the engine under test."""
    return [Component(name=NAME, target=f"{__name__}:ENGINE", summary="The engine under test.")]


@hookimpl
def xetrack_asset_stores() -> list[Component]:
    """Offer the asset store under test."""
    return [
        Component(
            name=NAME,
            target=f"{__name__}:STORE",
            summary="The store under test.",
            schemes=SCHEMES,
        )
    ]


class Box:
    """An object that only an asset store takes."""

    def __init__(self, content: bytes) -> None:
        self.content = content

    def __iter__(self) -> Iterator[bytes]:
        """Give the content in pieces; the same each time."""
        yield self.content


class BoxCodec(Codec):
    """Encodes boxes, so that no other distribution is needed to store an object."""

    version = 1

    def takes(self, value: object) -> bool:
        """Return True for a box; see `Codec.takes`."""
        return isinstance(value, Box)

    def encode(self, value: Box) -> Pieces:
        """Return its content, iterated over again for each upload; see `Codec.encode`."""
        return value

    def decode(self, content: bytearray, version: int) -> Box:  # noqa: ARG002 - there is but one
        """Return a box of a content; see `Codec.decode`."""
        return Box(bytes(content))


@hookimpl
def xetrack_codecs() -> list[Component]:
    """Offer the codec of boxes."""
    return [Component(name=NAME, target=f"{__name__}:BoxCodec", summary="Boxes for tests.")]


@contextmanager
def offered(
    folder: Path,
    engine_class: type[Engine],
    store_class: type[AssetStore] | None = None,
    store_url: str | None = None,
) -> Iterator[str]:
    """Install parts under test for a moment, and give their name.

    Parameters
    ----------
    folder
        A temporary folder, which gets the user's key for signatures, too.
    engine_class, store_class
        The classes under test.
    store_url
        The URL of the store, where it is chosen by one. The plugin of the store may be installed.
    """
    global STORE, SCHEMES  # noqa: PLW0603 - the registry finds them there
    ENGINE.engine_class = engine_class
    if store_class is not None:
        STORE = store_class
    SCHEMES = _unclaimed_schemes(store_url)
    info = folder / "installed" / "xetrack_under_test-1.0.dist-info"
    info.mkdir(parents=True, exist_ok=True)
    (info / "METADATA").write_text("Name: xetrack-under-test\nVersion: 1.0\n\n")
    (info / "entry_points.txt").write_text(f"[xetrack.plugins]\n{NAME} = {__name__}\n")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CONFIG_HOME", str(folder / "configuration"))
        patch.syspath_prepend(str(info.parent))
        registry().refresh()
        yield NAME
    registry().refresh()


def _unclaimed_schemes(url: str | None) -> tuple[str, ...]:
    """Return the scheme of a URL, in a tuple, unless a plugin that is installed claims it."""
    if url is None:
        return ()
    scheme = url.partition("://")[0]
    try:
        registry().name_for(PartKind.ASSET_STORE, scheme)
    except XetrackError:
        return (scheme,)
    return ()
