"""The codec keeps the promises of all codecs, and gives back what it got."""

from __future__ import annotations

from fractions import Fraction

import pytest
from xetrack_example.codec import ExampleCodec

from xetrack_testing import CodecContract

FRACTIONS = [Fraction(1, 3), Fraction(0), Fraction(-7, 2), Fraction(10**400, 3)]


class Half(Fraction):
    """A subclass, which would come back as something else."""


class TestCodec(CodecContract):
    """The promises of every codec."""

    codec_class = ExampleCodec

    @pytest.fixture
    def values(self):
        """What it takes."""
        return FRACTIONS


@pytest.mark.parametrize("value", [0.5, 1, "1/3", Half(1, 2), None], ids=repr)
def test_other_objects_are_left_to_other_codecs(value):
    """Also those of a subclass."""
    assert not ExampleCodec().takes(value)
