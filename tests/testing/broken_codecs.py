"""Codecs that break a promise; they are otherwise one of sets of texts."""

from __future__ import annotations

import itertools
import json
import pickle
import sys
import time

from tests.testing.catalogue import caught_by
from xetrack.interfaces.codecs import Codec


class SetCodec(Codec):
    """Frozen sets of texts, as a sorted list in JSON."""

    suffix = ".json"

    def takes(self, value):
        return type(value) is frozenset and all(type(one) is str for one in value)

    def encode(self, value):
        return [json.dumps(sorted(value)).encode()]

    def decode(self, content, version):
        return frozenset(json.loads(content))


@caught_by("test_signatures_are_those_of_the_interface")
class OtherParameters(SetCodec):
    """Asks for no version."""

    def decode(self, content):
        return super().decode(content, 1)


@caught_by("test_no_promise_is_replaced_without_a_reason")
class Silenced(SetCodec):
    """Nothing is wrong with it; but its class of tests leaves one out."""

    body = ("test_it_describes_itself = None",)


@caught_by("test_it_describes_itself")
class VersionAsText(SetCodec):
    """Has a version that cannot be counted."""

    version = "1.0"


@caught_by("test_it_describes_itself")
class SuffixWithoutDot(SetCodec):
    """Leaves the dot to others."""

    suffix = "json"


@caught_by("test_an_object_comes_back_equal_and_of_its_type")
class BecomesASet(SetCodec):
    """Gives what is equal and of another type."""

    def decode(self, content, version):
        return set(super().decode(content, version))


@caught_by("test_an_object_comes_back_equal_and_of_its_type")
class FoldsCase(SetCodec):
    """Gives texts in small letters."""

    def decode(self, content, version):
        return frozenset(one.lower() for one in super().decode(content, version))


@caught_by("test_equal_objects_give_equal_bytes")
class Numbered(SetCodec):
    """Writes down how many objects came before."""

    numbers = itertools.count()

    def encode(self, value):
        return [*super().encode(value), b" " * next(self.numbers)]


@caught_by("test_pieces_are_bytes_and_the_same_each_time")
class OnceOnly(SetCodec):
    """Gives pieces that are gone when they were looked at."""

    def encode(self, value):
        yield from super().encode(value)


@caught_by("test_other_processes_give_the_same_bytes")
class InTheOrderOfHashes(SetCodec):
    """Writes a set as Python iterates over it."""

    def encode(self, value):
        return [json.dumps([*value]).encode()]


@caught_by("test_whether_it_takes_an_object_is_never_an_error")
class LooksInside(SetCodec):
    """Looks at whatever it is asked about as if it were a collection."""

    def takes(self, value):
        return hasattr(value, "__iter__") and all(type(one) is str for one in value)


@caught_by("test_what_it_cannot_encode_is_left_to_the_next_codec")
class TakesAll(SetCodec):
    """Takes everything, and raises what it likes."""

    def takes(self, value):
        return True


@caught_by("test_decoding_runs_no_code_unless_it_says_so")
class Unpickles(SetCodec):
    """Unpickles what nobody signed."""

    def encode(self, value):
        return [pickle.dumps(sorted(value), 4)]

    def decode(self, content, version):
        return frozenset(pickle.loads(content))


@caught_by("test_decoding_runs_no_code_unless_it_says_so")
class Evaluates(SetCodec):
    """Lets Python evaluate the content, without the functions of this module."""

    def decode(self, content, version):
        return frozenset(eval(content))


@caught_by("test_damaged_bytes_are_an_error_in_little_time_and_memory")
class BelievesSizes(SetCodec):
    """Takes as much memory as the content asks for."""

    def encode(self, value):
        (content,) = super().encode(value)
        return [len(content).to_bytes(5, "little"), content]

    def decode(self, content, version):
        memory = bytearray(int.from_bytes(content[:5], "little"))
        memory[:] = content[5:]
        return super().decode(memory, version)


@caught_by("test_damaged_bytes_are_an_error_in_little_time_and_memory")
class GivesUp(SetCodec):
    """Ends the program where it cannot go on."""

    def decode(self, content, version):
        try:
            return super().decode(content, version)
        except ValueError:
            sys.exit("damaged")


@caught_by("test_threads_share_a_codec")
class OneBuffer(SetCodec):
    """Has one buffer for all threads."""

    def encode(self, value):
        self.value = value
        time.sleep(0.002)
        return super().encode(self.value)


@caught_by("test_making_it_imports_no_library")
class ImportsEarly(SetCodec):
    """Imports a library for those who will never need it."""

    def __init__(self):
        import numpy as np  # noqa: PLC0415

        self.numpy = np
