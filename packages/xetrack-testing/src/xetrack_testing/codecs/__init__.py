"""The contract of codecs: see `xetrack.interfaces.codecs`, whose promises these tests hold."""

from __future__ import annotations

import copy
import os
import pickle
import subprocess
import sys
import threading
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from xetrack.interfaces.codecs import CannotEncodeError, Codec
from xetrack_testing.codecs import children
from xetrack_testing.codecs.hostile import HOSTILE
from xetrack_testing.declared import Contract, signature_differences
from xetrack_testing.hangs.patience import allowed
from xetrack_testing.processes import meanwhile, together

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

SECONDS = 5.0
"""Seconds that decoding what is damaged may take, whatever it says of its own size."""

IMPORTED = """
import importlib, sys
import xetrack.interfaces.codecs
before = set(sys.modules)
codec = getattr(importlib.import_module(sys.argv[1]), sys.argv[2])()
codec.takes(object())
print(*sorted({name.partition(".")[0] for name in set(sys.modules) - before}))
"""


def is_same(first: Any, second: Any) -> bool:
    """Return True if two objects are equal and of the same type; nan is the same as nan.

    Parameters
    ----------
    first
        An object.
    second
        Another.
    """
    if type(first) is not type(second):
        return False
    return bool(first == second) or bool(first != first and second != second)  # noqa: PLR0124


def joined(pieces: Any) -> bytes:
    """Return the pieces of a content as bytes, as the core puts them together.

    Parameters
    ----------
    pieces
        What `Codec.encode` returned.
    """
    return b"".join(memoryview(piece).cast("B") for piece in pieces)


