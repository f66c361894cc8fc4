"""A DuckDB file in this process: opened for as long as somebody uses it, then given back.

DuckDB lets one process at a time have a file. So the file is attached to a database in memory,
which costs a millisecond, and detached when the last one here is done; who comes meanwhile, in
this process or another, waits until a deadline.

DuckDB's lock on the file is one of POSIX: this process loses it as soon as anything in it closes
the file, whoever opened it. So nobody may look into a file that is attached; see
`xetrack.process.open_files`. A second fence (`fences`) keeps other processes out where a user's own
code does so.

**Interrupts.** One may come at any line. So nothing is counted: who uses the file is who is alive
and not ended, whether it is attached is asked of DuckDB where a statement was cut short, and what
a cut cleanup leaves is done by the next one to look, at the latest by the next use.
"""

from __future__ import annotations

import os
import secrets
import threading
import weakref
from contextlib import contextmanager, suppress
from pathlib import Path
from shutil import rmtree
from tempfile import gettempdir
from typing import TYPE_CHECKING, Any, TypeVar
from weakref import WeakKeyDictionary, WeakSet, WeakValueDictionary, ref

import duckdb

from xetrack.errors import NestedReadError, StorageError
from xetrack.process import forks
from xetrack_duckdb.driver_errors import ELSEWHERE, HERE, literal
from xetrack_duckdb.endings import at_end
from xetrack_duckdb.files import creation, siblings
from xetrack_duckdb.files.lending import Lent, is_open, patiently, working
from xetrack_duckdb.files.lock_file import Fence
from xetrack_duckdb.tables import schema

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from duckdb import DuckDBPyConnection

T = TypeVar("T")

CONFIG: dict[str, Any] = {"autoinstall_known_extensions": False, "autoload_known_extensions": False}
"""Nothing is ever downloaded."""


def _drawn_folder(path: str) -> str:
    try:
        parent = gettempdir()
    except OSError:  # the system has none
        parent = str(Path(path).parent)
    return os.path.realpath(f"{parent}/xetrack-{secrets.token_hex(8)}")


def _remove(folder: str, process: int) -> None:
    if os.getpid() == process:  # no forked child
        rmtree(folder, ignore_errors=True)


def _inode(path: str) -> tuple[int, int] | None:
    with suppress(OSError):
        status = os.stat(path)  # noqa: PTH116 - at each use
        return status.st_dev, status.st_ino
    return None


