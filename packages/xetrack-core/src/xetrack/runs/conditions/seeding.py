"""The seed of a run: one number for each source of random numbers that is there."""

from __future__ import annotations

import operator
import os
import random
import sys
from typing import Any

from xetrack.errors import InvalidArgumentError
from xetrack.model.names import REPRODUCE

RECORDER = "seed"
"""The name under which the seed stands among the facts of a run."""

_LIMIT = 2**32
"""NumPy takes no seed from here on."""


def choose_seed(seed: object) -> int:
    """Return a seed as a number; for None that of the run that is repeated, or a new one.

    Parameters
    ----------
    seed
        A whole number, or None.

    Raises
    ------
    InvalidArgumentError
        It is something else, negative or too large.
    """
    if seed is None:
        return _recorded_seed()
    try:
        number = operator.index(seed)  # type: ignore[arg-type]
    except TypeError:
        number = -1
    if isinstance(seed, bool) or not 0 <= number < _LIMIT:
        raise InvalidArgumentError("seed", seed, f"a whole number from 0 to {_LIMIT - 1}")
    return number


def _recorded_seed() -> int:
    if REPRODUCE in os.environ:
        from xetrack.runs.conditions.reproduction import read_reproduction  # noqa: PLC0415 - seldom

        recorded = read_reproduction().seed
        if recorded is not None:
            return recorded
    return int.from_bytes(os.urandom(4), "little")


def seed_everything(seed: int) -> list[str]:
    """Seed the global generators of random numbers, and return their names.

    Parameters
    ----------
    seed
        What `choose_seed` returned.
    """
    random.seed(seed)
    seeded = ["random"]
    for name, path in (
        ("numpy", "random.seed"),
        ("torch", "manual_seed"),  # that of all devices
        ("tensorflow", "random.set_seed"),
    ):
        module: Any = sys.modules.get(name)
        if module is not None:
            operator.attrgetter(path)(module)(seed)
            seeded.append(name)
    return seeded
