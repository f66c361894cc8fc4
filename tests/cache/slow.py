"""Functions that other processes can import."""

from __future__ import annotations

import os
import time
from pathlib import Path


def slow(path, seconds):
    """Note that it runs, take a while, and return 42."""
    with Path(path).open("a") as file:
        file.write("ran\n")
    time.sleep(float(os.environ.get("XETRACK_TEST_SLOW", seconds)))
    return 42


class Named:
    """An object that is equal by its name; its tags are pickled in an order by chance."""

    def __init__(self, name, tags):
        self.name, self.tags = name, tags

    def __eq__(self, other):
        return isinstance(other, Named) and self.name == other.name

    def __hash__(self):
        return hash(self.name)


def describe(value):
    """Return how many values there are."""
    return len(value)
