"""Timing in turn: each round runs a block of every arm, so that drift meets all of them alike."""

from __future__ import annotations

import gc
from statistics import median, quantiles
from time import perf_counter
from typing import TYPE_CHECKING

from attrs import frozen

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

PER_CENT = 100


@frozen
class Times:
    """What one arm took, in seconds a call."""

    seconds: list[float]

    @property
    def median(self) -> float:
        """The median."""
        return median(self.seconds)

    @property
    def p99(self) -> float:
        """The 99th percentile; the maximum of few runs."""
        if len(self.seconds) < PER_CENT:
            return max(self.seconds)
        return quantiles(self.seconds, n=PER_CENT)[-1]


def in_turn(
    arms: Mapping[str, Callable[[], object]], *, rounds: int, block: int
) -> dict[str, Times]:
    """Time each call of each arm.

    Parameters
    ----------
    arms
        What to run, by name; the first is the baseline.
    rounds
        How often each arm has its turn.
    block
        Calls in one turn.

    Returns
    -------
    dict
        Times by the names of the arms.
    """
    seconds_by_arm: dict[str, list[float]] = {name: [] for name in arms}
    for run in arms.values():  # what is slow but once must not count
        run()
    gc.collect()
    for _ in range(rounds):
        for name, run in arms.items():
            times = seconds_by_arm[name]
            for _ in range(block):
                began = perf_counter()
                run()
                times.append(perf_counter() - began)
    return {name: Times(times) for name, times in seconds_by_arm.items()}


def report(title: str, times: Mapping[str, Times], unit: float = 1e-6, name: str = "us") -> None:
    """Print medians and percentiles, and their ratios to the first arm.

    Parameters
    ----------
    title
        A heading.
    times
        Times by the names of the arms; the first is the baseline.
    unit
        Seconds in one unit of the table.
    name
        Name of that unit.
    """
    print(f"\n{title}")
    print(f"{'':34}{'median ' + name:>12}{'ratio':>8}{'p99 ' + name:>12}{'ratio':>8}")
    base = next(iter(times.values()))
    for arm, measured in times.items():
        print(
            f"{arm:34}{measured.median / unit:12.1f}{measured.median / base.median:8.2f}"
            f"{measured.p99 / unit:12.1f}{measured.p99 / base.p99:8.2f}"
        )
