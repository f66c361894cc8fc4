"""Evaluations, each counted once, and what their results are over seeds.

A benchmark evaluates an input in a configuration with a seed. However many rows tell of that, it is
one evaluation: of several the last that succeeded counts, or the last failure where none did. A
failure is a wrong answer, so no configuration gains by failing where the inputs are hard.
"""

from __future__ import annotations

import math
import statistics
from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, TypeAlias

from benchmark_command import not_a_script

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from benchmark_table import Benchmark

Key: TypeAlias = "tuple[Any, ...]"

T95 = (
    "12.706 4.303 3.182 2.776 2.571 2.447 2.365 2.306 2.262 2.228 2.201 2.179 2.160 2.145 2.131 "
    "2.120 2.110 2.101 2.093 2.086 2.080 2.074 2.069 2.064 2.060 2.056 2.052 2.048 2.045 2.042"
).split()
"""Student's t for 95 %, two-sided, for 1 to 30 degrees of freedom."""
Z95 = 1.96


@dataclass(frozen=True)
class Evaluation:
    """One input in one configuration with one seed."""

    function: str | None
    input: Key | None
    """None where nothing names it; then each row is an evaluation of its own."""
    config: Key
    group: Key
    """Its cells of `Benchmark.groups`: configuration, data, split."""
    seed: Key
    split: object
    data: object
    row: int
    """The row that counts."""
    computed: int | None
    """The last row that was computed and succeeded; None if others computed it."""
    failed: bool


def evaluations(table: Benchmark, run: str | None = None) -> list[Evaluation]:
    """Return what was evaluated, in the order of the rows that count.

    Parameters
    ----------
    table
        The rows.
    run
        The run whose rows are read, as found in the column ``track_id``; by default all.
    """
    if run not in table.evaluations:
        table.evaluations[run] = _evaluations(table, run)
    return table.evaluations[run]


def _evaluations(table: Benchmark, run: str | None) -> list[Evaluation]:
    roles, runs = table.roles, table.cells("track_id")
    cells = zip(
        table.cells("function_name"),
        table.inputs(),
        table.configurations(),
        table.keys(table.groups()),
        table.keys(roles.seeds),
        table.cells(roles.split or ""),
        table.cells(roles.data or ""),
        table.failed(),
        table.cells("cache"),
        strict=True,
    )
    known = set(runs)
    found: dict[Any, Evaluation] = {}
    for at, (function, one, config, group, seed, split, data, failed, origin) in enumerate(cells):
        if run is not None and runs[at] != run:
            continue
        if one is None and run is None and origin in known:
            continue  # the row that computed it is here too
        key = (function, one, config, group, seed) if one is not None else at
        before = found.pop(key, None)
        if failed and before and not before.failed:
            found[key] = before
            continue
        computed = before.computed if before else None
        if not failed and not origin:
            computed = at
        found[key] = Evaluation(
            function, one, config, group, seed, split, data, at, computed, failed
        )
    return sorted(found.values(), key=lambda one: one.row)


def number(cell: Any) -> float | None:
    """Return a cell as a float; None for what has no mean."""
    if not isinstance(cell, int | float | Decimal):
        return None
    try:
        value = float(cell)
    except OverflowError:
        return math.copysign(math.inf, cell)
    return None if math.isnan(value) else value


def by_seed(
    table: Benchmark, column: str, chosen: Iterable[Evaluation], *, timed: bool = False
) -> dict[Key, list[float]]:
    """Return the numbers of a column by seed; of the outcome a failure's is 0, that of wrong.

    With `timed`, those of rows that were computed, as cache hits take no time.
    """
    cells = table.cells(column)
    is_outcome = table.kinds.get(column) == "bool"
    numbers = defaultdict(list)
    for one in chosen:
        if one.failed:
            if is_outcome:
                numbers[one.seed].append(0.0)
            continue
        at = one.computed if timed else one.row
        value = None if at is None else number(cells[at])
        if value is not None:
            numbers[one.seed].append(value)
    return dict(numbers)


def grouped(found: Iterable[Evaluation]) -> dict[Key, list[Evaluation]]:
    """Return evaluations by their group."""
    groups = defaultdict(list)
    for one in found:
        groups[one.group].append(one)
    return dict(groups)


def mean_interval(values: Sequence[float]) -> tuple[float, float] | None:
    """Return the 95 % interval of a mean by Student's t; None below two values."""
    if len(values) < 2:  # noqa: PLR2004 - one value has no spread
        return None
    freedom = len(values) - 1
    t = float(T95[freedom - 1]) if freedom <= len(T95) else Z95 + 2.4 / freedom
    mean = statistics.fmean(values)
    if not all(map(math.isfinite, values)):
        return None
    half = t * statistics.stdev(values) / math.sqrt(len(values))
    return mean - half, mean + half


def share_interval(right: float, n: int) -> tuple[float, float]:
    """Return the 95 % interval of a share by Wilson, which also holds near 0 and 1."""
    share, part = right / n, Z95 * Z95 / n
    half = Z95 * math.sqrt(share * (1 - share) / n + part / (4 * n))
    middle = share + part / 2
    return (middle - half) / (1 + part), (middle + half) / (1 + part)


def described(numbers: dict[Key, list[float]], *, is_share: bool, inputs: int) -> dict[str, Any]:
    """Describe results: over seeds where there are several, else over inputs.

    `n` counts what the mean, the deviation and the interval are of; `sd` is that of a sample. Seeds
    do not tell how much other inputs would change: of a share, `by_inputs` does, half the width of
    the interval over so many inputs.
    """
    several = len(numbers) > 1
    items = [value for theirs in numbers.values() for value in theirs]
    values = [statistics.fmean(theirs) for theirs in numbers.values()] if several else items
    finite = not any(map(math.isinf, values))
    if is_share and not several:
        interval: tuple[float | None, float | None] | None = share_interval(sum(items), len(items))
    else:
        interval = mean_interval(values)
    low, high = interval or (None, None)
    by_inputs = None
    if is_share and inputs:
        lower, upper = share_interval(statistics.fmean(values) * inputs, inputs)
        by_inputs = (upper - lower) / 2
    sd = (statistics.stdev(values) if finite else math.nan) if len(values) > 1 else None
    return {
        "over": "seeds" if several else "inputs",
        "n": len(values),
        "mean": statistics.fmean(values),
        "low": low,
        "high": high,
        "by_inputs": by_inputs,
        "sd": sd,
        "min": min(values),
        "median": statistics.median(values),
        "max": max(values),
    }


if __name__ == "__main__":
    not_a_script(__file__)
