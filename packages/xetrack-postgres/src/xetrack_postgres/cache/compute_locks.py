"""The compute locks of keys: advisory locks of a session that one cache keeps for them.

The server releases them at once when the process dies, whose connection ends with it. They are
asked for again and again instead of being waited for: one session then does for any number of
threads, none hangs in a statement that a fork or Ctrl-C would have to break off, and a server that
restarts costs nobody a place in a queue.
"""

from __future__ import annotations

import os
import time
from functools import partial
from typing import TYPE_CHECKING
from weakref import WeakSet, ref

import psycopg

if TYPE_CHECKING:
    from xetrack_postgres.connections.connection import ServerConnection
    from xetrack_postgres.connections.pool import ConnectionPool
    from xetrack_postgres.connections.retries import PoolOwner

_FIRST_WAIT, _LONGEST_WAIT = 0.005, 0.25
"""Seconds between two times that somebody asks for a lock that another one has."""

_NUMBER = "hashtextextended(%s, 7243)"
"""Locks have numbers of 64 bits; keys that share one would only wait for each other."""

_all: WeakSet[ComputeLocks] = WeakSet()


class KeyLock:
    """A compute lock that this process has as long as somebody keeps this object."""


class ComputeLocks:
    """The compute locks that one cache has in this process.

    **Thread safety.** Any thread may acquire and release; the cache's lock guards the session.

    **Forks.** A forked child has none of them; see `abandon`.
    """

    def __init__(self, owner: PoolOwner, connections: ConnectionPool) -> None:
        self._owner = owner
        self._connections = connections
        self._session: ServerConnection | None = None
        self._acquired: dict[str, tuple[ServerConnection, ref[KeyLock]]] = {}
        """Of other threads too, which the server cannot tell apart: they share the session."""
        _all.add(self)

    def acquire(self, key: str, *, wait: bool) -> KeyLock | None:
        """Take the compute lock of a key.

        Parameters
        ----------
        key
            The key of an entry.
        wait
            Whether to wait, without an end, until others release it.

        Returns
        -------
        KeyLock | None
            What `release` takes; None when others have the lock. If it is forgotten, as by an
            interrupt on its way to the caller, the lock is released when one is asked for next.
        """
        pause = _FIRST_WAIT
        while True:
            lock = self._connections.retry(partial(self._try_once, key), "Locking a key in")
            if lock is not None or not wait:
                return lock
            time.sleep(pause)
            pause = min(2 * pause, _LONGEST_WAIT)

    def _try_once(self, key: str) -> KeyLock | None:
        with self._owner.lock:
            self._release_forgotten()
            if key in self._acquired:
                return None
            if self._session is None or not self._session.is_usable:
                self._session = self._connections.session()
            session = self._session
            sql = f"SELECT pg_try_advisory_lock({_NUMBER})"
            try:
                row = session.connection.execute(sql, (self._name(key),)).fetchone()
                if row is None or not row[0]:
                    return None
                lock = KeyLock()
                self._acquired[key] = session, ref(lock)
            except BaseException:
                # Nobody knows whether it was taken, and nobody would give it back.
                self._acquired.pop(key, None)
                self._unlock(key, session)
                raise
            return lock

    def release(self, key: str, lock: KeyLock) -> None:
        """Release the compute lock of a key; it is free already when its session has ended.

        Parameters
        ----------
        key
            The key of an entry.
        lock
            What `acquire` returned.
        """
        with self._owner.lock:
            session, holder = self._acquired.get(key, (None, None))
            # A forked child never had the lock.
            if session is not None and holder is not None and holder() is lock:
                self._release(key, session)

    def _release_forgotten(self) -> None:
        for key, (session, holder) in list(self._acquired.items()):
            if holder() is None:
                self._release(key, session)

    def _release(self, key: str, session: ServerConnection) -> None:
        try:
            self._unlock(key, session)
        finally:
            self._acquired.pop(key, None)

    def _unlock(self, key: str, session: ServerConnection) -> None:
        try:
            sql = f"SELECT pg_advisory_unlock({_NUMBER})"
            session.connection.execute(sql, (self._name(key),))
        except BaseException as error:
            session.end()  # it may be there still, and hold the lock
            if not isinstance(error, psycopg.Error):
                raise

    def _name(self, key: str) -> str:
        return f"{self._connections.address.schema}/{key}"

    def close(self) -> None:
        """Close the session, unless somebody computes, whose lock must outlast this."""
        with self._owner.lock:
            self._release_forgotten()
            if self._session is not None and not self._acquired:
                self._session.end()
                self._session = None

    def abandon(self) -> None:
        """Drop the session that a forked child inherited, without a word to the server.

        The parent goes on with its session, and so with its locks. What the driver says when it
        closes the child's copy must not reach that session, nor may the copy keep it open.
        """
        inherited = {session for session, _ in self._acquired.values()}
        if self._session is not None:
            inherited.add(self._session)
        self._session, self._acquired = None, {}
        for session in inherited:
            if session.is_usable:
                null = os.open(os.devnull, os.O_RDWR)
                os.dup2(null, session.connection.fileno(), inheritable=False)
                os.close(null)


def _abandon_all() -> None:
    for locks in list(_all):
        locks.abandon()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_abandon_all)
