"""Asset stores elsewhere that break a promise; they are otherwise folders, by URL."""

from __future__ import annotations

from contextlib import contextmanager, suppress
from pathlib import Path

from tests.assets.blob_stores import ShelfStore
from tests.testing.catalogue import caught_by

BRIEFLY = ("patience = 0.1",)
"""How long the contract waits for a row that is kept waiting: not seconds."""


@caught_by("test_nobody_who_logs_waits_for_an_upload")
class SaysItIsInTheDatabase(ShelfStore):
    """Forgets to say that it is elsewhere, so that the lock is taken before an upload."""

    body = BRIEFLY
    elsewhere = False


@caught_by("test_nobody_who_logs_waits_for_an_upload")
class UploadsInATransaction(ShelfStore):
    """Takes the lock of the engine by itself."""

    body = BRIEFLY

    @contextmanager
    def storing(self, contents, references):
        with self.engine.transaction(), super().storing(contents, references):
            yield


@caught_by("test_a_database_finds_its_objects_again")
class ForgetsWithItsProcess(ShelfStore):
    """Finds only what it has stored itself."""

    def __init__(self, engine, *, compress=False, location=""):
        super().__init__(engine, compress=compress, location=location)
        self.folder /= f"{id(engine)}"


@caught_by("test_databases_share_no_object")
class SharesItsFolder(ShelfStore):
    """Takes no notice of the part of the URL that is of one database."""

    def __init__(self, engine, *, compress=False, location=""):
        super().__init__(engine, compress=compress, location=str(Path(location).parent))


@caught_by("test_a_row_only_loses_its_object_while_the_store_is_away")
class SaysUploaded(ShelfStore):
    """Takes no notice of what went wrong at its URL."""

    body = (
        "@pytest.fixture",
        "def outage(self, tmp_path): return lambda: displaced(tmp_path / 'shelf')",
    )

    def put(self, name, pieces):
        with suppress(OSError):
            return super().put(name, pieces)
        return True
