"""Asset stores that believe what they remember, or do not notice that their place is gone."""

from __future__ import annotations

from contextlib import contextmanager, suppress
from pathlib import Path

from tests.testing.broken_outages import AWAY
from tests.testing.broken_stores import Splitting
from tests.testing.catalogue import caught_by
from xetrack.errors import XetrackError
from xetrack_assets.store import SQLiteAssetStore


@caught_by("test_contents_come_back_as_they_were")
class LosesZeros(SQLiteAssetStore):
    """Takes zeros at the end for padding."""

    def content(self, asset_id, write):
        pieces = []
        super().content(asset_id, pieces.append)
        write(b"".join(map(bytes, pieces)).rstrip(b"\0"))


@caught_by("test_what_is_deleted_is_gone_until_it_is_stored_again")
class RemembersWhatIsThere(SQLiteAssetStore):
    """Believes that what it has stored once is there for good."""

    def __init__(self, engine, *, compress=False):
        super().__init__(engine, compress=compress)
        self.stored = set()

    @contextmanager
    def storing(self, contents, references):
        new = [one for one in contents if one.id not in self.stored]
        with super().storing(new, references):
            yield
        self.stored |= {one.id for one in new}


@caught_by("test_equal_content_is_stored_once")
class RemembersInfos(SQLiteAssetStore):
    """Describes assets as they were when it was asked first."""

    described = None

    def infos(self):
        self.described = self.described or super().infos()
        return self.described


@caught_by("test_assets_are_found_by_how_they_begin")
class FindsOneTooFew(SQLiteAssetStore):
    """Leaves out the last one that is asked for."""

    def find(self, start, limit):
        return super().find(start, limit)[: max(1, limit - 1)]


@caught_by("test_each_method_raises_typed_errors_while_the_store_is_away")
class LeaksWhatTheSystemSays(SQLiteAssetStore):
    """Looks at the file by itself."""

    body = AWAY

    def info(self, asset_id):
        with Path(self.engine.location).open("rb"):
            return super().info(asset_id)


@caught_by("test_contents_are_there_when_the_store_is_back")
class SaysStored(Splitting):
    """Takes no notice of what went wrong with a content."""

    body = AWAY

    def upload(self, contents):
        with suppress(XetrackError):
            super().upload(contents)

    def refer(self, references):
        with suppress(XetrackError):
            super().refer(references)


@caught_by("test_a_row_only_loses_its_object_while_the_store_is_away")
class StaysAway(Splitting):
    """Stores nothing any more once it failed."""

    body = AWAY
    has_failed = False

    def info(self, asset_id):
        type(self).has_failed |= Path(self.engine.location).is_dir()
        return super().info(asset_id)

    def upload(self, contents):
        if not self.has_failed:
            super().upload(contents)
