"""Engines on a storage of their own: what it raises is typed, and an interrupt costs nothing."""

from __future__ import annotations

import threading
import time

import pytest

from xetrack.errors import DatabaseBusyError, NotADatabaseError, ReadOnlyError, StorageError
from xetrack.interfaces.engine import Settings
from xetrack.interfaces.engines.memory.engine import MemoryEngine
from xetrack.interfaces.engines.storage import storage_errors, wait_for_lock
from xetrack_testing.rows import column, log


class Shelf(MemoryEngine):
    """Changes in a list that engines share; each of its methods can be made to raise."""

    can_reread = True

    def __init__(self, location, settings, changes=()):
        self.changes = list(changes)
        self.position = 0
        self.broken = {}
        super().__init__(location, settings)

    def _fail(self, method):
        error = self.broken.get(method)
        if error is not None:
            raise error

    def exists(self):
        """Return True if there is a change."""
        return bool(self.changes)

    def refresh(self):
        """Apply what is new; the failure comes between two changes."""
        while self.position < len(self.changes):
            for change in self.changes[self.position]:
                self.known.apply(change)
                self._fail("refresh")
            self.position += 1

    def rewind(self):
        """Begin anew."""
        self.position = 0

    def exclusive(self):
        """Fail, or read what is new, and lock nothing."""
        self._fail("exclusive")
        self.refresh()
        return super().exclusive()

    def record(self, changes):
        """Append the changes."""
        self._fail("record")
        self.changes.append([*changes])
        self.position += 1


class DriverError(Exception):
    """An exception that no library of ours knows."""


RAW = [
    DriverError("gone"),
    FileNotFoundError(2, "No such file"),
    ValueError("no JSON"),
    KeyError(1),
]


@pytest.fixture
def stored():
    """An engine with two rows."""
    engine = Shelf("shelf://here", Settings())
    log(engine, {"x": 1})
    log(engine, {"x": 2})
    return engine


@pytest.mark.parametrize("error", RAW, ids=repr)
@pytest.mark.parametrize("method", ["exclusive", "record"])
def test_what_a_storage_raises_when_rows_are_written_is_typed(stored, method, error):
    """The location and the reason are told; no row is stored, and the next one is."""
    stored.broken[method] = error
    for change in (
        lambda: log(stored, {"x": 3}),
        lambda: stored.update("default", {"x": 0}, []),
        lambda: stored.delete("default", []),
        lambda: stored.drop("default"),
    ):
        with pytest.raises(StorageError) as caught:
            change()
        assert caught.value.__cause__ is error
        assert caught.value.location == "shelf://here"
    stored.broken.clear()
    log(stored, {"x": 4})
    assert [1, 2, 4] == column(stored, "x")


@pytest.mark.parametrize("error", RAW, ids=repr)
def test_what_a_storage_raises_when_rows_are_read_is_typed(stored, error):
    """It is read from the beginning afterwards, so that no row is missing or there twice."""
    other = Shelf("shelf://here", Settings(), stored.changes)
    log(stored, {"x": 3})
    other.changes = stored.changes
    other.broken["refresh"] = error
    for read in (other.tables, lambda: other.columns("default"), lambda: other.count("default")):
        with pytest.raises(StorageError, match="Reading"):
            read()
    other.broken.clear()
    assert [1, 2, 3] == column(other, "x")


def test_an_interrupt_between_two_changes_costs_no_row_and_doubles_none(stored):
    """Ctrl-C may come at any change; it is the interrupt that the caller gets."""
    other = Shelf("shelf://here", Settings())
    other.changes = stored.changes
    other.broken["refresh"] = KeyboardInterrupt()
    for _ in range(3):
        with pytest.raises(KeyboardInterrupt):
            other.tables()
    other.broken.clear()
    assert [1, 2] == column(other, "x")


@pytest.mark.parametrize(
    "error", [NotADatabaseError("x", "it is a picture"), DatabaseBusyError("x", 1)]
)
def test_typed_errors_stay_what_they_are(stored, error):
    """An engine that knows better is not spoken over."""
    stored.broken["exclusive"] = error
    with pytest.raises(type(error)) as caught:
        log(stored, {"x": 3})
    assert caught.value is error


def test_what_the_block_of_a_transaction_raises_is_the_callers(stored):
    """An error of the user's code is none of the storage."""

    def work():
        with stored.transaction():
            log(stored, {"x": 3})
            raise FileNotFoundError("config.yaml")

    with pytest.raises(FileNotFoundError, match="config"):
        work()
    assert [1, 2] == column(stored, "x")


def test_reading_only_is_told_before_the_storage_is_asked(stored):
    """`ReadOnlyError`, whatever the storage would raise."""
    reader = Shelf("shelf://here", Settings(read_only=True), stored.changes)
    reader.broken["exclusive"] = OSError("never asked")
    with pytest.raises(ReadOnlyError):
        log(reader, {"x": 3})


def test_a_lock_is_waited_for():
    """Until it is free; between two attempts others may run."""
    free = threading.Event()
    threading.Timer(0.1, free.set).start()
    attempts = []

    def lock():
        attempts.append(time.monotonic())
        if not free.is_set():
            raise BlockingIOError

    wait_for_lock(lock, "shelf://here", 20)
    assert free.is_set()
    assert len(attempts) > 1


def test_a_lock_that_stays_taken_is_a_busy_database():
    """After the deadline, and not before; another error of the lock is its own."""

    def taken():
        raise BlockingIOError

    begun = time.monotonic()
    with pytest.raises(DatabaseBusyError, match="shelf://here"):
        wait_for_lock(taken, "shelf://here", 0.05)
    assert time.monotonic() - begun >= 0.05

    def broken():
        raise PermissionError("read-only file system")

    with pytest.raises(PermissionError):
        wait_for_lock(broken, "shelf://here", 20)


def test_errors_tell_no_secret_of_the_location():
    """They stand in logs; the location of a stranger's engine may have a password in it."""
    location = "shelf://ada:lovelace@host/runs?token=hush"

    def taken():
        raise BlockingIOError

    for error in (OSError("gone"), KeyError("gone")):
        with pytest.raises(StorageError) as caught, storage_errors(location, "Reading"):
            raise error
        assert "lovelace" not in str(caught.value)
        assert "hush" not in str(caught.value)
    with pytest.raises(DatabaseBusyError) as caught:
        wait_for_lock(taken, location, 0)
    assert "lovelace" not in str(caught.value)


def test_an_interrupt_is_no_error_of_the_storage():
    """`storage_errors` lets it pass."""
    with pytest.raises(KeyboardInterrupt), storage_errors("shelf://here", "Reading"):
        raise KeyboardInterrupt
