"""Trust in pickles: a signature tells what this user stored from what anybody else did.

Loading a pickle runs whatever its author wrote. So whoever stores one signs it with a key that
lies in the user's own configuration folder, outside every database and cache, and whoever loads
one asks `is_signed` first. A signature is the HMAC-SHA256 (RFC 2104) of the parts it covers, each
preceded by its length in 8 bytes, so that no two lists of parts read alike.
"""

from __future__ import annotations

import contextlib
import hmac
import os
import secrets
import tempfile
from functools import cache
from typing import TYPE_CHECKING

from xetrack.errors import TrustKeyError, warn
from xetrack.model.env import is_enabled
from xetrack.process.regular_files import read_regular

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TRUST = "XETRACK_TRUST"
"""``1`` loads every pickle, whoever wrote it."""

_BYTES = 32
"""Length of the key; as long as the digest, which is what RFC 2104 advises."""


def trusting(trust: bool | None = None) -> bool:
    """Return True if pickles of others are to be loaded; ``XETRACK_TRUST`` decides for None.

    Parameters
    ----------
    trust
        What the user said: True, False, or nothing.
    """
    return is_enabled(TRUST) if trust is None else trust


def key_path() -> Path:
    """Return where the key is, or would be: a file for each user, not for each database."""
    return _path(*map(os.environ.get, ("XDG_CONFIG_HOME", "HOME")))


@cache
def _path(*_: str | None) -> Path:
    from platformdirs import user_config_path  # noqa: PLC0415 - for those who pickle, not for all

    return user_config_path("xetrack", appauthor=False) / "trust.key"


def sign(*parts: bytes) -> bytes:
    """Return a signature over some parts; the key is made at the first time.

    Where no key can be stored, such as without a home, the signature is empty, with one warning:
    what is stored then is nobody's, and loading it takes ``trust=True``.

    Parameters
    ----------
    *parts
        What the signature covers.

    Returns
    -------
    bytes
        32 bytes, or none.

    Raises
    ------
    TrustKeyError
        There is a key, but it cannot be used.
    """
    path = key_path()
    try:
        key = _read(path) or _make(path)
    except OSError as error:
        _warn_of_no_key(path, str(error))
        return b""
    return _signature(key, parts)


def is_signed(signature: bytes, *parts: bytes) -> bool:
    """Return True if this user signed these parts; creates nothing.

    Parameters
    ----------
    signature
        What `sign` returned.
    *parts
        The parts that it covers.

    Raises
    ------
    TrustKeyError
        There is a key, but it cannot be used.
    """
    try:
        key = _read(key_path())
    except OSError:
        return False
    return key is not None and hmac.compare_digest(_signature(key, parts), signature)


def _signature(key: bytes, parts: tuple[bytes, ...]) -> bytes:
    text = b"".join(len(part).to_bytes(8, "little") + part for part in parts)
    return hmac.digest(key, text, "sha256")


def _read(path: Path) -> bytes | None:
    """Return the key, and None when there is none."""
    try:
        status = os.stat(path)  # noqa: PTH116 - half the time of Path.stat, for every entry read
    except FileNotFoundError:
        return None
    # A key is changed by hand, if ever; but then it must not be the old one that signs.
    return _key(path, status.st_mtime_ns, status.st_mode)


@cache
def _key(path: Path, _: int, mode: int) -> bytes:
    with read_regular(path) as file:
        key, size = file.read(_BYTES), os.fstat(file.fileno()).st_size
    if size != _BYTES:
        raise TrustKeyError(path, f"it has {size} bytes instead of {_BYTES}")
    if os.name == "posix" and mode & 0o077:
        raise TrustKeyError(path, "others may read or change it", f"chmod 600 {path}")
    return key


def _make(path: Path) -> bytes:
    """Make the key, whole or not at all; of two processes that try, one succeeds."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with _temporary(path.parent) as (file, name):
        os.write(file, secrets.token_bytes(_BYTES))
        os.fsync(file)
        with contextlib.suppress(FileExistsError):
            os.link(name, path)
    key = _read(path)
    if key is None:
        raise OSError(f"{path} is gone as soon as it is made")
    return key


@contextlib.contextmanager
def _temporary(folder: Path) -> Iterator[tuple[int, str]]:
    """Make a file that only this user may read, and remove it."""
    file, name = tempfile.mkstemp(dir=folder, prefix=".trust-")
    try:
        yield file, name
    finally:
        os.close(file)
        os.remove(name)  # noqa: PTH107 - a name is what mkstemp gives


@cache
def _warn_of_no_key(path: Path, reason: str) -> None:
    warn(
        f"No key can be kept at {path} ({reason}), so what is pickled now is stored without a "
        f"signature. Reading it takes trust=True or {TRUST}=1."
    )