class CodecContract(Contract):
    """All that a codec promises. Set `codec_class`, and override `values`, and `same` if need be.

    For example::

        class TestFractions(CodecContract):
            codec_class = FractionCodec

            @pytest.fixture
            def values(self):
                return [Fraction(1, 3), Fraction(-7, 2)]
    """

    codec_class: type[Codec]
    """The class under test. Other processes import it, so it stands in a module."""

    @pytest.fixture
    def values(self) -> Sequence[object]:
        """Objects that the codec takes: small and large ones, and whatever is special."""
        raise NotImplementedError("override the fixture `values`: objects that the codec takes")

    @pytest.fixture
    def same(self) -> Callable[[Any, Any], bool]:
        """Compare an object and the one that came back; by default by ``==`` and type."""
        return is_same

    @pytest.fixture
    def others(self) -> Sequence[object]:
        """Objects that no codec can encode, or that are nothing for this one."""
        return [threading.Lock(), (number for number in range(3)), *HOSTILE]

    @pytest.fixture
    def codec(self) -> Codec:
        """The codec under test."""
        return self.codec_class()

    @pytest.fixture
    def small(self, codec: Codec, values: Sequence[object]) -> list[bytes]:
        """The contents that are small enough to be damaged many times."""
        contents = [joined(codec.encode(value)) for value in values]
        return [content for content in contents if len(content) < 2**18]

    def test_signatures_are_those_of_the_interface(self) -> None:
        """Every method takes what the interface says, so that all codecs are called alike."""
        assert [] == signature_differences(self.codec_class, Codec)

    def test_it_describes_itself(self, codec: Codec) -> None:
        """Version and rank are whole numbers, `runs_code` a bool, the suffix has its dot."""
        assert type(codec.version) is int
        assert codec.version >= 1
        assert type(codec.rank) is int
        assert type(codec.runs_code) is bool
        assert codec.suffix == "" or (codec.suffix[0] == "." and codec.suffix[1:].isalnum())

    def test_an_object_comes_back_equal_and_of_its_type(
        self, codec: Codec, values: Sequence[object], same: Callable[[Any, Any], bool]
    ) -> None:
        """Each of `values`; and encoding it changes nothing of it."""
        for value in values:
            assert codec.takes(value) is True, f"it does not take {value!r:.200}"
            content = joined(codec.encode(value))
            decoded = codec.decode(bytearray(content), codec.version)
            assert type(value) is type(decoded), f"{value!r:.200} came back as another type"
            assert same(value, decoded), f"{value!r:.200} came back as {decoded!r:.200}"
            assert content == joined(codec.encode(value)), "encoding it changed the object"

    def test_equal_objects_give_equal_bytes(self, codec: Codec, values: Sequence[object]) -> None:
        """An object and its copy: equal content is stored once."""
        for value in values:
            try:
                other = copy.deepcopy(value)
            except Exception:  # noqa: BLE001, S112 - not all that can be stored can be copied
                continue
            assert joined(codec.encode(value)) == joined(codec.encode(other)), f"{value!r:.200}"

    def test_pieces_are_bytes_and_the_same_each_time(
        self, codec: Codec, values: Sequence[object]
    ) -> None:
        """They are iterated for the digest and for the store; a generator would be empty then."""
        for value in values:
            pieces = codec.encode(value)
            first = [bytes(memoryview(piece).cast("B")) for piece in pieces]
            assert all(isinstance(piece, bytes | bytearray | memoryview) for piece in pieces)
            assert first == [bytes(memoryview(piece).cast("B")) for piece in pieces]
            assert len(first) <= 1 + sum(map(len, first)), "it has empty pieces without an end"

    def test_other_processes_give_the_same_bytes(
        self, codec: Codec, values: Sequence[object], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Whatever their hashes of texts are, by which sets are in another order there."""
        movable = [*_pickled(values)]
        here = [joined(codec.encode(pickle.loads(data))) for data in movable]  # noqa: S301
        monkeypatch.setenv("PYTHONHASHSEED", "1")
        (there,) = together(children.encoded, self.codec_class, movable, processes=1)
        different = [n for n, content in enumerate(here) if content != there[n]]
        assert not different, "the numbers of the values whose bytes differ"

    def test_whether_it_takes_an_object_is_never_an_error(
        self, codec: Codec, others: Sequence[object]
    ) -> None:
        """Every codec is asked about whatever users log: an answer is True or False, at once."""
        for value in (*others, None, True, 1, "x", b"x", [], {}, object, type, codec):
            assert codec.takes(value) in {True, False}, type(value)

    def test_what_it_cannot_encode_is_left_to_the_next_codec(
        self, codec: Codec, others: Sequence[object], same: Callable[[Any, Any], bool]
    ) -> None:
        """It does not take it, or raises `CannotEncodeError`, or the object comes back.

        Any other exception ends the search, and the object is not stored.
        """
        for value in others:
            if codec.takes(value):
                try:
                    content = joined(codec.encode(value))
                except CannotEncodeError:
                    continue
                decoded = codec.decode(bytearray(content), codec.version)
                assert type(value) is type(decoded)
                assert same(value, decoded)

    def test_decoding_runs_no_code_unless_it_says_so(
        self, codec: Codec, small: Sequence[bytes]
    ) -> None:
        """With ``runs_code = False`` content is decoded that nobody signed, whoever wrote it.

        No function is called that the content names: neither of its own contents, nor of pickles
        and others in their place.
        """
        if codec.runs_code:
            pytest.skip("it says that it runs code, so contents are signed")
        (called,) = together(children.names_called, self.codec_class, small, processes=1)
        assert not called, "decoding called what the content names; set runs_code = True"

    def test_damaged_bytes_are_an_error_in_little_time_and_memory(
        self, codec: Codec, small: Sequence[bytes]
    ) -> None:
        """Cut, altered and extended contents are an object or an exception, within seconds.

        Neither the process ends, nor is memory asked for that a few bytes speak of.
        """
        if codec.runs_code:
            pytest.skip("it says that it runs code, so contents are signed")
        (wrong,) = together(
            children.damaged, self.codec_class, small, allowed(SECONDS), processes=1
        )
        assert not wrong, "\n".join(wrong[:10])

    def test_threads_share_a_codec(
        self, codec: Codec, values: Sequence[object], same: Callable[[Any, Any], bool]
    ) -> None:
        """Four encode and decode at once."""
        contents = [joined(codec.encode(value)) for value in values]

        def work(first: int) -> None:
            for at in [*range(first, len(values)), *range(first)] * 3:
                assert contents[at] == joined(codec.encode(values[at])), "bytes are mixed up"
                decoded = codec.decode(bytearray(contents[at]), codec.version)
                assert same(values[at], decoded), "objects are mixed up"

        with meanwhile(*(partial(work, n % len(values)) for n in range(4))):
            pass

    def test_making_it_imports_no_library(self) -> None:
        """Users who store other objects do not pay for its import."""
        cls = self.codec_class
        completed = subprocess.run(  # noqa: S603 - this interpreter
            [sys.executable, "-c", IMPORTED, cls.__module__, cls.__qualname__],
            env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
            capture_output=True,
            text=True,
            timeout=allowed(50),
            check=False,
        )
        assert completed.returncode == 0, completed.stderr
        own = cls.__module__.partition(".")[0]
        brought = {name for name in completed.stdout.split() if not name.startswith("xetrack")}
        foreign = brought - {own, *sys.stdlib_module_names, "attr", "attrs", "pluggy"}
        assert not foreign, "import these inside the functions that use them"


def _pickled(values: Sequence[object]) -> Iterator[bytes]:
    for value in values:
        try:
            data = pickle.dumps(value)
            pickle.loads(data)  # noqa: S301 - it was made just now
        except Exception:  # noqa: BLE001, S112 - not all that can be stored can be pickled
            continue
        yield data
