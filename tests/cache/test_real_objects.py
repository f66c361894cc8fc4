"""Real results: what one process computed comes back in another."""

from __future__ import annotations

import subprocess
import sys

MADE = {
    "a lambda": ("lambda x: x + 1", "found(2) == 3"),
    "a closure": ("(lambda k: lambda x: x * k)(4)", "found(2) == 8"),
    "a class of the script": ("Config", "found(5).doubled() == 10"),
    "an object of the script": ("Config(5)", "found.doubled() == 10"),
    "an array": ("np.arange(4, dtype='f4')", "found.dtype == 'f4' and found.sum() == 6"),
    "an array of objects": ("np.array([1, 'a'], dtype=object)", "found.tolist() == [1, 'a']"),
    "a frame": ("pd.DataFrame({'a': ['x', None]})", "found['a'].isna().tolist() == [False, True]"),
    "a fitted model": (
        "LinearRegression().fit([[0.0], [1.0], [2.0]], [1.0, 3.0, 5.0])",
        "abs(found.predict([[10.0]])[0] - 21) < 1e-9",
    ),
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
from sklearn.linear_model import LinearRegression
from xetrack import Tracker

class Config:
    def __init__(self, x): self.x = x
    def doubled(self): return 2 * self.x

with Tracker(Tracker.IN_MEMORY, cache=sys.argv[1], warnings=False) as tracker:
{calls}
"""

CALL = """
    found = tracker.track(lambda: {made})
    print({check}, tracker.latest["cache"] == "")
"""


def test_a_result_comes_back_in_another_process(tmp_path, folder):
    """What cannot be said plainly is pickled by value, its class with it."""
    calls = "".join(CALL.format(made=made, check=check) for made, check in MADE.values())
    script = tmp_path / "script.py"
    script.write_text(SCRIPT.format(calls=calls))
    command = [sys.executable, str(script), str(folder)]
    for state in ("True", "False"):
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        found = dict(zip(MADE, done.stdout.splitlines(), strict=True))
        assert dict.fromkeys(MADE, f"True {state}") == found