class File:
    """One DuckDB file, shared by all engines of this process."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.lock = threading.RLock()
        self.folding = threading.RLock()
        """Held by the one who brings rows into the file."""
        self._root: DuckDBPyConnection | None = None
        self._is_attached: bool | None = False
        """None where only DuckDB knows, as a statement may have been cut short."""
        self._is_wide = False
        """Whether a user may read and write other files by SQL; see `user`."""
        self._inode: tuple[int, int] | None = None
        """Device and number of the file that is attached."""
        self._checked: object = None
        """What the file looked like when it was last known to run no code; None if it may."""
        self._fence = Fence(path)
        self._folder = ""
        self._process: int | None = None
        """The process whose folder that is; a forked child has one of its own."""
        self._lent: WeakSet[Lent] = WeakSet()
        self._held: set[ref[DuckDBPyConnection]] = set()
        """Connections that users have; the file is theirs until they forget them."""
        self._apart: WeakKeyDictionary[DuckDBPyConnection, int | None] = WeakKeyDictionary()
        """Databases of their own, and which thread's each is that has the file and no copy."""
        weakref.finalize(self, self._fence.remove)
        forks.protect(self)

    @property
    def in_use(self) -> bool:
        """Whether somebody in this process works with the file now."""
        lent = any(not one.is_closed for one in list(self._lent))
        return lent or any(one() is not None for one in list(self._held))

    @property
    def is_folding_here(self) -> bool:
        """Whether this very thread brings rows into the file, or changes it, further out."""
        return bool(self.folding._is_owned())  # type: ignore[attr-defined]  # noqa: SLF001 - as `threading.Condition` asks

    @property
    def writable(self) -> bool:
        """Whether this process may write to the file, or make it."""
        path = Path(self.path)
        return os.access(path if path.exists() else path.parent, os.W_OK)

    @property
    def folder(self) -> str:
        """The one folder besides its own files into which the file's connections may write.

        It is made when it is first asked for, and removed with this object.
        """
        folder = self._own_folder()
        with suppress(FileExistsError):
            os.mkdir(folder, 0o700)  # noqa: PTH102 - never makes a parent
            weakref.finalize(self, _remove, folder, os.getpid())
            at_end(self, _remove, folder, os.getpid())
        return folder

    def _own_folder(self) -> str:
        if self._process != os.getpid():
            self._folder, self._process = _drawn_folder(self.path), os.getpid()
            at_end(self, self._fence.remove)
        return self._folder

    @property
    def is_attached(self) -> bool:
        """Whether the file is attached, by what DuckDB says."""
        if self._is_attached is None:
            query = "SELECT 1 FROM duckdb_databases() WHERE database_name = 'db'"
            root = self._root
            self._is_attached = root is not None and root.execute(query).fetchone() is not None
        return self._is_attached

    @property
    def may_be_attached(self) -> bool:
        """Whether the file is attached, as far as can be told without asking DuckDB."""
        return self._is_attached is not False

    def _opened(self) -> DuckDBPyConnection:
        """Return the database in memory, whose statements reach no file but this one's."""
        if self._root is None:
            root = duckdb.connect(config=CONFIG)
            if not self._is_wide:
                paths = ", ".join(literal(self.path + ending) for ending in siblings.DUCKDBS)
                root.execute(f"SET allowed_paths = [{paths}]")
                root.execute(f"SET allowed_directories = [{literal(self._own_folder() + os.sep)}]")
                root.execute("SET enable_external_access = false")
            self._root = root
        return self._root

    def _attach(self) -> DuckDBPyConnection:
        if self.is_attached and _inode(self.path) != self._inode:
            self._leave_lost()
        root = self._opened()
        if not self.is_attached:
            forks.locked(forks.gate(), lambda: self._attach_to(root))
        if self._checked is None:
            schema.refuse_code(root, self.path)
            self._checked = creation.looks(self.path)
        return root

    def _attach_to(self, root: DuckDBPyConnection) -> None:
        siblings.refuse_links(self.path)
        if is_attached_elsewhere(self):
            raise duckdb.IOException(f"{HERE}: another name of {self.path!r} is open")
        writable = self.writable
        enter(self._fence, self.path, shared=not writable)
        if writable:
            creation.make(root, self.path)
        if creation.looks(self.path) != self._checked:
            self._checked = None
        self._is_attached = None
        mode = "" if writable else ", READ_ONLY"
        root.execute(f"ATTACH {literal(self.path)} AS db (TYPE duckdb{mode})")
        self._inode = _inode(self.path)
        self._is_attached = True

    def _leave_lost(self) -> None:
        """Let go of a file that was removed, renamed or replaced, lest rows be brought into it."""
        lent = any(not one.is_closed and one.connection is not None for one in list(self._lent))
        if lent or any(one() is not None for one in list(self._held)):
            reason = (
                "the file was removed, renamed or replaced while it was in use here: close "
                "tracker.conn, and what is being read"
            )
            raise StorageError(self.path, "Opening", reason)
        if self._root is not None:
            self._root.close()
        self._root, self._is_attached = None, False

    def rest(self) -> None:
        """Give the file back, if nobody here uses it; called without the lock.

        Whoever had the lock meanwhile looks again after it, so nobody needs to wait for it.
        """
        while (
            (self.may_be_attached or self._fence.is_taken)
            and not self.in_use
            and self.lock.acquire(blocking=False)
        ):
            try:
                self._detach()
            finally:
                self.lock.release()

    def _detach(self) -> None:
        if self.in_use:
            return
        if self._root is not None and self.is_attached:
            self._is_attached = None
            try:
                self._root.execute("DETACH db")
            except duckdb.Error:
                # No room for a checkpoint, for one: what was committed lies in the log.
                self._root.close()
                self._root = None
            # What nobody else changed need not be looked at again; a user may have changed all.
            if self._is_wide:
                self._checked = None
            elif self._checked is not None:
                self._checked = creation.looks(self.path)
        self._is_attached = False
        self._fence.give_back()

    def borrow(self, location: str, timeout: float) -> Lent:
        """Lend a connection on which the file is ``db``."""
        lent = Lent(self)

        def attempt() -> None:
            self._lent.add(lent)  # before it is attached, so that nobody detaches it meanwhile
            lent.connection = self._attach().cursor()

        try:
            patiently(lambda: self._try(attempt, location), location, timeout, "Opening")
        except BaseException:
            self.give_back(lent)
            raise
        return lent

    def _try(self, attempt: Callable[[], T], location: str) -> T:
        try:
            return forks.locked(self.lock, attempt)
        except duckdb.Error as error:
            if HERE in str(error) and self._is_apart_here():
                raise NestedReadError(location) from error
            raise
        finally:
            self.rest()

    def _is_apart_here(self) -> bool:
        """Tell whether this very thread has a database of its own, which is not closed."""
        me = threading.get_ident()
        return any(of == me and is_open(one) for one, of in list(self._apart.items()))

    def give_back(self, lent: Lent) -> None:
        """Close a connection that was lent."""
        lent.end()
        self._lent.discard(lent)
        self.rest()
        lent.forgotten.detach()

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
        """Return a connection for a user's statements, which reach other files too.

        The file is given back when the user forgets the connection, or by `end_user`.
        """
        lent = Lent(self)

        def attempt() -> DuckDBPyConnection:
            self._lent.add(lent)
            self._widen(lent)
            found = self._attach().cursor()
            schema.refuse_macros(found, self.path)
            found.execute("USE db")
            self._held.add(ref(found, self._forgotten))
            return found

        try:
            return patiently(lambda: self._try(attempt, location), location, timeout, "Opening")
        finally:
            self.give_back(lent)

    def _widen(self, lent: Lent) -> None:
        """Open a database in memory that reaches all files, from now on and for all.

        DuckDB forbids other files once, and for all connections. While an answer is half read in
        this very thread, which would wait for itself, all stays as it is.
        """
        if self._is_wide or self._root is None:
            self._is_wide = True
            return
        others = [one for one in list(self._lent) if one is not lent and not one.is_closed]
        if not others:
            self._root.close()
            self._root, self._is_attached, self._is_wide = None, False, True
        elif any(one.thread != lent.thread for one in others):
            raise duckdb.IOException(f"{HERE}: another thread reads {self.path!r}")

    def _forgotten(self, one: ref[DuckDBPyConnection]) -> None:
        # Called at any moment in any thread.
        self._held.discard(one)
        self.rest()

    def watch(self, connection: DuckDBPyConnection, *, has_file: bool) -> None:
        """Close a connection to a database of its own before a fork."""
        self._apart[connection] = threading.get_ident() if has_file else None

    def end_user(self, connection: DuckDBPyConnection | None) -> None:
        """Close a user's connection, and give the file back if nobody else here uses it."""
        if connection is not None:
            connection.close()
            self._held.discard(ref(connection))
        self.rest()
        forks.locked(self.lock, self._remove_fence)

    def _remove_fence(self) -> None:
        if not self.in_use:
            self._fence.remove()

    def before_fork(self) -> None:
        """Close everything: a child can use nothing of DuckDB that its parent opened."""
        for lent in list(self._lent):
            self.give_back(lent)
        for one in list(self._held):
            self.end_user(one())
        self.rest()
        for connection in list(self._apart):
            connection.interrupt()
            connection.close()
        if self._root is not None:
            self._root.close()
            self._root = None
        self._fence.remove()  # a child would share it


def enter(fence: Fence, path: str, *, shared: bool) -> None:
    """Take the fence of a file, or fail as DuckDB does where another process has the file."""
    if not fence.take(shared=shared):
        holder = fence.holder()
        where = HERE if holder == os.getpid() else ELSEWHERE
        named = "" if holder is None else f" (PID {holder})"
        raise duckdb.IOException(f"{where} {path!r}: it is in use{named}")


_files: WeakValueDictionary[str, File] = WeakValueDictionary()


def is_attached_elsewhere(file: File) -> bool:
    """Return True if another name of the same file is attached in this process."""
    others = [one for one in _files.values() if one is not file and one.may_be_attached]
    return any(_is_same(one.path, file.path) for one in others)


def _is_same(one: str, other: str) -> bool:
    try:
        return Path(one).samefile(other)
    except OSError:
        return False


_gate = forks.ForkLock()


def file_at(location: str) -> File:
    """Return the file of a location, the same for every way to write its path."""
    path = os.path.realpath(location)
    with _gate.lock:
        found = _files.get(path)
        if found is None:
            found = _files[path] = File(path)
        return found
