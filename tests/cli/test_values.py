"""What is typed, read as what a column holds."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from xetrack.model.kinds import Kind
from xetrack_cli.queries.typed_values import parse_value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("5", 5),
        ("-5", -5),
        ("0.50", 0.5),
        (".5", 0.5),
        ("1e3", 1000.0),
        ("inf", float("inf")),
        ("true", True),
        ("False", False),
        ("null", None),
        ("None", None),
        ('"5"', "5"),
        ("[1, 2]", [1, 2]),
        ("[1, 2", "[1, 2"),
        ("007", "007"),
        ("1_000", "1_000"),
        ("٣", "٣"),
        ("", ""),
        ("resnet 18", "resnet 18"),
    ],
)
def test_a_value_is_what_it_looks_like(text, value):
    """Numbers, truth values, nothing and JSON; all else is text, such as 007."""
    found = parse_value(text)
    assert (type(value), value) == (type(found), found)


@pytest.mark.parametrize(
    ("text", "kinds", "value"),
    [
        ("5", {Kind.TEXT}, "5"),
        ("true", {Kind.TEXT}, "true"),
        ("null", {Kind.TEXT}, None),
        ('"null"', {Kind.TEXT}, "null"),
        ("5", {Kind.TEXT, Kind.INT}, 5),
        ("2026-01-02", {Kind.DATE}, date(2026, 1, 2)),
        ("2026-01-02 03:04", {Kind.DATETIME}, datetime(2026, 1, 2, 3, 4)),  # noqa: DTZ001
        ("1.10", {Kind.DECIMAL}, Decimal("1.10")),
        ("a/b", {Kind.PATH}, Path("a/b")),
        ("soon", {Kind.DATE}, "soon"),
    ],
)
def test_a_column_says_what_its_values_are(text, kinds, value):
    """In a column of texts 5 is a text; in one of dates, what reads as a date is one."""
    found = parse_value(text, kinds)
    assert (type(value), value) == (type(found), found)


def test_a_number_of_many_digits_is_no_crash():
    """Python refuses to read more than 4,300 digits."""
    assert "9" * 5_000 == parse_value("9" * 5_000)
