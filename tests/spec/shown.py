"""Rows as the documents show them: names, order, types and values, and patterns for what varies."""

from __future__ import annotations

import re


class Like:
    """Equals a text of this form."""

    kind = "str"

    def __init__(self, pattern):
        self.pattern = pattern

    def __eq__(self, other):
        return isinstance(other, str) and bool(re.fullmatch(self.pattern, other))

    __hash__ = None

    def __repr__(self):
        return f"a text like {self.pattern}"


class Between:
    """Equals a float from one figure to another."""

    kind = "float"

    def __init__(self, low, high=float("inf")):
        self.low, self.high = low, high

    def __eq__(self, other):
        return isinstance(other, float) and self.low <= other <= self.high

    __hash__ = None

    def __repr__(self):
        return f"a float from {self.low} to {self.high}"


STAMP = Like(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}")
TRACK_ID = Like(r"[a-z]+-[a-z]+-\d{4}")
SECONDS = Between(0)
PERCENT = Between(0, 100)
MEGABYTES = Between(0)
OWN = {"timestamp": STAMP, "track_id": TRACK_ID}


def cells(row):
    """Name, type and value of each cell, in order."""
    return [
        (name, getattr(value, "kind", type(value).__name__), value) for name, value in row.items()
    ]


def records(frame):
    """The rows of a frame, with None for what is missing."""
    whole = frame.astype(object)
    return whole.where(whole.notna(), None).to_dict("records")
