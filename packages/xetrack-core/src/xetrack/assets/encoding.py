"""Objects as bytes and back: encoded by a codec, digested, sealed; and checked before any use.

The seal is over everything that decides how a content is read. Where decoding can run code it is a
signature of this user's (see `xetrack.assets.signing`), elsewhere a plain checksum: then it only
has to notice damage, because nothing worse can come of the content.
"""

from __future__ import annotations

import hashlib
from contextlib import closing
from typing import TYPE_CHECKING, Any

from xetrack.assets import signing
from xetrack.errors import (
    AssetError,
    AssetNotStoredError,
    DamagedAssetError,
    UntrustedPickleError,
    XetrackError,
    warn,
)
from xetrack.interfaces.assets import Content, Header
from xetrack.interfaces.codecs import CannotEncodeError
from xetrack.interfaces.component import PartKind
from xetrack.model.names import ID_LENGTH
from xetrack.plugins.registry import registry
from xetrack.process.signal_handlers import is_of_handler

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from xetrack.interfaces.assets import AssetInfo, AssetStore
    from xetrack.interfaces.codecs import Codec, Pieces

_SMALL = 2**20
"""Bytes up to which a content is copied, so that it cannot change before it is stored."""

_AT_ONCE = 2**24
"""Bytes of memory that are asked for because a content is said to have them, before any come."""

_EXPANSION = 200
"""How many times what is stored a content may be said to be, beyond `_AT_ONCE`; see `_check_size`.
What is compressed further is all but the same byte, and zlib goes to a thousand times."""


class Codecs:
    """The codecs of this process, made when first needed."""

    def __init__(self) -> None:
        self._made: dict[str, Codec] = {}
        self._ranked: list[tuple[str, Codec]] = []

    def named(self, name: str) -> Codec:
        """Return one codec.

        Parameters
        ----------
        name
            The name of a codec, as headers have it.
        """
        codec = self._made.get(name)
        return codec or self._made.setdefault(name, registry().make(PartKind.CODEC, name))

    def _all(self) -> list[tuple[str, Codec]]:
        if not self._ranked:
            codecs = []
            for part in registry().components(PartKind.CODEC):
                try:
                    codecs.append((part.name, self.named(part.name)))
                except XetrackError as error:  # one that is broken is not needed for the others
                    warn(str(error))
            self._ranked = sorted(codecs, key=lambda each: (each[1].rank, each[0]))
        return self._ranked

    def encoded(self, value: object) -> Generator[tuple[str, Codec, Pieces], None, None]:
        """Yield an object in the bytes of each codec that takes it, the best one first.

        Parameters
        ----------
        value
            Any object, also a plain value.
        """
        failure: Exception | None = None
        for name, codec in self._all():
            try:
                if not codec.takes(value):
                    continue
                pieces = _snapshot(codec.encode(value))
            except CannotEncodeError:
                continue
            except XetrackError:
                raise
            except Exception as error:  # the next one may take the object
                if is_of_handler(error):
                    raise
                error.add_note(f"Raised by the codec {name!r}.")
                failure = failure or error
                continue
            yield name, codec, pieces
        if failure is not None:
            raise failure

    def contents(self, value: object) -> Generator[Content, None, None]:
        """Yield an object ready to be stored, in each way that there is.

        Parameters
        ----------
        value
            Any object, also a plain value.

        Raises
        ------
        AssetNotStoredError
            There is none.
        """
        kind = f"{type(value).__module__}.{type(value).__qualname__}"
        try:
            with closing(self.encoded(value)) as encoded:
                for name, codec, pieces in encoded:
                    yield sealed(name, codec, pieces)
        except XetrackError:
            raise
        except Exception as error:
            if is_of_handler(error):
                raise
            reason = " ".join(f"{type(error).__name__}: {error}".split())
            raise AssetNotStoredError(kind, reason) from error
        raise AssetNotStoredError(kind, "no codec takes it")

    def decoded(self, info: AssetInfo, store: AssetStore, *, trusted: bool) -> Any:
        """Return the object of an asset, after everything was checked.

        Parameters
        ----------
        info
            What is stored beside the content.
        store
            Has the content.
        trusted
            Whether code of others may run.

        Returns
        -------
        object
            An object equal to the stored one.

        Raises
        ------
        DamagedAssetError
            The content, or what is stored beside it, has changed.
        UntrustedPickleError
            Decoding could run code, this user did not store it, and `trusted` is False.
        AssetError
            It is whole, but no object can be made of it here.
        """
        self.check_seal(info)
        codec = self.named(info.header.codec)
        header = info.header
        if not codec.runs_code:
            if not trusted:
                _check_size(info)
        elif not (trusted or signing.is_signed(header.seal, *_signed_parts(header))):
            raise UntrustedPickleError(f"The asset {info.id}")
        content = _read_all(info, store)
        try:
            return codec.decode(content, info.header.version)
        except Exception as error:
            if is_of_handler(error):
                raise
            reason = " ".join(f"{type(error).__name__}: {error}".split())
            hint = "Check that what it needs is installed, in a release that fits."
            raise AssetError(info.id, f"{reason} (codec {info.header.codec})", hint) from error

    def can_reuse(self, info: AssetInfo, value: object) -> bool:
        """Return True if a stored content can stand for an object, and be read again by this user.

        Parameters
        ----------
        info
            What is stored beside the content.
        value
            The object, which was stored under this id before.
        """
        try:
            self.check_seal(info)
            codec = self.named(info.header.codec)
        except XetrackError:
            return False
        header = info.header
        is_ours = not codec.runs_code or signing.is_signed(header.seal, *_signed_parts(header))
        return is_ours and _takes(codec, value)

    def check_seal(self, info: AssetInfo) -> None:
        """Check what is stored beside a content; a signature of another user's passes.

        Parameters
        ----------
        info
            What the store says of the asset.

        Raises
        ------
        DamagedAssetError
            It has changed.
        """
        header = _checked_header(info)
        if not self.named(header.codec).runs_code and header.seal != _checksum(header):
            raise DamagedAssetError(info.id, "what is kept beside its content has changed")


