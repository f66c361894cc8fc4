"""The example codec: fractions as text, exact and readable."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from xetrack.errors import DamagedAssetError
from xetrack.interfaces.codecs import Codec

if TYPE_CHECKING:
    from xetrack.interfaces.codecs import Pieces


class ExampleCodec(Codec):
    """``3/4`` for ``Fraction(3, 4)``."""

    suffix = ".txt"

    def takes(self, value: object) -> bool:
        """Return True for fractions; a subclass would come back as a fraction."""
        return type(value) is Fraction

    def encode(self, value: Fraction) -> Pieces:
        """Return the text as bytes, in one piece."""
        return [f"{value.numerator}/{value.denominator}".encode()]

    def decode(self, content: bytearray, version: int) -> Fraction:  # noqa: ARG002 - there is one
        """Return an equal fraction; the content may be whatever somebody stored."""
        try:
            # Not Fraction(text): it takes "1e99999999" too, and computes for hours.
            numerator, denominator = content.decode().split("/")
            return Fraction(int(numerator), int(denominator))
        except (ValueError, ArithmeticError) as error:
            raise DamagedAssetError("", str(error)) from error
