"""Asset stores that collect what somebody is about to refer to."""

from __future__ import annotations

from datetime import datetime, timedelta

from tests.testing.broken_stores import Splitting
from tests.testing.catalogue import caught_by
from xetrack_assets.store import SQLiteAssetStore


@caught_by("test_a_young_content_stays_for_the_grace_of_its_store")
class SaysGrace(SQLiteAssetStore):
    """Collects at once, whatever it says."""

    grace = 60.0


@caught_by("test_what_is_being_stored_is_not_collected")
class CollectsWhatIsNew(Splitting):
    """Takes for an orphan what was uploaded, and whose row is to come."""

    grace = 60.0


class Dating(Splitting):
    """Leaves what was stored first a moment ago, and knows nothing of who stores it again."""

    grace = 60.0

    def collect(self, living):
        oldest = datetime.now() - timedelta(seconds=self.grace)  # noqa: DTZ005 - as the store
        candidates = [
            info.id
            for info in self.infos()
            if not info.references and datetime.fromisoformat(info.time) <= oldest
        ]
        kept = living()
        gone = [one for one in candidates if one not in kept]
        for one in gone:
            self.delete(one)
        return gone


@caught_by("test_what_is_old_and_being_stored_again_is_not_collected")
class CollectsBeforeTheRow(Dating):
    """Has nothing to see that a writer is between an old content and its row."""


@caught_by("test_what_is_stored_while_orphans_are_collected_is_there")
class CollectsAfterTheRow(Dating):
    """Removes what was an orphan when it began to look."""
