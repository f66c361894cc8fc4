"""Asset stores that break a promise; they are otherwise that of xetrack-assets."""

from __future__ import annotations

import os
import time
from contextlib import contextmanager, suppress
from dataclasses import replace

from tests.testing.catalogue import caught_by
from xetrack.assets.chunked_content import PIECE
from xetrack.errors import AssetNotStoredError, StorageError
from xetrack.interfaces.assets import Header
from xetrack_assets import tables
from xetrack_assets.store import SQLiteAssetStore


class Telling(SQLiteAssetStore):
    """Tells of assets by a rule of its own."""

    def told(self, info):
        return info

    def info(self, asset_id):
        found = super().info(asset_id)
        return found and self.told(found)

    def infos(self):
        return [*map(self.told, super().infos())]


class Splitting(SQLiteAssetStore):
    """Stores contents and rows apart, like a store elsewhere."""

    @contextmanager
    def storing(self, contents, references):
        self.upload(contents)
        yield
        self.refer(references)

    def upload(self, contents):
        with super().storing(contents, []):
            pass

    def refer(self, references):
        with super().storing([], references):
            pass


@caught_by("test_signatures_are_those_of_the_interface")
class OtherParameters(SQLiteAssetStore):
    """Knows no key."""

    def dereference(self, *, asset=None, table=None, track_id=None):
        return super().dereference(asset=asset, table=table, track_id=track_id)


@caught_by("test_no_promise_is_replaced_without_a_reason")
class Silenced(SQLiteAssetStore):
    """Nothing is wrong with it; but its class of tests leaves one out."""

    body = ("test_damage_is_never_another_content = None",)


@caught_by("test_looking_makes_nothing")
class MakesItsTables(SQLiteAssetStore):
    """Makes its tables when it is opened."""

    def __init__(self, engine, *, compress=False):
        super().__init__(engine, compress=compress)
        if not engine.settings.read_only:
            self.dereference(asset="x")


@caught_by("test_contents_come_back_as_they_were")
class FirstPiece(SQLiteAssetStore):
    """Stores 16 MB at most."""

    def _write(self, connection, content):
        whole = b"".join(map(bytes, content.pieces))
        super()._write(connection, replace(content, pieces=(whole[:PIECE],)))


@caught_by("test_what_core_says_of_a_content_comes_back")
class SealAsText(Telling):
    """Loses what is no text of a seal."""

    def told(self, info):
        seal = info.header.seal.decode(errors="replace").encode()
        return replace(info, header=replace(info.header, seal=seal))


@caught_by("test_equal_content_is_stored_once")
class CountsRows(SQLiteAssetStore):
    """Counts each row."""

    def storing(self, contents, references):
        numbered = [replace(one, key=f"{one.key} {os.urandom(8).hex()}") for one in references]
        return super().storing(contents, numbered)


@caught_by("test_compressing_takes_less_room")
class NeverCompresses(SQLiteAssetStore):
    """Takes the wish, and does nothing."""

    def __init__(self, engine, *, compress=False):
        super().__init__(engine)


@caught_by("test_a_new_seal_takes_the_place_of_the_old")
class KeepsTheFirstSeal(SQLiteAssetStore):
    """Has the content already, and looks no further."""

    def _write(self, connection, content):
        with suppress(AttributeError):
            known = self.info(content.id).header
            content = replace(content, header=replace(content.header, seal=known.seal))
        super()._write(connection, content)


@caught_by("test_an_id_is_never_another_content")
class LastOneWins(SQLiteAssetStore):
    """Overwrites what is there."""

    def _write(self, connection, content):
        try:
            super()._write(connection, content)
        except AssetNotStoredError:
            connection.execute("DELETE FROM xetrack_assets")
            super()._write(connection, content)


@caught_by("test_assets_are_found_by_how_they_begin")
class FindsAnywhere(SQLiteAssetStore):
    """Finds digits wherever they are."""

    def find(self, start, limit):
        return [one.id for one in self.infos() if start in one.id][: limit + 1]


@caught_by("test_what_is_missing_is_a_typed_error")
class NothingIsEmpty(SQLiteAssetStore):
    """Takes what is missing for no bytes."""

    def content(self, asset_id, write):
        if self.info(asset_id):
            super().content(asset_id, write)


@caught_by("test_damage_is_never_another_content")
class BelievesWhatIsThere(Telling):
    """Makes the header of what is stored."""

    def told(self, info):
        with suppress(ValueError):
            found = bytearray()
            self.content(info.id, found.extend)
            facts = {"codec": "bytes", "version": 1, "seal": b"signed"}
            digest = f"{hash(bytes(found)):064x}"
            return replace(info, header=Header(digest=digest, size=len(found), **facts))
        return info


