"""Plain values, for those who store them as assets by hand; in rows they are cells."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from xetrack.interfaces.codecs import CannotEncodeError, Codec
from xetrack.model.kinds import FROM_TEXT, PLAIN, TO_TEXT, Kind, NotPlainError, plain

if TYPE_CHECKING:
    from xetrack.interfaces.codecs import Pieces


class BytesCodec(Codec):
    """Bytes as they are."""

    rank = 50
    suffix = ".bin"

    def takes(self, value: object) -> bool:
        """Take bytes, and no subclass of them."""
        return type(value) is bytes

    def encode(self, value: bytes) -> Pieces:
        """Return them."""
        return [value]

    def decode(self, content: bytearray, version: int) -> bytes:  # noqa: ARG002 - there is but one
        """Return them."""
        return bytes(content)


class TextCodec(Codec):
    """Text as UTF-8, with lone surrogates in the way of their own that Python has for them."""

    rank = 50
    suffix = ".txt"

    def takes(self, value: object) -> bool:
        """Take text, and no subclass of it."""
        return type(value) is str

    def encode(self, value: str) -> Pieces:
        """Return its UTF-8."""
        return [value.encode("utf-8", "surrogatepass")]

    def decode(self, content: bytearray, version: int) -> str:  # noqa: ARG002 - there is but one
        """Return the text."""
        return content.decode("utf-8", "surrogatepass")


class JsonCodec(Codec):
    """Other plain values as the strict JSON of `xetrack.model.kinds`."""

    rank = 50
    suffix = ".json"

    def takes(self, value: object) -> bool:
        """Take what may be a plain value; `encode` finds out."""
        return (type(value) in PLAIN and not isinstance(value, str | bytes)) or value is None

    def encode(self, value: object) -> Pieces:
        """Return it as JSON, in a list of one, if it comes back exactly."""
        try:
            text = TO_TEXT[Kind.JSON]([plain(value)])
            back = self.decode(bytearray(text, "utf-8", "surrogatepass"), self.version)
        except (NotPlainError, RecursionError, ValueError) as error:
            raise CannotEncodeError from error
        if not same(value, back):
            raise CannotEncodeError
        return [text.encode("utf-8", "surrogatepass")]

    def decode(self, content: bytearray, version: int) -> Any:  # noqa: ARG002 - there is but one
        """Return the value."""
        (value,) = FROM_TEXT[Kind.JSON](content.decode("utf-8", "surrogatepass"))
        return value


def same(one: Any, other: Any) -> bool:
    """Tell whether two plain values are equal and of the same types, all through."""
    if type(one) is not type(other):
        return False
    if type(one) is list:
        return len(one) == len(other) and all(map(same, one, other))
    if type(one) is dict:
        # The order of keys is a part of a dict that comes back.
        return len(one) == len(other) and all(map(same, one.items(), other.items()))
    if type(one) is tuple:
        return len(one) == len(other) and all(map(same, one, other))
    return bool(one == other) or (one != one and other != other)  # noqa: PLR0124 - nan
