"""Parts of a key as bytes with their kind and length, so that no two values read alike.

A part is a *tagged netstring*: one letter for the kind, the length of the content in decimal
digits, ``:``, and the content (D. J. Bernstein, https://cr.yp.to/proto/netstrings.txt, without
the closing comma). A container's content is the parts of what it holds, one after the other.
"""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

LONGEST = 200
"""Bytes of a part that stay as they are; of more, the digest."""

DIGEST, TEXT = b"h", b"s"


def netstring(tag: bytes, content: bytes) -> bytes:
    """Make a part.

    Parameters
    ----------
    tag
        One letter, for its kind.
    content
        Any bytes.

    Returns
    -------
    bytes
        Tag, length and content.
    """
    return b"%b%d:%b" % (tag, len(content), content)


def text(value: str) -> bytes:
    """Make a part of a text, which may have lone surrogates.

    Parameters
    ----------
    value
        Any text.

    Returns
    -------
    bytes
        The tagged netstring of its UTF-8, lone surrogates included.
    """
    return netstring(TEXT, value.encode("utf-8", "surrogatepass"))


def unordered_container(tag: bytes, parts: Iterable[bytes]) -> bytes:
    """Make a container of parts that have no order of their own.

    Parameters
    ----------
    tag
        The kind of container.
    parts
        What it contains.

    Returns
    -------
    bytes
        The container.
    """
    return netstring(tag, b"".join(sorted(parts)))


def shorten(part: bytes) -> bytes:
    """Return a part, or its kind and digest where it is long.

    Parameters
    ----------
    part
        A tagged netstring.
    """
    return part if len(part) <= LONGEST else conceal(part)


def conceal(part: bytes) -> bytes:
    """Return the kind and digest of a part.

    Parameters
    ----------
    part
        A tagged netstring.
    """
    return netstring(DIGEST, part[:1] + sha256(part).digest())


def split_parts(content: bytes) -> Iterator[tuple[bytes, bytes, bytes]]:
    """Split content into its parts.

    Parameters
    ----------
    content
        Parts, one after the other.

    Yields
    ------
    tag, inner, whole
        Of each part in turn.

    Raises
    ------
    ValueError
        The content is not made of parts.
    """
    at = 0
    while at < len(content):
        colon = content.index(b":", at)
        length = content[at + 1 : colon]
        if not length.isdigit():  # with a sign, a part would end before it begins
            raise ValueError("a part does not say its length")
        end = colon + 1 + int(length)
        if end > len(content):
            raise ValueError("a part is longer than what holds it")
        yield content[at : at + 1], content[colon + 1 : end], content[at:end]
        at = end
