"""The meaning of errors of PostgreSQL and psycopg for a user, and whether waiting helps.

https://www.postgresql.org/docs/current/errcodes-appendix.html lists the codes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import psycopg
from psycopg import errors as pg

from xetrack.errors import (
    DatabaseBusyError,
    DatabaseNotFoundError,
    InterruptedWriteError,
    OutcomeUnknownError,
    ReadOnlyError,
    RowExistsError,
    StorageError,
    XetrackError,
)

if TYPE_CHECKING:
    from xetrack_postgres.address import Address

IDENTITY = "_xetrack_identity"
"""Ending of the names of the indexes by which a row is known."""

REFUSALS = (psycopg.Error, UnicodeError, OverflowError, ValueError)
"""What the driver raises for a statement or for cells that it does not take."""

_GONE = (
    pg.ConnectionException,
    pg.AdminShutdown,
    pg.CrashShutdown,
    pg.CannotConnectNow,
    pg.TooManyConnections,
    pg.IdleInTransactionSessionTimeout,
    pg.IdleSessionTimeout,
)
_BUSY = (pg.LockNotAvailable, pg.DeadlockDetected, pg.SerializationFailure)
_STALE = (pg.UndefinedTable, pg.UndefinedColumn, pg.InvalidSchemaName, pg.DatatypeMismatch)
_DENIED = (pg.InvalidPassword, pg.InvalidAuthorizationSpecification, pg.InsufficientPrivilege)


class StaleError(psycopg.OperationalError):
    """The table is no longer what a statement was made for, though the server would not say so."""


class UnreachedError(psycopg.OperationalError):
    """No connection could be made, as opposed to one that was lost."""


class ServerAwayError(StorageError):
    """The server cannot be reached, and no spool was asked for."""

    def __init__(self, location: str, reason: str, seconds: float = 0) -> None:
        waited = f" for {seconds:g} seconds" if seconds else ""
        XetrackError.__init__(
            self,
            f"The server of {location!r} could not be reached{waited}: {reason}. Rows logged "
            "before are still there. Start the server or correct the URL; to keep rows on this "
            "machine until the server is back, add spool=FOLDER to the URL.",
        )
        self.location = location
        self.doing = "Reaching"
        self.reason = reason
        self.seconds = seconds


class UnansweredError(ServerAwayError, OutcomeUnknownError):
    """The server went away while it stored something, and could not be asked about it."""

    def __init__(self, location: str, reason: str, seconds: float = 0) -> None:
        super().__init__(location, reason, seconds)
        waited = f" for {seconds:g} seconds" if seconds else ""
        XetrackError.__init__(
            self,
            f"The server of {location!r} could not be reached{waited}: {reason}. It is not known "
            "whether what was sent last was done. Start the server or correct the URL, and read "
            "what is there before you do it again; to keep rows on this machine until the server "
            "is back, add spool=FOLDER to the URL.",
        )


class AccessRefusedError(StorageError, PermissionError):
    """The server does not let this user do it."""

    def __init__(self, location: str, reason: str) -> None:
        XetrackError.__init__(
            self,
            f"The server of {location!r} refused: {reason}. Give the user in the URL, and the "
            "password in PGPASSWORD or in ~/.pgpass; an owner of the database grants rights by: "
            "GRANT CREATE ON DATABASE name TO user",
        )
        self.location = location
        self.doing = "Entering"
        self.reason = reason


class NoDatabaseError(DatabaseNotFoundError):
    """The server has no such database, or the database has no rows of ours."""

    def __init__(self, location: str, reason: str, hint: str) -> None:
        XetrackError.__init__(self, f"There is nothing to read at {location!r}: {reason}. {hint}")
        self.location = location
        self.reason = reason


def is_gone(error: BaseException) -> bool:
    """Return True if the connection is lost or could not be made, so that another may do.

    Parameters
    ----------
    error
        What the driver raised.
    """
    if isinstance(error, _GONE):
        return True
    return isinstance(error, psycopg.OperationalError | psycopg.InterfaceError) and not (
        error.sqlstate or isinstance(error, StaleError)
    )


def is_busy(error: BaseException) -> bool:
    """Return True if another session was in the way, so that waiting helps.

    Parameters
    ----------
    error
        What the driver raised.
    """
    return isinstance(error, _BUSY)


def is_stale(error: BaseException) -> bool:
    """Return True if the table is no longer what a statement was made for.

    Parameters
    ----------
    error
        What the driver raised.
    """
    return isinstance(error, (*_STALE, StaleError)) or (
        isinstance(error, pg.FeatureNotSupported) and "cached plan" in str(error)
    )


def error_message(error: BaseException, address: Address) -> str:
    """Return the message of an error, in one line and without secrets.

    Parameters
    ----------
    error
        What the driver raised.
    address
        Where the secrets are known from.
    """
    diag = getattr(error, "diag", None)
    text = (diag.message_primary if diag else None) or str(error) or type(error).__name__
    return address.without_secrets(text)


def to_xetrack_error(  # noqa: PLR0911 - one for each kind of error
    error: BaseException, address: Address, doing: str
) -> XetrackError:
    """Return the error to raise in place of the driver's.

    Parameters
    ----------
    error
        What the driver raised.
    address
        The database, for errors.
    doing
        What was done: a participle, such as "Reading".

    Returns
    -------
    XetrackError
        A database that is busy, missing, refused or away, or any other refusal of the server.
    """
    location, reason = address.shown, error_message(error, address)
    constraint = getattr(getattr(error, "diag", None), "constraint_name", None) or ""
    if isinstance(error, pg.UniqueViolation) and constraint.endswith(IDENTITY):
        return RowExistsError(location)
    if isinstance(error, pg.ReadOnlySqlTransaction):
        return ReadOnlyError(location, doing)
    if isinstance(error, _DENIED):
        return AccessRefusedError(location, reason)
    if isinstance(error, pg.InvalidCatalogName):
        return NoDatabaseError(location, reason, f"Type: createdb {address.database}")
    if is_busy(error):
        return DatabaseBusyError(location, 0)
    if is_gone(error):
        return _unreached(reason, address)
    return StorageError(location, doing, reason)


def to_block_error(error: psycopg.Error, address: Address) -> XetrackError:
    """Return the error to raise in place of the driver's that ended a block of writes.

    Parameters
    ----------
    error
        What the driver raised; it says that nothing is stored.
    address
        The database, for errors.

    Returns
    -------
    XetrackError
        That of `to_xetrack_error`; where the connection was lost, one after which the block may be
        begun anew.
    """
    if is_gone(error):
        return InterruptedWriteError(address.shown)
    return to_xetrack_error(error, address, "Writing to")


def may_be_stored(error: Exception | None) -> bool:
    """Return True if a connection was lost that may have stored what was sent.

    Parameters
    ----------
    error
        What an attempt to send it raised; None for no attempt.
    """
    return error is not None and is_gone(error) and not isinstance(error, UnreachedError)


def to_open_outcome(error: XetrackError, address: Address) -> OutcomeUnknownError:
    """Return the error to raise where the server was lost amid a write, and then this happened.

    Parameters
    ----------
    error
        Why it could not be found out whether the write is stored.
    address
        The database, for errors.
    """
    if isinstance(error, ServerAwayError):
        return UnansweredError(address.shown, error.reason, error.seconds)
    reason = getattr(error, "reason", "")
    lost = "the answer of the server was lost"
    return OutcomeUnknownError(address.shown, f"{lost} ({reason})" if reason else lost)


def _unreached(reason: str, address: Address) -> XetrackError:
    """Tell from the words of libpq whether the server was there and refused."""
    if "database" in reason and "does not exist" in reason:
        return NoDatabaseError(address.shown, reason, f"Type: createdb {address.database}")
    refusals = ("authentication failed", "no password supplied", "pg_hba.conf", "role ")
    if any(words in reason for words in refusals):
        return AccessRefusedError(address.shown, reason)
    return ServerAwayError(address.shown, reason)
