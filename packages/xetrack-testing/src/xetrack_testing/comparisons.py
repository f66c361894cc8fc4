"""What conditions and order are tested with: cells, values, and what is known of some by hand."""

from __future__ import annotations

import datetime as dt
import math
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from xetrack.interfaces.query import Operator
    from xetrack.model.kinds import Value

NAIVE = dt.datetime(2024, 1, 1, 12)  # noqa: DTZ001 - as users have them
NOON = dt.datetime(2024, 1, 1, 12, tzinfo=dt.UTC)
SAME_NOON = NOON.astimezone(dt.timezone(dt.timedelta(hours=2)))
LATER = dt.datetime(2024, 1, 1, 11, tzinfo=dt.timezone(dt.timedelta(hours=-5)))
DATE, TIME = dt.date(2024, 1, 1), dt.time(12)
UTC_TIME = dt.time(12, tzinfo=dt.UTC)
MINUTE, EVER = dt.timedelta(minutes=1), dt.timedelta.max

CONTAINERS: tuple[Value, ...] = ([7], [math.nan], {"a": 1})

CELLS: tuple[Value, ...] = (
    *(None, True, 7, 2**53 + 1, 10**30, 7.5, math.nan, math.inf, "7", "", "\ud800", b"7"),
    *(NAIVE, NOON, SAME_NOON, DATE, TIME, UTC_TIME, Decimal(7), Decimal("NaN")),
    *(MINUTE, EVER, Path("x"), Path("x/y"), *CONTAINERS),
)
"""A cell for each row of a column that holds every kind."""

VALUES: tuple[Value, ...] = (
    *(None, True, 7, 7.0, 2**53, 10**30, 7.5, math.nan, -math.inf, "7", "x", "\ud800", b""),
    *(NAIVE, SAME_NOON, DATE, TIME, UTC_TIME, Decimal("7.5"), Decimal("NaN")),
    *(MINUTE, EVER, Path("x.y"), *CONTAINERS),
)
"""What conditions compare the cells with, by each of six operators: 4,212 cases."""

BY_HAND: tuple[tuple[Value, Operator, Value, bool], ...] = (
    (7, "=", 7.0, True),
    (7, "=", Decimal(7), True),
    (7, ">=", 7.0, True),
    (7, "<=", Decimal(7), True),
    (7, ">", 7.0, False),
    ("a", "<", "a", False),
    (b"a", ">=", b"a", True),
    (True, "=", 1, True),
    (True, "<", 1.5, True),
    (7, "=", "7", False),
    (7, "!=", "7", True),
    (7, "<", "8", False),
    (2**53 + 1, "=", float(2**53), False),
    (2**53 + 1, ">", float(2**53), True),
    (10**30, "=", str(10**30), False),
    (10**30, "<", math.inf, True),
    (10**30, ">", 1e29, True),
    (10**30, "<", Decimal("1E+31"), True),
    (0.1, "=", Decimal("0.1"), False),
    (-0.0, "=", 0, True),
    ("7", "=", b"7", False),
    ("x ", "=", "x", False),
    ("X", "!=", "x", True),
    ("é", "=", "e\u0301", False),
    ("Z", "<", "a", True),
    ("z", "<", "é", True),
    ("a", "<", "a\0", True),
    ("\ud800", "=", "\ud800", True),
    ("\ud800", ">", "é", True),
    (b"\xff", ">", b"z", True),
    (None, "=", None, True),
    (None, "!=", 7, False),
    (None, "!=", math.nan, True),
    (None, "<", None, False),
    (7, "!=", None, True),
    (7, ">=", None, False),
    (math.nan, "=", math.nan, True),
    (math.nan, "=", None, False),
    (math.nan, "!=", None, True),
    (math.nan, "!=", 7, False),
    (math.nan, "<=", math.nan, False),
    (Decimal("NaN"), "=", math.nan, False),
    (Decimal("NaN"), "=", Decimal("NaN"), False),
    (Decimal("NaN"), "!=", Decimal("NaN"), True),
    (Decimal("NaN"), "<", 7, False),
    (Decimal("NaN"), "!=", 7, True),
    (7, "<", Decimal("NaN"), False),
    (7.5, ">=", Decimal("NaN"), False),
    (7, "!=", Decimal("sNaN"), True),
    (NOON, "=", SAME_NOON, True),
    (NOON, "<", LATER, True),
    (NOON, "=", NAIVE, False),
    (NOON, "<", NAIVE, False),
    (NOON, "!=", NAIVE, True),
    (NAIVE, ">", DATE, False),
    (DATE, "!=", NAIVE, True),
    (TIME, "<=", UTC_TIME, False),
    (DATE, "<", dt.date(2024, 1, 2), True),
    (DATE, "=", "2024-01-01", False),
    (MINUTE, "<", dt.timedelta(seconds=60, microseconds=1), True),
    (MINUTE, ">=", dt.timedelta(seconds=60), True),
    (-MINUTE, "<", dt.timedelta(), True),
    (EVER, ">", MINUTE, True),
    (EVER, "=", EVER, True),
    (MINUTE, "=", 60.0, False),
    (MINUTE, "<", 61, False),
    (MINUTE, "!=", "60", True),
    (Path("x/y"), "<", Path("x.y"), True),
    (Path("x"), "=", "x", False),
    ([7], "=", [7.0], True),
    ([7], "<", [7, 0], True),
    ([7], "<", ["x"], False),
    ([math.nan], "=", [math.nan], False),
    ({"a": 1, "b": 2}, "=", {"b": 2, "a": 1}, True),
    ({"a": 1}, "<", {"a": 2}, False),
    ({"a": 1}, "!=", [1], True),
)
"""Cell, operator, value, and whether the cell fulfils the condition; said by no program."""

SORTED_CONTAINERS: tuple[Value, ...] = ([10], [9], {"a": 1})

SORTED: Mapping[str, tuple[Value, ...]] = {
    "numbers": (-math.inf, Decimal("-1.5"), 0, True, 2**53, 2**53 + 1, Decimal("1E+29"), 10**30),
    "texts": ("", "10", "9", "Z", "a", "a\0", "é", "\ud800", "😀"),
    "bytes": (b"", b"\0", b"z", b"\xff"),
    "naive": (NAIVE, NAIVE.replace(microsecond=1), NAIVE.replace(year=2025)),
    "both": (NAIVE, NAIVE.replace(hour=13), SAME_NOON.replace(hour=13), NOON, LATER),
    "zones": (SAME_NOON.replace(hour=13), NOON, LATER),
    "dates": (dt.date(1, 1, 1), DATE, dt.date(9999, 1, 1)),
    "times": (TIME, TIME.replace(microsecond=1), TIME.replace(hour=13)),
    "short durations": (-MINUTE, dt.timedelta(), dt.timedelta(microseconds=1), MINUTE),
    "durations": (dt.timedelta.min, -MINUTE, MINUTE, EVER - MINUTE, EVER),
    "paths": (Path("a"), Path("x"), Path("x/y"), Path("x.y")),
    "decimals": (Decimal("-7.5"), Decimal(2), Decimal(10), Decimal("1E+3")),
    "all": (
        *(Decimal(-2), True, 7, 10**30, "7", "x", b"", b"7", DATE, NAIVE, NOON, LATER),
        *(TIME, UTC_TIME, Path("x"), MINUTE, EVER, *SORTED_CONTAINERS),
    ),
}
"""Cells by the name of a column, in their order; what is missing comes behind them."""
