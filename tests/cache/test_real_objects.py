"""Real results: what one process computed comes back in another."""

from __future__ import annotations

import subprocess
import sys

import pytest

MADE = {
    "a lambda": ("lambda x: x + 1", "found(2) == 3"),
    "a closure": ("(lambda k: lambda x: x * k)(4)", "found(2) == 8"),
    "a class of the script": ("Config", "found(5).doubled() == 10"),
    "an object of the script": ("Config(5)", "found.doubled() == 10"),
    "an array": ("np.arange(4, dtype='f4')", "found.dtype == 'f4' and found.sum() == 6"),
    "an array of objects": ("np.array([1, 'a'], dtype=object)", "found.tolist() == [1, 'a']"),
    "a frame": ("pd.DataFrame({'a': ['x', None]})", "found['a'].isna().tolist() == [False, True]"),
    "a set": ("{1, (2, 'a')}", "found == {1, (2, 'a')}"),
    "bytes": ("b'\\x00' * 100_000", "found == b'\\x00' * 100_000"),
    "nested plain values": (
        "{'a': [1, 2.5, None, True, 'ä'], 'nan': float('nan'), 'big': 2**70}",
        "found['a'] == [1, 2.5, None, True, 'ä'] and found['nan'] != found['nan']",
    ),
    "a tuple": ("(1, [2])", "found == (1, [2]) and type(found) is tuple"),
    "a dict of integers": ("{1: 'a'}", "found == {1: 'a'}"),
}

SCRIPT = """
import sys
import numpy as np
import pandas as pd
from xetrack import Tracker

class Config:
    def __init__(self, x): self.x = x
    def doubled(self): return 2 * self.x

def make():
    return {made}

with Tracker(Tracker.IN_MEMORY, cache=sys.argv[1], warnings=False) as tracker:
    found = tracker.track(make)
    print({check}, tracker.latest["cache"] == "")
"""


@pytest.mark.parametrize("what", MADE)
def test_a_result_comes_back_in_another_process(tmp_path, folder, what):
    """What cannot be said plainly is pickled by value, its class with it."""
    made, check = MADE[what]
    script = tmp_path / "script.py"
    script.write_text(SCRIPT.format(made=made, check=check))
    command = [sys.executable, str(script), str(folder)]
    found = [
        subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
        for _ in range(2)
    ]
    assert [["True", "True"], ["True", "False"]] == found
