"""A DuckDB file in this process: opened for as long as somebody uses it, then given back.

DuckDB lets one process at a time have a file. So the file is attached to a database in memory,
which costs a millisecond, and detached when the last one here is done; who comes meanwhile, in
this process or another, waits until a deadline.

DuckDB's lock on the file is one of POSIX: this process loses it as soon as anything in it closes
the file, whoever opened it. So nobody may look into a file that is attached; see
`xetrack.process.open_files`. A second lock (`lock_file`) keeps other processes out where a user's
own code does so.

**Interrupts.** One may come at any line. So nothing is counted: who uses the file is who is alive
and not ended, whether it is attached is asked of DuckDB where a statement was cut short, and what
a cut cleanup leaves is done by the next one to look, at the latest by the next use.
"""

from __future__ import annotations

import os
import threading
import weakref
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar
from weakref import WeakKeyDictionary, WeakSet, WeakValueDictionary, ref

import duckdb

from xetrack.errors import StorageError
from xetrack.process import forks
from xetrack_duckdb.driver_errors import HERE, literal
from xetrack_duckdb.endings import run_at_worker_exit
from xetrack_duckdb.errors import NestedReadError
from xetrack_duckdb.files import creation, siblings
from xetrack_duckdb.files.lending import (
    BorrowedConnection,
    is_open,
    retry_until_deadline,
    use_connection,
)
from xetrack_duckdb.files.lock_file import LockFile, take_lock_file
from xetrack_duckdb.files.memory_database import MemoryDatabase
from xetrack_duckdb.files.work_folder import WorkFolder
from xetrack_duckdb.tables import foreign_code

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from duckdb import DuckDBPyConnection

T = TypeVar("T")


