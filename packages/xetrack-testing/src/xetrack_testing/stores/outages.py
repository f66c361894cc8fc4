"""An asset store whose backend is away: typed errors, and rows without their objects."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

from xetrack import Reader, Tracker
from xetrack.errors import XetrackError
from xetrack.interfaces.assets import Reference
from xetrack.model.names import DEFAULT_TABLE
from xetrack_testing.outages.away import OutageFixtures, check_typed, quiet
from xetrack_testing.outages.products import PATIENCE, Box, offered
from xetrack_testing.stores.base import NOBODY, StoreFixtures, content, keep, loaded, put

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from xetrack.interfaces.assets import AssetStore
    from xetrack_testing.outages.away import Outage
    from xetrack_testing.stores.base import Opened


class StoreOutageContract(OutageFixtures, StoreFixtures):
    """What a store does while its backend is away. Override the fixture `outage`."""

    def test_each_method_raises_typed_errors_while_the_store_is_away(
        self, opened: Opened, outage: Outage
    ) -> None:
        """Or answers from what it knows; then it works again."""
        store, model = opened(timeout=PATIENCE), content(b"x" * 10_000)
        keep(store, model)
        with outage(), quiet():
            check_typed(_calls(store, model.id))
        assert b"x" * 10_000 == loaded(store, model.id)

    def test_contents_are_there_when_the_store_is_back(
        self, opened: Opened, outage: Outage
    ) -> None:
        """Those before it, and those that were stored meanwhile, with what refers to them."""
        store, model, late = opened(timeout=PATIENCE), content(b"before"), content(b"meanwhile")
        keep(store, model)
        stored = [model]
        with outage(), quiet():
            try:
                put(store, late, references=[Reference(late.id, DEFAULT_TABLE, "model", "run")])
            except XetrackError:
                pass
            else:
                stored.append(late)
        other = opened()
        for each in stored:
            assert b"".join(each.pieces) == loaded(other, each.id)
            assert 1 == len(other.references(each.id))
        keep(store, late)
        assert b"meanwhile" == loaded(other, late.id)

    def test_a_row_only_loses_its_object_while_the_store_is_away(
        self, location: str, store_location: str | None, tmp_path: Path, outage: Outage
    ) -> None:
        """With a warning. Where the rows are away with it, no row names an object that is not."""
        with offered(tmp_path, self.engine_class, self.store_class, store_location) as name:
            tracker = Tracker(location, engine=name, asset_store=store_location or name)
            tracker.log({"n": 0, "model": Box(b"before")})
            stored = [0]
            with outage(), warnings.catch_warnings(record=True) as caught:
                warnings.simplefilter("always")
                try:
                    row = tracker.log({"n": 1, "model": Box(b"meanwhile")})
                except XetrackError:
                    assert self._has_lost_its_rows(tracker), "a row was lost with its object"
                else:
                    stored.append(1)
                    texts = [str(each.message) for each in caught]
                    assert row["model"] or any("'model'" in text for text in texts)
            after = tracker.log({"n": 2, "model": Box(b"after")})["model"]
            assert b"after" == tracker.get(after).content
            tracker.close()
            with Reader(location, engine=name) as reader:
                rows = [*reader.iter_rows()]
                ids = {info.id for info in reader.assets or ()}
        assert [*stored, 2] == [row["n"] for row in rows]
        assert {row["model"] for row in rows} - {None} <= ids, "a row names what is not stored"

    def _has_lost_its_rows(self, tracker: Tracker) -> bool:
        """Return True if the engine is away, too."""
        try:
            with quiet():
                tracker.log({"n": 1})
        except XetrackError:
            return True
        return False


def _calls(store: AssetStore, asset: str) -> dict[str, Callable[[], object]]:
    """Return a call of each method."""
    late = content(b"late")
    return {
        "storing": lambda: put(store, late),
        "storing a known content": lambda: put(store, content(b"x" * 10_000)),
        "find": lambda: store.find(asset[:6], 2),
        "info": lambda: store.info(asset),
        "infos": store.infos,
        "content": lambda: loaded(store, asset),
        "references": lambda: store.references(asset),
        "dereference": lambda: store.dereference(asset=late.id),
        "delete": lambda: store.delete(late.id),
        "collect": lambda: store.collect(lambda: NOBODY | {asset}),
    }
