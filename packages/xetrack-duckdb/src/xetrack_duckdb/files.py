"""A DuckDB file in this process: opened for as long as somebody uses it, then given back.

DuckDB lets one process at a time have a file. So the file is attached to a database in memory,
which costs a millisecond, and detached when the last one here is done; who comes meanwhile, in
this process or another, waits until a deadline.

DuckDB's lock on the file is one of POSIX: this process loses it as soon as anything in it closes
the file, whoever opened it. So nobody may look into a file that is attached; see `xetrack.held`.
"""

from __future__ import annotations

import os
import random
import threading
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar
from weakref import WeakSet, WeakValueDictionary, ref

import duckdb

from xetrack import forks, held
from xetrack.errors import InterruptedReadError, StorageError, XetrackError
from xetrack_duckdb.failures import REFUSALS, is_conflict, is_held, translated

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from duckdb import DuckDBPyConnection

T = TypeVar("T")

CONFIG: dict[str, Any] = {"autoinstall_known_extensions": False, "autoload_known_extensions": False}
"""Nothing is ever downloaded."""


def literal(text: str) -> str:
    """Return a text as SQL."""
    return "'" + text.replace("'", "''") + "'"


def patiently(attempt: Callable[[], T], location: str, timeout: float, doing: str) -> T:
    """Repeat what fails because others have the file or the table, until a deadline."""
    deadline = time.monotonic() + timeout
    while True:
        try:
            return attempt()
        except XetrackError:
            raise
        except REFUSALS as error:
            waits = is_held(error) or is_conflict(error)
            if not waits or time.monotonic() >= deadline:
                raise translated(error, location, doing, timeout) from error
        time.sleep(random.SystemRandom().uniform(1e-3, 1e-2))


class Lent:
    """A connection of its own for one piece of work, which a fork in another thread may end."""

    def __init__(self, connection: DuckDBPyConnection) -> None:
        self.connection = connection
        self.busy = threading.RLock()
        """Held while a statement runs that another thread may want to end."""
        self.ended = False

    def end(self) -> None:
        """Close the connection, whatever another thread does with it."""
        self.ended = True
        while not self.busy.acquire(timeout=0.01):
            self.connection.interrupt()
        try:
            self.connection.close()
        finally:
            self.busy.release()


class File:
    """One DuckDB file, shared by all engines of this process."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.lock = threading.RLock()
        self.folding = threading.RLock()
        """Held by the one who brings rows into the file."""
        self._root: DuckDBPyConnection | None = None
        self._attached = False
        self._users = 0
        self._lent: set[Lent] = set()
        self._held: set[ref[DuckDBPyConnection]] = set()
        """Connections that users have; the file is theirs until they forget them."""
        self._apart: WeakSet[DuckDBPyConnection] = WeakSet()
        forks.protect(self)

    @property
    def in_use(self) -> bool:
        """Whether somebody in this process works with the file now."""
        return self._users > 0 or any(one() is not None for one in list(self._held))

    @property
    def writable(self) -> bool:
        """Whether this process may write to the file, or make it."""
        path = Path(self.path)
        return os.access(path if path.exists() else path.parent, os.W_OK)

    def _attach(self) -> DuckDBPyConnection:
        if self._root is None:
            self._root = duckdb.connect(config=CONFIG)
        if not self._attached:
            mode = "" if self.writable else " (READ_ONLY)"
            with forks.gate():
                self._root.execute(f"ATTACH {literal(self.path)} AS db{mode}")
                held.hold(self.path)
            self._attached = True
        return self._root

    def _rest(self) -> None:
        """Give the file back, if nobody here uses it."""
        if self._root is not None and self._attached and not self.in_use:
            self._attached = False
            held.release(self.path)
            try:
                self._root.execute("DETACH db")
            except duckdb.Error:
                # No room for a checkpoint, for one: what was committed lies in the log.
                self._root.close()
                self._root = None

    @contextmanager
    def _entered(self) -> Iterator[DuckDBPyConnection]:
        """Lend the root connection; counted first, as a collected connection may come between."""
        with self.lock:
            self._users += 1
            try:
                yield self._attach()
            finally:
                self._users -= 1
                self._rest()

    def borrow(self, location: str, timeout: float) -> Lent:
        """Lend a connection on which the file is ``db``."""

        def attempt() -> Lent:
            with self._entered() as root:
                lent = Lent(root.cursor())
                self._lent.add(lent)
                self._users += 1
                return lent

        return patiently(attempt, location, timeout, "Opening")

    def give_back(self, lent: Lent) -> None:
        """Close a connection that was lent."""
        with self.lock:
            if lent in self._lent:
                self._lent.discard(lent)
                lent.end()
                self._users -= 1
                self._rest()

    @contextmanager
    def lent(self, location: str, timeout: float, doing: str) -> Iterator[DuckDBPyConnection]:
        """Lend a connection for a short while; a fork in another thread waits meanwhile."""
        lent = self.borrow(location, timeout)
        try:
            with working(lent, location, doing):
                yield lent.connection
        finally:
            self.give_back(lent)

    def user(self, location: str, timeout: float) -> DuckDBPyConnection:
        """Return a connection for a user's statements.

        The file is given back when the user forgets the connection, or by `end_user`.
        """

        def attempt() -> DuckDBPyConnection:
            with self._entered() as root:
                found = root.cursor()
                found.execute("USE db")
                self._held.add(ref(found, self._forgotten))
                return found

        return patiently(attempt, location, timeout, "Opening")

    def _forgotten(self, one: ref[DuckDBPyConnection]) -> None:
        self._held.discard(one)
        # Called at any moment in any thread; who holds the lock looks again before it leaves.
        if self.lock.acquire(blocking=False):
            try:
                self._rest()
            finally:
                self.lock.release()

    def watch(self, connection: DuckDBPyConnection) -> None:
        """Close a connection to a database of its own before a fork."""
        with self.lock:
            self._apart.add(connection)

    def end_user(self, connection: DuckDBPyConnection | None) -> None:
        """Close a user's connection, and give the file back if nobody else here uses it."""
        with self.lock:
            if connection is not None:
                self._held.discard(ref(connection))
                connection.close()
            self._rest()

    def before_fork(self) -> None:
        """Close everything: a child can use nothing of DuckDB that its parent opened."""
        for lent in list(self._lent):
            self.give_back(lent)
        for one in list(self._held):
            self.end_user(one())
        self._rest()
        for connection in list(self._apart):
            connection.interrupt()
            connection.close()
        if self._root is not None:
            self._root.close()
            self._root = None


@contextmanager
def working(lent: Lent, location: str, doing: str) -> Iterator[None]:
    """Use a connection that was lent, and raise errors that users know."""
    try:
        with lent.busy:
            yield
    except XetrackError:  # some are ValueErrors, as are the driver's
        raise
    except REFUSALS as error:
        if lent.ended:
            raise InterruptedReadError(location) from error
        raise translated(error, location, doing) from error


_files: WeakValueDictionary[str, File] = WeakValueDictionary()
_gate = forks.Unforked()


def file_at(location: str) -> File:
    """Return the file of a location, the same for every way to write its path."""
    path = os.path.realpath(location)
    with _gate.lock:
        found = _files.get(path)
        if found is None:
            found = _files[path] = File(path)
        return found


def make_folder(location: str) -> None:
    """Make the folder in which a file is to be."""
    try:
        Path(os.path.realpath(location)).parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StorageError(location, "Making the folder of", str(error)) from error