class DatabaseFile:
    """One DuckDB file, shared by all engines of this process.

    **Thread safety.** Any thread may borrow a connection and return it.

    **Forks.** All connections are closed before one; see `xetrack.process.forks`.
    """

    def __init__(self, path: str) -> None:
        self.path = path
        self.lock = threading.RLock()
        self.flush_lock = threading.RLock()
        """Held while rows are flushed into the file."""
        self._is_attached: bool | None = False
        """None where only DuckDB knows, as a statement may have been cut short."""
        self._inode: tuple[int, int] | None = None
        """Device and number of the file that is attached."""
        self._checked: object = None
        """What the file looked like when it was last known to run no code; None if it may."""
        self._lock_file = LockFile(path)
        self._work_folder = WorkFolder(path)
        self._memory = MemoryDatabase(path, self._work_folder)
        self._borrowed: WeakSet[BorrowedConnection] = WeakSet()
        self._user_connections: set[ref[DuckDBPyConnection]] = set()
        """Connections that users have; the file is theirs until they forget them."""
        self._separate: WeakKeyDictionary[DuckDBPyConnection, int | None] = WeakKeyDictionary()
        """Databases of their own, and which thread's each is that has the file and no copy."""
        weakref.finalize(self, self._lock_file.remove)
        forks.protect(self)

    @property
    def is_in_use(self) -> bool:
        """Whether somebody in this process works with the file now."""
        users = list(self._user_connections)
        return bool(self._lent_now()) or any(reference() is not None for reference in users)

    def _lent_now(self) -> list[BorrowedConnection]:
        return [borrowed for borrowed in list(self._borrowed) if not borrowed.is_closed]

    @property
    def is_flushing_here(self) -> bool:
        """Whether this very thread flushes rows into the file, or changes it, further out."""
        return bool(self.flush_lock._is_owned())  # type: ignore[attr-defined]  # noqa: SLF001 - as `threading.Condition` asks

    @property
    def writable(self) -> bool:
        """Whether this process may write to the file, or make it."""
        path = Path(self.path)
        return os.access(path if path.exists() else path.parent, os.W_OK)

    @property
    def folder(self) -> str:
        """The one folder besides its own files into which the file's connections may write."""
        return self._work_folder.make()

    @property
    def is_attached(self) -> bool:
        """Whether the file is attached, by what DuckDB says."""
        connection = self._memory.connection
        if connection is None:
            self._is_attached = False
        elif self._is_attached is None:
            query = "SELECT 1 FROM duckdb_databases() WHERE database_name = 'db'"
            self._is_attached = connection.execute(query).fetchone() is not None
        return self._is_attached is True

    @property
    def may_be_attached(self) -> bool:
        """Whether the file is attached, as far as can be told without asking DuckDB."""
        return self._is_attached is not False

    def _attach(self) -> DuckDBPyConnection:
        if self.is_attached and creation.file_identity(self.path) != self._inode:
            self._detach_lost()
        if self._memory.connection is None:
            run_at_worker_exit(self, self._lock_file.remove)
        connection = self._memory.open()
        if not self.is_attached:
            forks.locked(forks.gate(), lambda: self._attach_to(connection))
        if self._checked is None:
            foreign_code.refuse_code(connection, self.path)
            self._checked = creation.file_state(self.path)
        return connection

    def _attach_to(self, connection: DuckDBPyConnection) -> None:
        siblings.refuse_links(self.path)
        if _is_attached_elsewhere(self):
            raise duckdb.IOException(f"{HERE}: another name of {self.path!r} is open")
        writable = self.writable
        take_lock_file(self._lock_file, self.path, shared=not writable)
        if writable:
            creation.create_database(connection, self.path)
        if creation.file_state(self.path) != self._checked:
            self._checked = None
        self._is_attached = None
        mode = "" if writable else ", READ_ONLY"
        connection.execute(f"ATTACH {literal(self.path)} AS db (TYPE duckdb{mode})")
        self._inode = creation.file_identity(self.path)
        self._is_attached = True

    def _detach_lost(self) -> None:
        """Detach a file that was removed, renamed or replaced, lest rows be brought into it."""
        is_lent = any(borrowed.connection is not None for borrowed in self._lent_now())
        if is_lent or any(user() is not None for user in list(self._user_connections)):
            reason = (
                "the file was removed, renamed or replaced while it was in use here: close "
                "tracker.conn, and what is being read"
            )
            raise StorageError(self.path, "Opening", reason)
        self._memory.close()
        self._is_attached = False

    def release(self) -> None:
        """Detach the file if nobody here uses it; whoever has the lock does so after it."""
        while (
            (self.may_be_attached or self._lock_file.is_acquired)
            and not self.is_in_use
            and self.lock.acquire(blocking=False)
        ):
            try:
                self._detach()
            finally:
                self.lock.release()

    def _detach(self) -> None:
        if self.is_in_use:
            return
        connection = self._memory.connection
        if connection is not None and self.is_attached:
            self._is_attached = None
            try:
                connection.execute("DETACH db")
            except duckdb.Error:
                # No room for a checkpoint, for one: what was committed lies in the log.
                self._memory.close()
            # What nobody else changed need not be looked at again; a user may have changed all.
            if self._memory.reaches_all_files:
                self._checked = None
            elif self._checked is not None:
                self._checked = creation.file_state(self.path)
        self._is_attached = False
        self._lock_file.release()

    def close_unused(self) -> None:
        """Close the database in memory, if nobody here uses the file; the next use opens one."""
        if self.lock.acquire(blocking=False):
            try:
                if not self.is_in_use:
                    self._detach()
                    self._memory.close()
            finally:
                self.lock.release()

    def borrow(self, location: str, timeout: float) -> BorrowedConnection:
        """Lend a connection on which the file is ``db``, until `return_connection`.

        Parameters
        ----------
        location
            The database as the user named it, for errors.
        timeout
            Seconds to wait for whoever has the file.

        Raises
        ------
        DatabaseBusyError
            Somebody still had it by then.
        NestedReadError
            This very thread has it, by a connection of another kind.
        """
        borrowed = BorrowedConnection(self)

        def attempt() -> None:
            # Before it is attached, so that nobody detaches it meanwhile.
            self._borrowed.add(borrowed)
            borrowed.connection = self._attach().cursor()

        try:
            retry_until_deadline(lambda: self._try(attempt, location), location, timeout, "Opening")
        except BaseException:
            self.return_connection(borrowed)
            raise
        return borrowed

    def _try(self, attempt: Callable[[], T], location: str) -> T:
        try:
            return forks.locked(self.lock, attempt)
        except duckdb.Error as error:
            if HERE in str(error) and self._has_separate_here():
                raise NestedReadError(location) from error
            raise
        finally:
            self.release()

    def _has_separate_here(self) -> bool:
        """Return True if this very thread has a database of its own, which is not closed."""
        this_thread = threading.get_ident()
        return any(
            thread == this_thread and is_open(connection)
            for connection, thread in list(self._separate.items())
        )

    def return_connection(self, borrowed: BorrowedConnection) -> None:
        """Close a connection that was lent; see `borrow`."""
        borrowed.end()
        self._borrowed.discard(borrowed)
        self.release()
        borrowed.finalizer.detach()

    @contextmanager
    def lend(self, location: str, timeout: float, doing: str) -> Iterator[DuckDBPyConnection]:
        """Lend a connection for a short while; a fork in another thread waits meanwhile.

        Parameters
        ----------
        location, timeout, doing
            See `borrow` and `use_connection`, also for what is raised.
        """
        borrowed = self.borrow(location, timeout)
        try:
            with use_connection(borrowed, location, doing):
                yield borrowed.connection
        finally:
            self.return_connection(borrowed)

    def user_connection(self, location: str, timeout: float) -> DuckDBPyConnection:
        """Return a connection for a user's statements, which reach other files too.

        The file is detached when the user forgets the connection, or by `close_user_connection`.

        Parameters
        ----------
        location, timeout
            See `borrow`, also for what else is raised.

        Raises
        ------
        NotADatabaseError
            The file has a macro in the place of a function of DuckDB's.
        """
        borrowed = BorrowedConnection(self)

        def attempt() -> DuckDBPyConnection:
            self._borrowed.add(borrowed)
            self._allow_external_access(borrowed)
            connection = self._attach().cursor()
            foreign_code.refuse_macros(connection, self.path)
            connection.execute("USE db")
            self._user_connections.add(ref(connection, self._forget_user))
            return connection

        try:
            return retry_until_deadline(
                lambda: self._try(attempt, location), location, timeout, "Opening"
            )
        finally:
            self.return_connection(borrowed)

    def _allow_external_access(self, borrowed: BorrowedConnection) -> None:
        """Open a database in memory that reaches all files, from now on and for all.

        DuckDB forbids other files once, and for all connections. While an answer is half read in
        this very thread, which would wait for itself, all stays as it is.
        """
        if self._memory.reaches_all_files or self._memory.connection is None:
            self._memory.reaches_all_files = True
            return
        others = [other for other in self._lent_now() if other is not borrowed]
        if not others:
            self._memory.close()
            self._is_attached, self._memory.reaches_all_files = False, True
        elif any(other.thread != borrowed.thread for other in others):
            raise duckdb.IOException(f"{HERE}: another thread reads {self.path!r}")

    def _forget_user(self, reference: ref[DuckDBPyConnection]) -> None:
        # Called at any moment in any thread.
        self._user_connections.discard(reference)
        self.release()

    def close_before_fork(self, connection: DuckDBPyConnection, *, has_file: bool) -> None:
        """Close a connection to a database of its own before a fork.

        Parameters
        ----------
        connection
            It is forgotten with its last other reference.
        has_file
            Whether it has the file itself attached, and no copy of it.
        """
        self._separate[connection] = threading.get_ident() if has_file else None

    def close_user_connection(self, connection: DuckDBPyConnection | None) -> None:
        """Close a user's connection, if any, and detach a free file; see `user_connection`."""
        if connection is not None:
            connection.close()
            self._user_connections.discard(ref(connection))
        self.release()
        forks.locked(self.lock, self._remove_lock_file)

    def _remove_lock_file(self) -> None:
        if not self.is_in_use:
            self._lock_file.remove()

    def before_fork(self) -> None:
        """Close everything: a child can use nothing of DuckDB that its parent opened."""
        for borrowed in list(self._borrowed):
            self.return_connection(borrowed)
        for reference in list(self._user_connections):
            self.close_user_connection(reference())
        self.release()
        for connection in list(self._separate):
            connection.interrupt()
            connection.close()
        self._memory.close()
        self._lock_file.remove()  # a child would share it


_files: WeakValueDictionary[str, DatabaseFile] = WeakValueDictionary()


def _is_attached_elsewhere(file: DatabaseFile) -> bool:
    """Return True if another name of the same file is attached in this process."""
    others = [
        other_file
        for other_file in _files.values()
        if other_file is not file and other_file.may_be_attached
    ]
    return any(siblings.is_same_file(other_file.path, file.path) for other_file in others)


_gate = forks.ForkLock()


def file_at(location: str) -> DatabaseFile:
    """Return the file of a location, the same for every way to write its path.

    Parameters
    ----------
    location
        A path; nothing need be there yet.
    """
    path = os.path.realpath(location)
    with _gate.lock:
        file = _files.get(path)
        if file is None:
            file = _files[path] = DatabaseFile(path)
        return file
