"""The codecs of plain values, for those who store them as assets; in rows they are cells."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from xetrack.interfaces.codecs import CannotEncodeError, Codec
from xetrack.model.kinds import FROM_TEXT, PLAIN, TO_TEXT, Kind, NotPlainError, plain

if TYPE_CHECKING:
    from xetrack.interfaces.codecs import Pieces


class BytesCodec(Codec):
    """The codec of bytes as they are."""

    rank = 50
    suffix = ".bin"

    def takes(self, value: object) -> bool:
        """Return True for bytes, but not for subclasses; see `Codec.takes`."""
        return type(value) is bytes

    def encode(self, value: bytes) -> Pieces:
        """Return the bytes; see `Codec.encode`."""
        return [value]

    def decode(self, content: bytearray, version: int) -> bytes:  # noqa: ARG002 - there is but one
        """Return the value; see `Codec.decode`."""
        return bytes(content)


class TextCodec(Codec):
    """The codec of text as UTF-8; lone surrogates as ``surrogatepass`` encodes them."""

    rank = 50
    suffix = ".txt"

    def takes(self, value: object) -> bool:
        """Return True for text, but not for subclasses; see `Codec.takes`."""
        return type(value) is str

    def encode(self, value: str) -> Pieces:
        """Return the UTF-8 of the text; see `Codec.encode`."""
        return [value.encode("utf-8", "surrogatepass")]

    def decode(self, content: bytearray, version: int) -> str:  # noqa: ARG002 - there is but one
        """Return the value; see `Codec.decode`."""
        return content.decode("utf-8", "surrogatepass")

    def render(self, head: bytes, size: int, version: int) -> str:  # noqa: ARG002 - as `Codec`
        """Return the beginning of the text; see `Codec.render`."""
        return head.decode("utf-8", "replace")


class JsonCodec(Codec):
    """The codec of other plain values, as the strict JSON of `xetrack.model.kinds`."""

    rank = 50
    suffix = ".json"

    def takes(self, value: object) -> bool:
        """Return True for what may be a plain value; `encode` finds out. See `Codec.takes`."""
        return (type(value) in PLAIN and not isinstance(value, str | bytes)) or value is None

    def encode(self, value: object) -> Pieces:
        """Return the JSON of a list with the value, if that is exact; see `Codec.encode`."""
        try:
            text = TO_TEXT[Kind.JSON]([plain(value)])
            back = self.decode(bytearray(text, "utf-8", "surrogatepass"), self.version)
        except (NotPlainError, RecursionError, ValueError) as error:
            raise CannotEncodeError from error
        if not is_same(value, back):
            raise CannotEncodeError
        return [text.encode("utf-8", "surrogatepass")]

    def decode(self, content: bytearray, version: int) -> Any:  # noqa: ARG002 - there is but one
        """Return the value; see `Codec.decode`."""
        wrapped: Any = FROM_TEXT[Kind.JSON](content.decode("utf-8", "surrogatepass"))
        (value,) = wrapped
        return value

    def render(self, head: bytes, size: int, version: int) -> str:  # noqa: ARG002 - as `Codec`
        """Return the beginning of the JSON, without the list around it; see `Codec.render`."""
        text = head.decode("utf-8", "replace")
        return text[1:-1] if size == len(head) else text[1:]


def is_same(first: Any, second: Any) -> bool:
    """Return True if two plain values are equal and of the same types, all through.

    Parameters
    ----------
    first
        A plain value.
    second
        Another.

    Returns
    -------
    bool
        True also for two nans.
    """
    if type(first) is not type(second):
        return False
    if type(first) is list:
        return len(first) == len(second) and all(map(is_same, first, second))
    if type(first) is dict:
        # The order of keys is a part of a dict that comes back.
        return len(first) == len(second) and all(map(is_same, first.items(), second.items()))
    if type(first) is tuple:
        return len(first) == len(second) and all(map(is_same, first, second))
    return bool(first == second) or (first != first and second != second)  # noqa: PLR0124 - nan
