"""S13: the material of a key that somebody else wrote is listed, and compared, whatever it is."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.hostile import mutated
from xetrack import Tracker
from xetrack_cache.folder_cache.disk_cache import DiskCache
from xetrack_cache.keys.why import find_differences, function_name_in, split_material


def work(value, other=(1, "x")):
    return value


@pytest.fixture
def material(tmp_path):
    """What a key is made of."""
    with Tracker(Tracker.IN_MEMORY, cache=tmp_path / "cache") as tracker:
        tracker.track(work, args=[(1, (2.5, "text"), None, True)])
    cache = DiskCache(str(tmp_path / "cache"))
    (stored,) = cache.iter_results()
    cache.close()
    return stored.material


def test_s13_mutated_material_is_said_in_words(material):
    """Mutated material is described, whichever part of it.

    Its function is what it was, or another text.
    """
    assert function_name_in(material).endswith("work")
    mine = split_material(material)
    for seed in range(3_000):
        other = mutated(material, seed)
        assert isinstance(function_name_in(other), str)
        found = find_differences(mine, split_material(other))
        assert all(isinstance(one.there, str) for one in found)


CODE = """
import sys
from xetrack_cache.keys.key import SCHEME
from xetrack_cache.keys.why import find_differences, function_name_in, split_material
deep = b"l0:"
for _ in range(3_000):
    deep = b"l%d:%b" % (len(deep), deep)
for material in (SCHEME + b"s-4:", SCHEME + b"s+1:x", SCHEME + b"s8:function" + deep, b":" * 10**6):
    print(function_name_in(material), len(find_differences({}, split_material(material))))
"""


def test_s13_lengths_below_zero_and_depths_end(tmp_path):
    """They do not go round in circles, nor to the end of the stack."""
    command = [sys.executable, "-c", CODE]
    done = subprocess.run(command, capture_output=True, text=True, timeout=50, check=False)
    assert "" == done.stderr
    assert 4 == len(done.stdout.splitlines())
