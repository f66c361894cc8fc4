"""Our codecs keep every promise of codecs."""

from __future__ import annotations

import datetime as dt
import math
from decimal import Decimal

import pytest

from tests.assets import test_codecs
from tests.engines import exact
from xetrack_assets.codecs.arrays import NumpyCodec
from xetrack_assets.codecs.frames import ArrowCodec, PandasCodec
from xetrack_assets.codecs.pickles import PickleCodec
from xetrack_assets.codecs.plain import BytesCodec, JsonCodec, TextCodec
from xetrack_testing import CodecContract, gap


class OfCases(CodecContract):
    """With the objects that the tests of the codecs have."""

    name: str

    @pytest.fixture
    def values(self):
        return [value for codec, value in test_codecs.CASES.values() if codec == self.name]

    @pytest.fixture
    def same(self):
        def same(one, other):
            test_codecs.same(one, other)
            return True

        return same


class TestNumpy(OfCases):
    codec_class = NumpyCodec
    name = "numpy"


class TestPandas(OfCases):
    codec_class = PandasCodec
    name = "pandas"


class TestArrow(OfCases):
    codec_class = ArrowCodec
    name = "arrow"


class TestPickle(OfCases):
    codec_class = PickleCodec
    name = "pickle"

    test_what_it_cannot_encode_is_left_to_the_next_codec = gap(
        CodecContract.test_what_it_cannot_encode_is_left_to_the_next_codec,
        "there is no next one, and its own error says what cannot be pickled",
    )


class TestBytes(CodecContract):
    codec_class = BytesCodec

    @pytest.fixture
    def values(self):
        return [b"", b"\0\xff" * 1_000]


class TestText(CodecContract):
    codec_class = TextCodec

    @pytest.fixture
    def values(self):
        return ["", "größer \ud800\0", "x" * 100_000]


class TestJson(CodecContract):
    codec_class = JsonCodec

    @pytest.fixture
    def values(self):
        return [
            *(None, 0, False, [], 10**400, 0.1, -0.0, math.inf, math.nan),
            {"b": [1, 2.0, math.nan], "a": {1: Decimal("0.1"), "t": dt.timedelta(seconds=1)}},
        ]

    @pytest.fixture
    def same(self):
        return lambda one, other: exact(one) == exact(other)
