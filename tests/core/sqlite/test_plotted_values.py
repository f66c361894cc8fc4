"""Cells that no axis of a plot can show are left out."""

from decimal import Decimal

import pytest

from xetrack_cli.plots.points import Axis


@pytest.mark.parametrize("text", ["sNaN", "-sNaN", "NaN", "Infinity", "1e999"])
def test_a_decimal_that_is_no_finite_float_is_left_out(text):
    """A signaling NaN raises where others turn into a float."""
    assert Axis("x", is_time=False, is_log=False).number(Decimal(text)) is None
