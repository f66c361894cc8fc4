"""Numbers to write along an axis: round ones, as few as there is room for."""

from __future__ import annotations

import math

_STEPS = (1, 2, 5, 10)


def ticks(low: float, high: float, most: int) -> list[float]:
    """Choose round numbers along an axis, in steps of 1, 2 or 5 times a power of ten.

    Parameters
    ----------
    low
        Where the axis begins.
    high
        Where it ends.
    most
        How many there is room for.

    Returns
    -------
    list of float
        The numbers, ascending.
    """
    rough = (high - low) / max(1, most)
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(power * factor for factor in _STEPS if power * factor >= rough * (1 - 1e-9))
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return [number * step for number in range(first, last + 1)]


def log_ticks(low: float, high: float, most: int) -> list[float]:
    """Choose round numbers along a logarithmic axis: 1, 2 and 5 times powers of ten, or fewer.

    Parameters
    ----------
    low, high
        The logarithms to base 10 of where the axis begins and ends.
    most
        How many there is room for.

    Returns
    -------
    list of float
        The logarithms of the numbers, ascending.
    """
    powers = range(math.floor(low), math.ceil(high) + 1)
    among = [power + math.log10(factor) for power in powers for factor in _STEPS[:-1]]
    places = [place for place in among if low <= place <= high]
    if len(places) < 2:  # noqa: PLR2004 - no step between two
        return [*map(math.log10, ticks(10.0**low, 10.0**high, most))]
    if len(places) > most:
        whole = [place for place in places if place.is_integer()]
        places = whole[:: max(1, math.ceil(len(whole) / max(1, most)))] or places[:1]
    return places


def labels(numbers: list[float]) -> list[str]:
    """Write the numbers of `ticks` with as many digits as tell them apart.

    Parameters
    ----------
    numbers
        Evenly spaced numbers, in ascending order.

    Returns
    -------
    list[str]
        A text for each number, with an exponent where numbers are large or their step is small.
    """
    if len(numbers) < 2:  # noqa: PLR2004 - without a step between two
        return [f"{number:.6g}" for number in numbers]
    digits = -math.floor(math.log10(numbers[1] - numbers[0]) + 1e-9)
    if max(map(abs, numbers)) >= _LARGE or digits > _SMALL:
        return [f"{number:.6g}" for number in numbers]
    return [f"{number:.{max(0, digits)}f}" for number in numbers]


_LARGE, _SMALL = 1e7, 5
"""From which size, and beyond how many decimals, numbers are written with exponents."""
