"""Fixtures for the cache under test, and entries for it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from xetrack.interfaces.cache import Cache, CacheEntry
from xetrack_testing.declared import Contract

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

KEY = "0123456789abcdef-fedcba98"
OTHER = "0123456789abcdee-00000000"


def entry(
    result: Any, run: str = "run", material: bytes = b"material", when: float | None = None
) -> CacheEntry:
    """Return the cache entry of a result.

    Parameters
    ----------
    result
        The return value of a call.
    run
        The track id of the run that computed it.
    material
        The bytes that its key was made from.
    when
        When it was computed, in seconds since 1970.
    """
    return CacheEntry(result=result, track_id=run, material=material, time=when)


class CacheFixtures(Contract):
    """Fixtures for the cache under test. Set `cache_class`."""

    cache_class: type[Cache]
    """The class under test. Other processes import it, so it stands in a module."""

    @pytest.fixture
    def location(self, tmp_path: Path) -> str:
        """The location of a cache; nothing is there yet.

        Parameters
        ----------
        tmp_path
            A folder of the test's own, made by pytest.
        """
        return str(tmp_path / "cache")

    @pytest.fixture
    def opened(self, location: str) -> Iterator[Callable[..., Cache]]:
        """Open the location; each cache is closed at the end.

        Parameters
        ----------
        location
            The path or URL, from the fixture.
        """
        made = []

        def again(**options: Any) -> Cache:
            made.append(self.cache_class(location, **options))
            return made[-1]

        yield again
        for cache in made:
            cache.close()

    @pytest.fixture
    def cache(self, opened: Callable[..., Cache]) -> Cache:
        """An open cache at an empty location."""
        return opened()

    @pytest.fixture
    def damage(self, location: str) -> Callable[[], None]:
        """Return a function that damages everything that is stored; by default all files.

        Parameters
        ----------
        location
            The path or URL, from the fixture.
        """

        def spoil() -> None:
            for path in Path(location).rglob("*"):
                if path.is_file() and (data := path.read_bytes()):
                    half = len(data) // 2
                    path.write_bytes(data[:half] + bytes(255 - byte for byte in data[half:]))

        return spoil
