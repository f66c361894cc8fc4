"""Contents and the rows that name them: what is left when either fails."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

import pytest

from xetrack.errors import ReadOnlyError
from xetrack.interfaces.assets import Reference
from xetrack.model.names import DEFAULT_TABLE
from xetrack_testing.declared import must_raise
from xetrack_testing.hangs.patience import allowed
from xetrack_testing.processes import meanwhile
from xetrack_testing.rows import column, log, read
from xetrack_testing.stores.base import NOBODY, StoreFixtures, content, keep, loaded, put

if TYPE_CHECKING:
    from xetrack.interfaces.assets import AssetStore, Content
    from xetrack_testing.stores.base import Opened


def fail(store: AssetStore, model: Content, error: type[BaseException]) -> None:
    """Store a content with a row that fails after it was written.

    Parameters
    ----------
    store
        Where to store it.
    model
        The content.
    error
        The exception to raise.

    Raises
    ------
    error
        Always, inside the block in which the row is written.
    """
    with store.storing([model], [Reference(model.id, DEFAULT_TABLE, "model", "run")]):
        log(store.engine, {"model": model.id, "new column": 1})
        raise error("the row failed")


class RowsContract(StoreFixtures):
    """What every store promises to the row around which it stores."""

    def test_content_is_there_before_a_row_refers_to_it(self, opened: Opened) -> None:
        """Content is stored before a row refers to it.

        In the end row, content and reference are stored.
        """
        store, model = opened(), content(b"x" * 10_000)
        with store.storing([model], [Reference(model.id, DEFAULT_TABLE, "model", "run")]):
            log(store.engine, {"model": model.id})
            reopened = opened()
            rows = read(reopened.engine) if reopened.engine.tables() else []
            if rows:
                assert b"x" * 10_000 == loaded(reopened, model.id)
        reopened = opened()
        assert [{"model": model.id}] == read(reopened.engine)
        assert b"x" * 10_000 == loaded(reopened, model.id)
        assert [Reference(model.id, DEFAULT_TABLE, "model", "run")] == reopened.references(model.id)

    @pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
    def test_a_row_that_fails_leaves_no_reference(
        self, opened: Opened, error: type[BaseException]
    ) -> None:
        """A row that fails leaves no reference, at most content that can be collected."""
        store, model = opened(), content(b"x" * 10_000)
        keep(store, content(b"before"))
        with pytest.raises(error):
            fail(store, model, error)
        other = opened()
        assert [] == other.references(model.id), "a reference is left of a row that failed"
        assert {model.id} >= {*other.collect(lambda: NOBODY)}
        assert [content(b"before").id] == [info.id for info in store.infos()]
        keep(store, model)
        assert b"x" * 10_000 == loaded(other, model.id)

    def test_reading_only_changes_nothing(self, opened: Opened) -> None:
        """Every change is an error at once, and no row is begun; looking goes on."""
        model = content(b"x")
        keep(opened(), model)
        store = opened(read_only=True)

        def begin() -> None:
            with store.storing([content(b"new")], []):
                pytest.fail("the block began")

        changes = {
            "storing": begin,
            "dereference": lambda: store.dereference(asset=model.id),
            "delete": lambda: store.delete(model.id),
            "collect": lambda: store.collect(lambda: NOBODY),
        }
        for what, change in changes.items():
            must_raise(ReadOnlyError, change, what)
        assert (b"x", 1) == (loaded(store, model.id), len(store.references(model.id)))
        assert [model.id] == [info.id for info in store.infos()] == store.find(model.id[:6], 2)


class AssetsWithRowsContract(StoreFixtures):
    """The capability of a store in the tracker's own database: row, content and references are one.

    Inherit it beside `AssetStoreContract`.
    """

    def test_others_see_row_and_content_at_the_same_moment(self, opened: Opened) -> None:
        """None of it before the end."""
        store, other, model = opened(), opened(), content(b"x")
        keep(store, content(b"before"))
        with store.storing([model], [Reference(model.id, DEFAULT_TABLE, "model", "run")]):
            log(store.engine, {"model": model.id})
            assert [content(b"before").id] == column(other.engine, "model")
            assert (None, []) == (other.info(model.id), other.references(model.id))
        assert model.id == column(other.engine, "model")[-1]
        assert (b"x", 1) == (loaded(other, model.id), len(other.references(model.id)))

    def test_a_row_that_fails_takes_all_with_it(self, opened: Opened) -> None:
        """Content, count, reference, a new seal, and the columns that came with the row."""
        store, known, model = opened(), content(b"known"), content(b"x" * 10_000)
        keep(store, known)
        signed = content(b"known", seal=b"another")
        for item in (model, signed):
            with pytest.raises(ValueError, match="row"):
                fail(store, item, ValueError)
        other = opened()
        assert [{"model": known.id}] == read(other.engine)
        (info,) = other.infos()
        assert (known.header, 1) == (info.header, info.references)
        assert [] == other.collect(lambda: NOBODY), "an orphan was left"

    def test_nobody_stores_while_orphans_are_collected(self, opened: Opened) -> None:
        """Nobody stores while orphans are collected.

        Otherwise a row could name what is just being removed.
        """
        store, other, model = opened(), opened(), content(b"x" * 10_000)
        put(store, model)
        begun, stored = threading.Event(), []

        def work() -> None:
            begun.wait(allowed(20))
            keep(other, model)
            stored.append(1)

        def living() -> frozenset[str]:
            begun.set()
            time.sleep(0.1)
            assert [] == stored, "somebody stores while rows are looked through"
            return NOBODY

        with meanwhile(work):
            assert [model.id] == store.collect(living)
            begun.set()
        assert b"x" * 10_000 == loaded(opened(), model.id), "a row names what was collected"
