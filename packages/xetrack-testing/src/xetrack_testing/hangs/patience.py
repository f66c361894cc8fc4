"""How long the kit waits until it says that a part hangs, and how to make it wait longer."""

from __future__ import annotations

import os

VARIABLE = "XETRACK_TESTING_PATIENCE"
"""The variable of the environment that multiplies every deadline of the kit."""

HANGING = 100.0
"""Seconds after which a whole test is said to hang."""

_factor = 1.0


def allowed(seconds: float) -> float:
    """Return the seconds to allow for what is done in a time on an idle machine.

    They are multiplied by the variable `VARIABLE`, and by the attribute ``patience`` of the class
    whose test runs, in the child processes of the kit too.

    Parameters
    ----------
    seconds
        The deadline without either.

    Returns
    -------
    float
        The deadline.

    Raises
    ------
    ValueError
        The variable is no number above 0.
    """
    return seconds * _factor * _factor_of_environment()


def factor() -> float:
    """Return the factor of the class whose test runs, for `set_factor` in a child process."""
    return _factor


def set_factor(of_class: float) -> None:
    """Multiply all deadlines of this process from now on, beside the variable's factor.

    Parameters
    ----------
    of_class
        The attribute ``patience`` of a contract.
    """
    global _factor  # noqa: PLW0603 - one test runs at a time, and helpers do not know its class
    _factor = of_class


def _factor_of_environment() -> float:
    text = os.environ.get(VARIABLE) or "1"
    try:
        number = float(text)
    except ValueError:
        number = 0
    if not 0 < number < float("inf"):
        raise ValueError(f"{VARIABLE} is {text!r}; set it to a number above 0, such as 3")
    return number