def _takes(codec: Codec, value: object) -> bool:
    """Return True if a codec takes an object; what raises does not."""
    try:
        return codec.takes(value)
    except Exception as error:
        if is_of_handler(error):
            raise
        return False


def sealed(name: str, codec: Codec, pieces: Pieces) -> Content:
    """Digest and seal a content.

    Parameters
    ----------
    name
        Name of the codec.
    codec
        The codec that encoded it.
    pieces
        The bytes, in pieces; they are read twice.

    Returns
    -------
    Content
        Id, header and pieces.
    """
    digest, size = hashlib.sha256(), 0
    for piece in pieces:
        digest.update(piece)
        size += len(memoryview(piece).cast("B"))
    bare = Header(digest=digest.hexdigest(), codec=name, version=codec.version, size=size, seal=b"")
    seal = signing.sign(*_signed_parts(bare)) if codec.runs_code else _checksum(bare)
    header = Header(digest=bare.digest, codec=name, version=codec.version, size=size, seal=seal)
    return Content(id=bare.digest[:ID_LENGTH], header=header, pieces=pieces)


def copy(info: AssetInfo, store: AssetStore, write: Callable[[bytes], object]) -> None:
    """Write a content in pieces, and raise in the end if the whole is not what was stored.

    What xetrack 0.7 stored has no digest that could be checked.

    Parameters
    ----------
    info
        What is stored beside the content.
    store
        Has the content.
    write
        Called with each piece.

    Raises
    ------
    DamagedAssetError
        The content does not match its digest.
    """
    header, digest, size = _checked_header(info), hashlib.sha256(), 0

    def check_piece(piece: bytes) -> None:
        nonlocal size
        size += len(piece)
        if size > header.size and header.digest:  # more may come without an end
            raise DamagedAssetError(info.id, f"its content has more than {header.size:,} bytes")
        digest.update(piece)
        write(piece)

    store.content(info.id, check_piece)
    if header.digest and (size, digest.hexdigest()) != (header.size, header.digest):
        raise DamagedAssetError(info.id, "its content does not match its digest")


def _checked_header(info: AssetInfo) -> Header:
    """Return what is kept beside a content, if it is of the types that it should be."""
    header = info.header
    texts, numbers = (header.digest, header.codec), (header.version, header.size, info.stored_size)
    if not (
        all(type(fact) is str for fact in texts)
        and all(type(fact) is int and fact >= 0 for fact in numbers)
        and isinstance(header.seal, bytes)
    ):
        raise DamagedAssetError(info.id, "what is kept beside its content is of another type")
    return header


def _check_size(info: AssetInfo) -> None:
    """Ask for trust where few bytes would become very many."""
    size = info.header.size
    if size > max(_AT_ONCE, _EXPANSION * info.stored_size):
        reason = f"{info.stored_size:,} stored bytes would become {size:,}"
        raise AssetError(info.id, reason, "Give trust=True, if you know where it comes from.")


def _read_all(info: AssetInfo, store: AssetStore) -> bytearray:
    """Return a checked content in one piece, without ever having it twice."""
    # Memory that a content is to have for good spares moving it; more than that only as it comes.
    content = bytearray(min(info.header.size if info.header.digest else 0, _AT_ONCE))
    at = 0

    def write(piece: bytes) -> None:
        nonlocal at
        content[at : at + len(piece)] = piece
        at += len(piece)

    copy(info, store, write)
    return content


def _snapshot(pieces: Pieces) -> Pieces:
    """Return a small content as bytes of our own: the object may change in another thread."""
    small = bytearray()
    for piece in pieces:
        if len(small) + len(memoryview(piece).cast("B")) > _SMALL:
            return pieces
        small += piece
    return [bytes(small)]


def _signed_parts(header: Header) -> tuple[bytes, ...]:
    facts = header.digest[:ID_LENGTH], header.codec, header.version, header.size, header.digest
    return b"xetrack asset", *(str(fact).encode() for fact in facts)


def _checksum(header: Header) -> bytes:
    return hashlib.sha256(b"\0".join(_signed_parts(header))).digest()
