"""Many threads and processes with one store; forks, and a process that is killed."""

from __future__ import annotations

import itertools
import os
from collections import Counter
from typing import TYPE_CHECKING

import pytest

from xetrack.interfaces.engine import Settings
from xetrack_testing.processes import ended_well, forked, killed, meanwhile, together
from xetrack_testing.rows import column
from xetrack_testing.stores.base import StoreFixtures, content, keep, loaded, made
from xetrack_testing.stores.rows import AssetsWithRowsContract

if TYPE_CHECKING:
    from collections.abc import Callable

    from xetrack.interfaces.assets import AssetStore, Content
    from xetrack.interfaces.engine import Engine
    from xetrack_testing.stores.base import Opened

SHARED = tuple(content(b"shared %d " % n * 5_000) for n in range(3))
"""Contents that all store at the same time."""


def contents_of(who: str, rows: int) -> list[Content]:
    """Return the contents that one writer stores: its own, and such as all writers store, by turns.

    Parameters
    ----------
    who
        The name of the writer.
    rows
        The number of contents of its own.
    """
    own = (content(f"{who} {n} ".encode() * 2_000) for n in range(rows))
    return [item for n, own_content in enumerate(own) for item in (own_content, SHARED[n % 3])]


def write(store: AssetStore, who: str, rows: int) -> None:
    """Store the contents of one writer, two at a time.

    Parameters
    ----------
    store
        Where to store them.
    who
        The name of the writer.
    rows
        The number of contents of its own.
    """
    contents = contents_of(who, rows)
    for n in range(0, len(contents), 2):
        keep(store, *contents[n : n + 2], run=who)


def write_anew(
    number: int,
    store_class: type[AssetStore],
    engine_class: type[Engine],
    location: str,
    store_location: str | None,
    rows: int,
) -> int:
    """Store the contents of one process, which may be the first to open the location.

    Parameters
    ----------
    number
        The number of the process.
    store_class
        The store under test.
    engine_class
        The engine that stores the rows.
    location
        Where its database is.
    store_location
        The URL of the store, where it has one.
    rows
        The number of contents of its own.

    Returns
    -------
    int
        The number of rows that were acknowledged.
    """
    engine = engine_class(location, Settings())
    write(made(store_class, engine, store_location), f"process{number}", rows)
    engine.close()
    return rows


def write_for_ever(
    acknowledge: Callable[[str], None],
    store_class: type[AssetStore],
    engine_class: type[Engine],
    location: str,
    store_location: str | None,
) -> None:
    """Store contents until the process is killed.

    Parameters
    ----------
    acknowledge
        Called with the id of each content that is stored.
    store_class
        The store under test.
    engine_class
        The engine that stores the rows.
    location
        Where its database is.
    store_location
        The URL of the store, where it has one.
    """
    store = made(store_class, engine_class(location, Settings()), store_location)
    for n in itertools.count():
        new = content(b"%d " % n * (20_000 + n % 100 * 1_000))
        keep(store, new)
        acknowledge(new.id)


def check(store: AssetStore, writers: dict[str, int]) -> None:
    """Check that a store has what some writers stored, once, and nothing else.

    Parameters
    ----------
    store
        The store to check.
    writers
        The number of contents of its own of each writer.
    """
    wanted = [(item, who) for who, rows in writers.items() for item in contents_of(who, rows)]
    contents = {item.id: item for item, _ in wanted}
    stored_references = [
        (item.asset, item.track_id) for asset in contents for item in store.references(asset)
    ]
    assert sorted({(item.id, who) for item, who in wanted}) == sorted(stored_references), (
        "of whom is what?"
    )
    assert contents.keys() == {info.id for info in store.infos()}
    for item in contents.values():
        assert loaded(store, item.id) == b"".join(map(bytes, item.pieces))
    stored = Counter(column(store.engine, "model"))
    assert Counter(item.id for item, _ in wanted) == stored, "rows are lost, or there twice"


class SharedStoreContract(StoreFixtures):
    """Any threads and processes may use one store at once."""

    def test_threads_store_at_once(self, opened: Opened) -> None:
        """With one store for two, and one more for the third."""
        shared, other = opened(), opened()
        works = [
            lambda: write(shared, "one", 8),
            lambda: write(shared, "two", 8),
            lambda: write(other, "three", 8),
        ]
        with meanwhile(*works):
            pass
        check(opened(), {"one": 8, "two": 8, "three": 8})

    def test_processes_store_at_once(
        self, opened: Opened, location: str, store_location: str | None
    ) -> None:
        """Three on a location where nothing is: equal content is stored once, and nothing lost."""
        parts = self.store_class, self.engine_class, location, store_location, 10
        assert [10] * 3 == together(write_anew, *parts, processes=3)
        check(opened(), {f"process{number}": 10 for number in range(3)})

    @pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
    @pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
    def test_after_a_fork_both_sides_go_on(self, opened: Opened) -> None:
        """With a store that was in use before it, while a thread of the parent stores on."""
        store = opened()
        write(store, "before", 3)
        with meanwhile(lambda: write(store, "thread", 12)):
            children = [forked(lambda who=who: write(store, who, 4)) for who in ("a", "b")]  # type: ignore[misc]
            write(store, "parent", 4)
        assert [True, True] == [*map(ended_well, children)], "a child failed; see what it printed"
        writers = {"before": 3, "thread": 12, "a": 4, "b": 4, "parent": 4}
        check(opened(), writers)

    def test_what_was_acknowledged_survives_a_kill(
        self, opened: Opened, location: str, store_location: str | None
    ) -> None:
        """No row is without its content, which is whole; and all can be stored again."""
        parts = self.store_class, self.engine_class, location, store_location
        acknowledged = killed(write_for_ever, *parts, after=17)
        store = opened()
        named = [*map(str, column(store.engine, "model"))]
        assert {*acknowledged} <= {*named}, "acknowledged rows are lost"
        for asset in named:
            info = store.info(asset)
            assert info is not None, "a row names a content that is not there"
            assert info.header.size == len(loaded(store, asset))
        orphans = store.collect(lambda: {*named})
        assert {*named} == {info.id for info in store.infos()}
        wanted = acknowledged
        if isinstance(self, AssetsWithRowsContract):
            assert [] == orphans, "contents without the row that they were stored with"
            wanted = named
        assert [] == [asset for asset in wanted if not store.references(asset)], "no reference"
        write(store, "after", 3)
