"""The URL of a database: its parameters for libpq, our own, and how it is shown.

A password never leaves this module but to libpq: what is shown of a URL has stars in its place,
and `Address.without_secrets` takes it out of whatever a server or libpq says.
"""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import quote, unquote

from attrs import field, frozen
from psycopg import Error
from psycopg.conninfo import conninfo_to_dict

from xetrack.errors import InvalidArgumentError, NotADatabaseError
from xetrack.model.locations import shown_location
from xetrack.model.secrets import MASK, is_secret_name
from xetrack.process.paths import absolute
from xetrack_postgres.names import LONGEST

SCHEMES = ("postgresql", "postgres")

SCHEMA = "xetrack"
"""The schema of PostgreSQL that our tables lie in, unless the URL names another."""

_OURS = frozenset({"schema", "spool"})
"""Parameters of the URL that libpq does not know."""

_NAME = re.compile(r"[^%]+")


@frozen
class Address:
    """Where a database is, and how its engine is to behave there."""

    shown: str
    """The URL without its secrets."""
    conninfo: dict[str, str] = field(repr=False)
    """Parameters for libpq."""
    schema: str = SCHEMA
    spool: Path | None = None
    """Folder for rows that wait until the server is back; None where nobody asked for one."""

    @property
    def database(self) -> str:
        """The name of the database, as far as the URL tells."""
        return self.conninfo.get("dbname", "")

    def without_secrets(self, text: str) -> str:
        """Return a text of libpq's or the server's with stars in place of secrets.

        Parameters
        ----------
        text
            A message, or any text that may have the URL in it.
        """
        for name in filter(is_secret_name, self.conninfo):
            secret = self.conninfo[name]
            for form in {secret, quote(secret), quote(secret, safe="")} - {""}:
                text = text.replace(form, MASK)
        return " ".join(text.split())


def is_url(location: str) -> bool:
    """Return True if a location has one of our schemes.

    Parameters
    ----------
    location
        A path or a URL.
    """
    return location.partition("://")[0].lower() in SCHEMES and "://" in location


def parse_address(location: str) -> Address:
    """Parse a URL.

    Parameters
    ----------
    location
        The URL, as a user typed it.

    Returns
    -------
    Address
        The URL without secrets, the parameters of libpq, and the schema and spool folder.

    Raises
    ------
    NotADatabaseError
        libpq could not connect by it, whatever server is there.
    InvalidArgumentError
        A parameter of ours has no use.
    """
    shown = shown_location(location)
    head, _, query = location.partition("?")
    pairs = [(unquote(pair.partition("=")[0]), pair) for pair in query.split("&") if pair]
    libpq_query = "&".join(pair for name, pair in pairs if name not in _OURS)
    try:
        conninfo = conninfo_to_dict(f"{head}?{libpq_query}" if libpq_query else head)
        own_parameters = {
            name: unquote(pair.partition("=")[2]) for name, pair in pairs if name in _OURS
        }
    except (Error, UnicodeError):
        raise _no_url(shown) from None  # what libpq says quotes the URL, password and all
    if not _is_sound(head, str(conninfo.get("port") or "")):
        raise _no_url(shown)
    schema = own_parameters.get("schema", SCHEMA)
    if not _NAME.fullmatch(schema) or not schema.isprintable() or len(schema.encode()) > LONGEST:
        raise InvalidArgumentError("schema", schema, "a name of at most 63 bytes, without %")
    spool = own_parameters.get("spool")
    if spool == "":
        raise InvalidArgumentError("spool", spool, "the path of a folder, such as spool=/var/tmp/x")
    return Address(
        shown,
        {name: str(value) for name, value in conninfo.items() if value is not None},
        schema,
        Path(absolute(spool)) if spool else None,
    )


def _is_sound(head: str, port: str) -> bool:
    """Return True if nothing of a password can have been taken for something else."""
    authority, _, path = head.partition("://")[2].partition("/")
    return (
        authority.count("@") <= 1
        and "@" not in path
        and all(number.isdecimal() or not number for number in port.split(","))
    )


def _no_url(shown: str) -> NotADatabaseError:
    reason = (
        "it is no connection URL; write postgresql://USER@HOST:PORT/DATABASE, and special "
        "characters in it as %40 for @"
    )
    return NotADatabaseError(shown, reason)