@caught_by("test_what_is_deleted_is_gone_until_it_is_stored_again")
class DeletesReferences(SQLiteAssetStore):
    """Removes the references with the content."""

    def delete(self, asset_id):
        super().delete(asset_id)
        self.dereference(asset=asset_id)


@caught_by("test_a_content_that_breaks_off_is_not_there")
class KeepsHalves(Splitting):
    """Stores what came before the pieces failed."""

    def upload(self, contents):
        for one in contents:
            pieces = []
            try:
                pieces += one.pieces
            except OSError:
                super().upload([replace(one, pieces=(b"",))])
                raise
            super().upload([one])


@caught_by("test_references_are_counted_once_for_each_key_of_a_run")
class OneForARun(SQLiteAssetStore):
    """Knows the run, and not the key."""

    def storing(self, contents, references):
        return super().storing(contents, [replace(one, key="") for one in references])


@caught_by("test_names_may_be_anything")
class WithoutNul(SQLiteAssetStore):
    """Keeps what stands before a NUL."""

    def storing(self, contents, references):
        cut = [replace(one, key=one.key.partition("\0")[0]) for one in references]
        return super().storing(contents, cut)


@caught_by("test_references_are_removed_that_have_all_values")
class AnyValue(SQLiteAssetStore):
    """Removes what has the first of the values."""

    def dereference(self, *, asset=None, table=None, key=None, track_id=None):
        given = {"asset": asset, "table": table, "key": key, "track_id": track_id}
        one = [(name, value) for name, value in given.items() if value is not None][:1]
        return super().dereference(**dict(one))


@caught_by("test_what_nobody_refers_to_is_collected")
class CollectsByReferences(SQLiteAssetStore):
    """Does not ask which ids stand in rows."""

    def collect(self, living):
        return super().collect(frozenset)


@caught_by("test_content_is_there_before_a_row_refers_to_it")
class RowFirst(Splitting):
    """Stores the content when the row is there."""

    @contextmanager
    def storing(self, contents, references):
        yield
        self.upload(contents)
        self.refer(references)


@caught_by("test_a_row_that_fails_leaves_no_reference")
class RefersFirst(Splitting):
    """Adds references before the row is there."""

    @contextmanager
    def storing(self, contents, references):
        self.upload(contents)
        self.refer(references)
        yield


@caught_by("test_reading_only_changes_nothing")
class BeginsTheRow(SQLiteAssetStore):
    """Begins to store, and finds out at the end."""

    @contextmanager
    def storing(self, contents, references):
        if self.engine.settings.read_only:
            yield
        with super().storing(contents, references):
            yield


@caught_by("test_threads_store_at_once")
class OneRunAtATime(SQLiteAssetStore):
    """Takes all that is stored for that of the run which began last."""

    run = ""

    @contextmanager
    def storing(self, contents, references):
        self.run = references[0].track_id
        time.sleep(0.002)
        mine = [replace(one, track_id=self.run) for one in references]
        with super().storing(contents, mine):
            yield


@caught_by("test_processes_store_at_once")
class LooksFirst(SQLiteAssetStore):
    """Believes after a while that nobody has stored what was not there."""

    @contextmanager
    def storing(self, contents, references):
        new = [one.id for one in contents if self.info(one.id) is None]
        time.sleep(0.05)
        with self.engine.write_sqlite() as connection:
            tables.prepare(connection)
            insert = "INSERT INTO assets VALUES (?, x'00')"
            connection.executemany(insert, [(one,) for one in new])
        with super().storing(contents, references):
            yield


@caught_by("test_after_a_fork_both_sides_go_on")
class OfOneProcess(SQLiteAssetStore):
    """Works in the process that made it only."""

    def __init__(self, engine, *, compress=False):
        super().__init__(engine, compress=compress)
        self.process = os.getpid()

    def storing(self, contents, references):
        if self.process != os.getpid():
            raise StorageError(self.engine.location, "Writing to", "this is another process")
        return super().storing(contents, references)


@caught_by("test_what_was_acknowledged_survives_a_kill")
class KeepsInMemory(SQLiteAssetStore):
    """Writes down every tenth content."""

    stored = 0

    def _write(self, connection, content):
        self.stored += 1
        if self.stored % 10:
            super()._write(connection, content)


@caught_by("test_others_see_row_and_content_at_the_same_moment")
class UploadsFirst(Splitting):
    """Stores the content before the row, for all to see."""


@caught_by("test_a_row_that_fails_takes_all_with_it")
class LeavesOrphans(Splitting):
    """Leaves the content of a row that failed."""


@caught_by("test_nobody_stores_while_orphans_are_collected")
class CollectsUnlocked(SQLiteAssetStore):
    """Looks through the rows while others go on storing."""

    def collect(self, living):
        candidates = [info.id for info in self.infos() if not info.references]
        kept = living()
        gone = [one for one in candidates if one not in kept]
        for one in gone:
            self.delete(one)
        return gone
