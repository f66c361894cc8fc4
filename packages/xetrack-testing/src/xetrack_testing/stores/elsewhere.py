"""Stores that are no part of the database: nobody waits for them, and they are found again."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from xetrack import Reader, Tracker
from xetrack_testing.hangs.patience import allowed
from xetrack_testing.outages.products import Box, offered
from xetrack_testing.processes import join
from xetrack_testing.stores.base import StoreFixtures
from xetrack_testing.stores.rows import AssetsWithRowsContract

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


PATIENCE = 5.0
"""Seconds for a row that nobody keeps waiting."""

_LARGE = b"slow" * 2**19
"""A content so large that it is encoded anew for its upload."""


class _Slow(Box):
    """An object during whose upload somebody else works."""

    def __init__(self, content: bytes, work: Callable[[], object]) -> None:
        super().__init__(content)
        self._work = work

    def __iter__(self) -> Iterator[bytes]:
        self._work()
        yield from super().__iter__()


class ElsewhereContract(StoreFixtures):
    """The promises of `AssetStore.elsewhere`, and that a database remembers its store.

    A store by URL has its own one in the fixture `store_location`, and is chosen by that.
    """

    @pytest.fixture
    def other_location(self, location: str) -> str:
        """The location of another database; nothing is there yet.

        Parameters
        ----------
        location
            Where the first database is, from the fixture.
        """
        return f"{location}-other"

    @pytest.fixture
    def chosen(self, tmp_path: Path, store_location: str | None) -> Iterator[tuple[str, str]]:
        """The engine and the asset store that trackers are made with.

        Parameters
        ----------
        tmp_path
            A folder of the test's own, made by pytest.
        store_location
            The URL of the store, from the fixture; None where it has none.
        """
        with offered(tmp_path, self.engine_class, self.store_class, store_location) as name:
            yield name, store_location or name

    def test_nobody_who_logs_waits_for_an_upload(
        self, location: str, chosen: tuple[str, str]
    ) -> None:
        """Rows are stored while an object is uploaded, as `AssetStore.elsewhere` is True.

        Only a store that keeps `AssetsWithRowsContract` may take the lock of the engine for it.
        """
        self._skip_one_transaction()
        engine, asset_store = chosen
        threads: list[threading.Thread] = []

        def log_a_row() -> None:
            if not any(thread.is_alive() for thread in threads):
                threads.append(threading.Thread(target=tracker.log, args=({"n": len(threads)},)))
                threads[-1].start()
                threads[-1].join(allowed(PATIENCE))

        with Tracker(location, engine=engine, asset_store=asset_store) as tracker:
            asset = tracker.log({"model": _Slow(_LARGE, log_a_row)})["model"]
            join(*threads)
            assert tracker.get(asset).content == _LARGE
            logged = [row["n"] for row in tracker]
        assert [*range(len(threads)), None] == logged, (
            "a row waited for an upload: the store needs elsewhere = True, and no lock of its own"
        )

    def test_a_database_finds_its_objects_again(
        self, location: str, chosen: tuple[str, str]
    ) -> None:
        """By the URL or name that it remembers: to read, to store more, and to delete."""
        engine, asset_store = chosen
        with Tracker(location, engine=engine, asset_store=asset_store) as tracker:
            first = tracker.log({"model": Box(b"first")})["model"]
        with Tracker(location, engine=engine) as tracker:
            second = tracker.log({"model": Box(b"second")})["model"]
            assert b"first" == tracker.get(first).content
        with Reader(location, engine=engine) as reader:
            assert reader.assets is not None
            assert {first, second} == {info.id for info in reader.assets}
            assert b"second" == reader.assets[second].content
            assert reader.remove_asset(first)
            assert [second] == [info.id for info in reader.assets]

    def test_databases_share_no_object(
        self, location: str, other_location: str, chosen: tuple[str, str]
    ) -> None:
        """What one deletes stays for the other, though both were given the same URL."""
        self._skip_one_transaction()
        engine, asset_store = chosen
        for db in (location, other_location):
            with Tracker(db, engine=engine, asset_store=asset_store) as tracker:
                asset = tracker.log({"model": Box(b"of both")})["model"]
        with Reader(location, engine=engine) as reader:
            assert reader.remove_asset(asset)
            assert reader.assets is not None
            assert [] == [*reader.assets]
        with Reader(other_location, engine=engine) as reader:
            assert reader.assets is not None
            assert b"of both" == reader.assets[asset].content

    def _skip_one_transaction(self) -> None:
        if isinstance(self, AssetsWithRowsContract):
            pytest.skip("the store is a part of the database, whose rows and objects are one")
