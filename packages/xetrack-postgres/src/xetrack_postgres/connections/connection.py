"""Connections: how each is opened, and how it ends under a thread that still uses it."""

from __future__ import annotations

import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import psycopg
from psycopg.pq import TransactionStatus
from psycopg.types.numeric import Int8BinaryDumper
from psycopg.types.string import TextBinaryLoader, TextLoader

from xetrack.model.names import quoted
from xetrack_postgres.driver_errors import UnreachedError

if TYPE_CHECKING:
    from xetrack.interfaces.engine import Settings
    from xetrack_postgres.address import Address

_PATIENCE = {
    "connect_timeout": "10",
    "keepalives_idle": "30",
    "keepalives_interval": "10",
    "keepalives_count": "3",
    "application_name": "xetrack",
}
"""So that a server which went without a word is noticed; the URL may say otherwise."""

_CANCEL = 2.0
"""Seconds that a server may take to end a statement; after them its connection is cut."""


class _Connection(psycopg.Connection[Any]):
    """A connection of the driver's; forgotten is as good as closed, so it need not warn."""

    def __del__(self, _: object = None, /) -> None:
        if hasattr(self, "pgconn"):  # an interrupt may come before it is set
            self.close()


class _ServerCursor(psycopg.ServerCursor[Any]):
    """The same for a cursor, which ends with its connection at the latest."""

    def __del__(self, _: object = None, /) -> None:
        """Say nothing."""


class ServerConnection:
    """One connection for our own statements, which `end` closes whatever it is doing."""

    def __init__(self, address: Address, **settings: str) -> None:
        self.connection = open_connection(address, **settings)
        adapters = self.connection.adapters
        # An int of one width keeps a prepared statement one; JSON is text for us.
        adapters.register_dumper(int, Int8BinaryDumper)
        adapters.register_loader("json", TextLoader)
        adapters.register_loader("json", TextBinaryLoader)
        self.busy = threading.RLock()
        """Held while a statement runs that another thread may want to end."""
        self.is_ended = False
        """Whether `end` was asked for."""
        self.is_writer = False
        """Whether it is the one that stores rows."""
        self.locked: str | None = None
        """The relation that is locked for reading; empty for a missing one, None where nobody
        asked for it."""

    @property
    def is_idle(self) -> bool:
        """Whether it may be used for something new: an interrupt may leave a statement."""
        return (
            self.is_usable and self.connection.pgconn.transaction_status == TransactionStatus.IDLE
        )

    @property
    def is_usable(self) -> bool:
        """Whether a statement may be sent."""
        return not (self.is_ended or self.connection.closed or self.connection.broken)

    def end(self) -> None:
        """Close the connection, after stopping what another thread is doing on it."""
        self.is_ended = True
        if not self.busy.acquire(blocking=False):
            with suppress(psycopg.Error, OSError):
                self.connection.cancel_safe(timeout=_CANCEL)
            if not self.busy.acquire(timeout=_CANCEL):
                self.connection.close()
                return
        try:
            self.connection.close()
        finally:
            self.busy.release()


def open_connection(address: Address, **settings: str) -> psycopg.Connection[Any]:
    """Open a connection that commits each statement.

    Parameters
    ----------
    address
        The database.
    settings
        Settings of the server's for this connection, by name.

    Returns
    -------
    psycopg.Connection[Any]
        A connection of psycopg, with the settings of this package.

    Raises
    ------
    UnreachedError
        No connection could be made.
    """
    conninfo = address.conninfo
    options = " ".join(f"-c {name}={_escaped(value)}" for name, value in settings.items())
    parameters: dict[str, Any] = {
        **_PATIENCE,
        **conninfo,
        "options": f"{conninfo.get('options', '')} {options}".strip(),
        "client_encoding": "UTF8",
    }
    try:
        connection = _Connection.connect(**parameters, autocommit=True)
        connection.server_cursor_factory = _ServerCursor
    except psycopg.OperationalError as error:
        raise UnreachedError(str(error)) from error
    return connection


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace(" ", "\\ ")


def session_settings(address: Address, settings: Settings) -> dict[str, str]:
    """Return the settings of the server for a session that reads or stores rows.

    Parameters
    ----------
    address
        The database.
    settings
        What the user asked for.
    """
    asked = {
        "search_path": quoted(address.schema),
        "timezone": "UTC",
        # A snapshot from before a lock was waited for would not show what others made.
        "default_transaction_isolation": "read committed",
        "lock_timeout": str(max(1, round(settings.timeout * 1_000))),
    }
    if settings.durability == "full":
        asked["synchronous_commit"] = "on"
    return asked
