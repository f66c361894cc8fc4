"""The asset store of a database: chosen by the user, remembered by the database.

What a database remembers was written by whoever could write it. A name selects a store that is
installed and works beside the rows. A URL leads elsewhere: it is followed only where this user
wrote it, which a signature shows, where the user gives the same URL, or where trust is given. So
a stranger's file contacts no server, and nothing is uploaded to a place that its author chose.
"""

from __future__ import annotations

import json
import re
import secrets
from typing import TYPE_CHECKING

from attrs import frozen

from xetrack.assets.signing import is_signed, sign, trusting
from xetrack.errors import InvalidArgumentError, UntrustedStoreError
from xetrack.interfaces.engines.facts import KeepsFacts
from xetrack.model.locations import without_secrets

if TYPE_CHECKING:
    from xetrack.interfaces.engine import Engine

FACT = "asset_store"
"""Name of the fact."""

_FOLDER = re.compile(r"[0-9a-f]{16}|")


@frozen
class RememberedStore:
    """The asset store of a database."""

    store: str
    """The name of a store; or a URL, without secrets."""
    folder: str = ""
    """The part below a URL that is this database's own; empty where nothing is remembered."""
    seal: bytes = b""
    """The signature of the user who chose it."""

    @classmethod
    def of(cls, store: str) -> RememberedStore:
        """Return a store that was given, and of which no database knows yet.

        Parameters
        ----------
        store
            A name, or a URL; its secrets are left out.
        """
        return cls(without_secrets(store))

    @property
    def is_elsewhere(self) -> bool:
        """Whether it is a URL."""
        return is_url(self.store)

    def location(self, url: str) -> str:
        """Return where the objects of this database are.

        Parameters
        ----------
        url
            The URL as it was given, with whatever secrets it has.
        """
        if not self.folder:
            return url
        head, mark, query = url.partition("?")
        return f"{head.rstrip('/')}/{self.folder}{mark}{query}"

    def check_trust(self, location: str, trust: bool | None) -> None:
        """Check that a store which nobody gave may be contacted.

        Parameters
        ----------
        location
            The location of the database.
        trust
            What the user said of pickles and stores of others.

        Raises
        ------
        UntrustedStoreError
            It is a URL that this user did not write.
        """
        if self.is_elsewhere and not (
            is_signed(self.seal, *_signed_parts(self)) or trusting(trust)
        ):
            raise UntrustedStoreError(location, self.store)


def is_url(store: str) -> bool:
    """Return True if a store is given by URL, and not by name.

    Parameters
    ----------
    store
        What the user gave.
    """
    return "://" in store


def read_store(engine: Engine, *, wait: bool = False) -> RememberedStore | None:
    """Return the store that a database remembers; None if it remembers none.

    Parameters
    ----------
    engine
        The engine of the database.
    wait
        Whether a database that is away is waited for.
    """
    if not isinstance(engine, KeepsFacts):
        return None
    text = engine.awaited_fact(FACT) if wait else engine.fact(FACT)
    return None if text is None else _parse(text)


def remember_store(engine: Engine, store: str) -> RememberedStore:
    """Let a database remember its store, unless it remembers one already.

    Parameters
    ----------
    engine
        May change the database.
    store
        The name or URL that the user gave.

    Returns
    -------
    RememberedStore
        The store of the database from now on.

    Raises
    ------
    InvalidArgumentError
        The database remembers another one.
    """
    public = without_secrets(store)
    known = read_store(engine)
    if known is None:
        if not isinstance(engine, KeepsFacts):
            return RememberedStore.of(store)
        known = _parse(engine.set_fact(FACT, _text(_new(public)), replace=False))
    if known is None:  # what stands there is none of ours
        return RememberedStore.of(store)
    check_same(engine, known, public)
    return known


def check_same(engine: Engine, known: RememberedStore | None, store: str) -> None:
    """Check that a database remembers no other store than the given one.

    Parameters
    ----------
    engine
        Has the database, for the error.
    known
        The store that the database remembers; None where there is none.
    store
        The name or URL that was given; secrets do not count.

    Raises
    ------
    InvalidArgumentError
        It does.
    """
    if known is not None and known.store != without_secrets(store):
        expected = (
            f"{known.store!r}, where {engine.location!r} keeps its objects, or none. If they have "
            "moved, type: xt assets store DB NEW"
        )
        raise InvalidArgumentError("asset_store", without_secrets(store), expected)


def move_store(engine: Engine, store: str) -> None:
    """Let a database remember another place of its store, to which its objects were moved.

    Parameters
    ----------
    engine
        May change the database.
    store
        The URL, or the name of a store.

    Raises
    ------
    InvalidArgumentError
        The engine remembers nothing.
    """
    if not isinstance(engine, KeepsFacts):
        expected = "a database that remembers its store; give asset_store=... to each Reader"
        raise InvalidArgumentError("db", engine.location, expected)
    known = read_store(engine)
    new = _new(without_secrets(store), known.folder if known else None)
    engine.set_fact(FACT, _text(new))


def _new(store: str, folder: str | None = None) -> RememberedStore:
    if not is_url(store):
        return RememberedStore(store)
    bare = RememberedStore(store, folder or secrets.token_hex(8))
    return RememberedStore(store, bare.folder, sign(*_signed_parts(bare)))


def _signed_parts(remembered: RememberedStore) -> tuple[bytes, ...]:
    return b"xetrack asset store", remembered.store.encode(), remembered.folder.encode()


def _text(remembered: RememberedStore) -> str:
    facts = {"store": remembered.store, "folder": remembered.folder, "seal": remembered.seal.hex()}
    return json.dumps(facts)


def _parse(text: str) -> RememberedStore | None:
    """Return what a fact says; None for what no xetrack wrote."""
    try:
        facts = json.loads(text)
        store, folder, seal = facts["store"], facts["folder"], bytes.fromhex(facts["seal"])
    except (ValueError, TypeError, KeyError, RecursionError):
        return None
    if type(store) is not str or type(folder) is not str or _FOLDER.fullmatch(folder) is None:
        return None
    return RememberedStore(store, folder, seal)
