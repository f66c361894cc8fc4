"""Parts of a key as bytes that say their kind and length, so that no two values read alike.

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
"""Bytes of a part that are kept as they are; of more, the digest."""

DIGEST, TEXT = b"h", b"s"


def net(tag: bytes, content: bytes) -> bytes:
    """Return a part of this kind."""
    return b"%b%d:%b" % (tag, len(content), content)


def text(value: str) -> bytes:
    """Return a part that holds a text, which may have lone surrogates."""
    return net(TEXT, value.encode("utf-8", "surrogatepass"))


def unordered(tag: bytes, parts: Iterable[bytes]) -> bytes:
    """Return a container of parts that have no order of their own."""
    return net(tag, b"".join(sorted(parts)))


def short(part: bytes) -> bytes:
    """Return a part, or its kind and digest where it is long."""
    return part if len(part) <= LONGEST else net(DIGEST, part[:1] + sha256(part).digest())


def parts(content: bytes) -> Iterator[tuple[bytes, bytes, bytes]]:
    """Take content apart.

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
