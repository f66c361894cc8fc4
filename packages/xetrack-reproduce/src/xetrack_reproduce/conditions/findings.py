"""What is checked before a run is run again, and what came out."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple


class State(StrEnum):
    """Whether a condition of a run can be recreated."""

    OK = "ok"
    """It is as it was."""
    DIFFERS = "differs"
    """It is not as it was, or nobody knows; the run can be run all the same."""
    PROBLEM = "problem"
    """Without it the run cannot be run."""


class Finding(NamedTuple):
    """One condition."""

    check: str
    """What was looked at: ``code``, ``command``, ``data`` and the like."""
    state: State
    text: str
    """What there is, and what to do where it is a problem."""


def shortened(names: list[str], most: int = 10) -> str:
    """Return names as a text, of which the last are only counted.

    Parameters
    ----------
    names
        The names.
    most
        How many are named.
    """
    rest = f" and {len(names) - most} more" if len(names) > most else ""
    return f"{', '.join(names[:most])}{rest}"
