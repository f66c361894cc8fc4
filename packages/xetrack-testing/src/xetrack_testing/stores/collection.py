"""Collecting contents that nobody refers to, while others are about to refer to them."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

import pytest

from xetrack.interfaces.assets import Reference
from xetrack.model.names import DEFAULT_TABLE
from xetrack_testing.hangs.patience import allowed
from xetrack_testing.processes import meanwhile
from xetrack_testing.rows import log
from xetrack_testing.stores.base import NOBODY, StoreFixtures, content, keep, loaded, put

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from xetrack.interfaces.assets import AssetStore, Content
    from xetrack_testing.stores.base import Opened

GRACE = 2.0
"""Seconds of grace for contents that grow old in a test; some servers stamp whole seconds."""

BRIEFLY = 0.3
"""Seconds for a writer or a collector to come in between, where a store keeps it waiting."""


class CollectionContract(StoreFixtures):
    """Nobody loses what a row names, whoever collects meanwhile; see `AssetStore.grace`."""

    def test_a_young_content_stays_for_the_grace_of_its_store(self, opened: Opened) -> None:
        """A content without a reference stays so long as the store says, and goes afterwards."""
        store, orphan = opened(), content(b"x" * 10_000)
        put(store, orphan)
        store.grace = self.store_class.grace
        remaining = [orphan.id] if store.grace else []
        collected = store.collect(lambda: NOBODY)
        assert remaining == [info.id for info in store.infos()], f"grace is {store.grace:g} s"
        store.grace = 0.0
        assert [orphan.id] == collected + store.collect(lambda: NOBODY)

    def test_what_is_being_stored_is_not_collected(self, opened: Opened) -> None:
        """A new content is safe before its row is there."""
        model = content(b"x" * 10_000)
        _collect_while_storing(opened, model, self.store_class.grace)
        self._check_stored(opened, model)

    def test_what_is_old_and_being_stored_again_is_not_collected(self, opened: Opened) -> None:
        """Nobody referred to the content for long, and somebody is about to."""
        self._store_when_old(opened, _collect_while_storing)

    def test_what_is_stored_while_orphans_are_collected_is_there(self, opened: Opened) -> None:
        """The row comes after the collector has looked through the rows."""
        self._store_when_old(opened, _store_while_collecting)

    def _store_when_old(
        self, opened: Opened, store: Callable[[Opened, Content, float], None]
    ) -> None:
        """Store an old content beside a collection; again, if that took longer than the grace."""
        for grace in (GRACE, 4 * GRACE, 16 * GRACE) if self.store_class.grace else (0.0,):
            model = content(b"%d" % grace * 10_000)
            _let_grow_old(opened, model, grace)
            begun = time.monotonic()
            store(opened, model, grace)
            if not grace or time.monotonic() - begun < grace / 2:
                return self._check_stored(opened, model)
        pytest.fail(f"storing one content takes more than {grace / 2:g} seconds")

    def _check_stored(self, opened: Opened, model: Content) -> None:
        store = opened()
        assert store.info(model.id) is not None, "a row names what was collected"
        assert b"".join(map(bytes, model.pieces)) == loaded(store, model.id)
        assert 1 == len(store.references(model.id))


def _pair(opened: Opened, grace: float) -> Iterator[AssetStore]:
    """Open a writer's store and a collector's."""
    for store in (opened(), opened()):
        store.grace = grace
        yield store


def _let_grow_old(opened: Opened, model: Content, grace: float) -> None:
    """Store a content, and wait until one that came after it is old enough to be collected."""
    writer, collector = _pair(opened, grace)
    later = content(b"stored after it")
    put(writer, model)
    put(writer, later)
    deadline = time.monotonic() + grace + allowed(20)
    while later.id not in collector.collect(lambda: {model.id}):
        assert time.monotonic() < deadline, f"what is older than {grace:g} seconds is not collected"
        time.sleep(0.05)


def _collect_while_storing(opened: Opened, model: Content, grace: float) -> None:
    """Collect between the beginning of `storing` and the row."""
    writer, collector = _pair(opened, grace)
    begun, ended = threading.Event(), threading.Event()

    def collect() -> None:
        begun.wait(allowed(20))
        try:
            collector.collect(lambda: NOBODY)
        finally:
            ended.set()

    references = [Reference(model.id, DEFAULT_TABLE, "model", "run")]
    with meanwhile(collect), writer.storing([model], references):
        begun.set()
        ended.wait(allowed(20) if grace else BRIEFLY)
        log(writer.engine, {"model": model.id})


def _store_while_collecting(opened: Opened, model: Content, grace: float) -> None:
    """Store while a collector looks through the rows."""
    writer, collector = _pair(opened, grace)
    begun, ended = threading.Event(), threading.Event()

    def store() -> None:
        begun.wait(allowed(20))
        try:
            keep(writer, model)
        finally:
            ended.set()

    def living() -> frozenset[str]:
        begun.set()
        ended.wait(allowed(20) if grace else BRIEFLY)
        return NOBODY

    with meanwhile(store):
        collector.collect(living)
        begun.set()
