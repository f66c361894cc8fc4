"""The codec gives back what it got."""

from __future__ import annotations

from fractions import Fraction

import pytest
from xetrack_example.codec import ExampleCodec

from xetrack.errors import XetrackError

FRACTIONS = [Fraction(1, 3), Fraction(0), Fraction(-7, 2), Fraction(10**400, 3)]


class Half(Fraction):
    """A subclass, which would come back as something else."""


@pytest.mark.parametrize("value", FRACTIONS, ids=str)
def test_an_equal_object_comes_back(value):
    """Of the same type, from the same bytes each time."""
    codec = ExampleCodec()
    assert codec.takes(value)
    first, second = (b"".join(codec.encode(value)) for _ in range(2))
    decoded = codec.decode(bytearray(first), codec.version)
    assert (value, type(value), first) == (decoded, type(decoded), second)


@pytest.mark.parametrize("value", [0.5, 1, "1/3", Half(1, 2), None], ids=repr)
def test_other_objects_are_left_to_other_codecs(value):
    """Also those of a subclass."""
    assert not ExampleCodec().takes(value)


@pytest.mark.parametrize("content", [b"", b"\xff", b"1/0", b"one half", b"nan"])
def test_damaged_content_is_an_error_of_xetrack(content):
    """Never one of the format's own."""
    with pytest.raises(XetrackError):
        ExampleCodec().decode(bytearray(content), 1)
