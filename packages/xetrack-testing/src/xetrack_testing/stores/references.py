"""References: which runs use an asset, and which assets no run uses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xetrack.interfaces.assets import Reference
from xetrack_testing.samples import KEYS
from xetrack_testing.stores.base import NOBODY, StoreFixtures, content, keep, put

if TYPE_CHECKING:
    from xetrack.interfaces.assets import AssetStore
    from xetrack_testing.stores.base import Opened


def counts(store: AssetStore) -> dict[str, int]:
    """Return the number of references to each asset, by id.

    Parameters
    ----------
    store
        The store to ask.
    """
    return {info.id: info.references for info in store.infos()}


class ReferencesContract(StoreFixtures):
    """The promises about references."""

    def test_references_are_counted_once_for_each_key_of_a_run(self, opened: Opened) -> None:
        """However many rows hold the id."""
        model, store = content(b"x"), opened()
        references = [
            Reference(model.id, table, key, run)
            for table in ("default", "other")
            for key in ("a", "b", "")
            for run in ("one", "two", "")
        ]
        for reference in [*references, *references]:
            put(store, model, references=[reference])
        stored = opened().references(model.id)
        assert sorted(map(repr, references)) == sorted(map(repr, stored))
        assert {model.id: len(references)} == counts(store)

    def test_names_may_be_anything(self, opened: Opened) -> None:
        """Quotes, line breaks, NUL, 5,000 letters: keys, tables and runs are what users name."""
        model, store = content(b"x"), opened()
        references = {Reference(model.id, name, name, name) for name in KEYS}
        references |= {Reference(model.id, "default", name, "run") for name in KEYS}
        put(store, model, references=[*references])
        assert references == {*opened().references(model.id)}
        for name in KEYS:
            assert 1 == store.dereference(asset=model.id, table=name, key=name, track_id=name), name
        assert len(KEYS) == store.dereference(table="default")
        assert {model.id: 0} == counts(store)

    def test_references_are_removed_that_have_all_values(self, opened: Opened) -> None:
        """References that have all values are removed and counted; contents stay."""
        store = opened()
        model, other = content(b"one"), content(b"other")
        for run in ("first", "second"):
            for key in ("a", "b"):
                keep(store, model, other, key=key, run=run)
        keep(store, model, table="another", run="first")
        assert {model.id: 5, other.id: 4} == counts(store)
        assert 1 == store.dereference(asset=model.id, key="a", track_id="first")
        assert 0 == store.dereference(asset=model.id, key="a", track_id="first")
        assert 3 == store.dereference(table="default", track_id="first")
        assert {model.id: 3, other.id: 2} == counts(opened())
        assert 2 == store.dereference(key="b")
        assert (2, 1) == (store.dereference(asset=model.id), store.dereference())
        assert {model.id: 0, other.id: 0} == counts(opened())

    def test_what_nobody_refers_to_is_collected(self, opened: Opened) -> None:
        """What nobody refers to is collected and returned, unless its id stands in a row."""
        store = opened()
        referenced, named, orphan, other = (content(b"%d" % n * 1_000) for n in range(4))
        keep(store, referenced)
        put(store, named, orphan, other)
        living = {named.id, "0" * 16}
        assert sorted([orphan.id, other.id]) == sorted(store.collect(lambda: living))
        assert [] == store.collect(lambda: living)
        assert {referenced.id: 1, named.id: 0} == counts(opened())
        store.dereference(track_id="run")
        assert {referenced.id, named.id} == {*opened().collect(lambda: NOBODY)}
        assert ([], None) == (store.infos(), store.info(referenced.id))
