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
from xetrack_testing.stores.base import StoreFixtures, content, keep, loaded
from xetrack_testing.stores.rows import AssetsWithRowsContract

if TYPE_CHECKING:
    from collections.abc import Callable

    from xetrack.interfaces.assets import AssetStore, Content
    from xetrack.interfaces.engine import Engine
    from xetrack_testing.stores.base import Opened

SHARED = tuple(content(b"shared %d " % n * 5_000) for n in range(3))
"""Contents that all store at the same time."""


def given(who: str, rows: int) -> list[Content]:
    """Return what one writer stores: by turns a content of its own, and one that others store."""
    own = (content(f"{who} {n} ".encode() * 2_000) for n in range(rows))
    return [one for n, mine in enumerate(own) for one in (mine, SHARED[n % 3])]


def write(store: AssetStore, who: str, rows: int) -> None:
    """Store these contents, two at a time."""
    contents = given(who, rows)
    for n in range(0, len(contents), 2):
        keep(store, *contents[n : n + 2], run=who)


def write_anew(
    number: int,
    store_class: type[AssetStore],
    engine_class: type[Engine],
    location: str,
    rows: int,
) -> int:
    """Do so in a process of its own, which may be the first to open the location."""
    engine = engine_class(location, Settings())
    write(store_class(engine), f"process{number}", rows)
    engine.close()
    return rows


def write_for_ever(
    acknowledge: Callable[[str], None],
    store_class: type[AssetStore],
    engine_class: type[Engine],
    location: str,
) -> None:
    """Store until somebody kills the process, and acknowledge each id."""
    store = store_class(engine_class(location, Settings()))
    for n in itertools.count():
        new = content(b"%d " % n * (20_000 + n % 100 * 1_000))
        keep(store, new)
        acknowledge(new.id)


def check(store: AssetStore, writers: dict[str, int]) -> None:
    """Check that all is there which these writers stored, once, and nothing else."""
    wanted = [(one, who) for who, rows in writers.items() for one in given(who, rows)]
    contents = {one.id: one for one, _ in wanted}
    kept = [(one.asset, one.track_id) for asset in contents for one in store.references(asset)]
    assert sorted({(one.id, who) for one, who in wanted}) == sorted(kept), "of whom is what?"
    assert contents.keys() == {info.id for info in store.infos()}
    for one in contents.values():
        assert loaded(store, one.id) == b"".join(map(bytes, one.pieces))
    stored = Counter(column(store.engine, "model"))
    assert Counter(one.id for one, _ in wanted) == stored, "rows are lost, or there twice"


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

    def test_processes_store_at_once(self, opened: Opened, location: str) -> None:
        """Three on a location where nothing is: equal content is stored once, and nothing lost."""
        parts = self.store_class, self.engine_class, location, 10
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

    def test_what_was_acknowledged_survives_a_kill(self, opened: Opened, location: str) -> None:
        """No row is without its content, which is whole; and all can be stored again."""
        parts = self.store_class, self.engine_class, location
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
