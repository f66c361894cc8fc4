"""What parts are tested with: values of every kind, and names that ask for trouble."""

from __future__ import annotations

import datetime as dt
import math
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from xetrack.model.kinds import TAG
from xetrack.model.names import checked_key

if TYPE_CHECKING:
    from collections.abc import Mapping

    from xetrack.model.kinds import Value

VALUES: Mapping[str, Value] = {
    "None": None,
    "true": True,
    "false": False,
    "zero": 0,
    "int": -7,
    "2**53": 2**53,
    "2**53+1": 2**53 + 1,
    "-2**53-1": -(2**53) - 1,
    "2**63-1": 2**63 - 1,
    "-2**63": -(2**63),
    "2**63": 2**63,
    "10**5000": 10**5000,
    "float": 0.1,
    "whole float": 1.0,
    "big float": 1e300,
    "nan": math.nan,
    "inf": math.inf,
    "-inf": -math.inf,
    "-0.0": -0.0,
    "least float": 5e-324,
    "text": "cat",
    "spaces": " a\t ",
    "empty": "",
    "007": "007",
    "1e3": "1e3",
    "nan text": "nan",
    "null text": "null",
    "looks like JSON": "[1]",
    "looks like a date": "2024-01-01",
    "unicode": "ß😀",
    "combining": "e\u0301",
    "surrogate": "a\ud800b",
    "NUL": "a\0b",
    "line breaks": "a\r\nb\u2028\x85c",
    "long": "x" * 100_000,
    "bytes": b"\0\xff",
    "no bytes": b"",
    "naive": dt.datetime(2024, 2, 29, 23, 59, 59, 1),  # noqa: DTZ001 - as users have them
    "aware": dt.datetime(2024, 1, 1, tzinfo=dt.UTC),
    "offset": dt.datetime(2024, 1, 1, tzinfo=dt.timezone(dt.timedelta(hours=-3, minutes=30))),
    "least offset": dt.datetime(2024, 1, 1, tzinfo=dt.timezone(dt.timedelta(microseconds=-1))),
    "date": dt.date(1, 1, 1),
    "time": dt.time(1, 2, 3, 4),
    "time of an offset": dt.time(1, 2, tzinfo=dt.timezone(dt.timedelta(microseconds=1))),
    "duration": dt.timedelta(hours=1, microseconds=1),
    "negative duration": dt.timedelta(microseconds=-1),
    "no duration": dt.timedelta(),
    "exact duration": dt.timedelta(seconds=2**32, microseconds=-1),
    "long duration": dt.timedelta(seconds=2**32, microseconds=1),
    "longest duration": dt.timedelta.max,
    "least duration": dt.timedelta.min,
    "decimal": Decimal("1.10"),
    "decimal nan": Decimal("NaN"),
    "decimal infinity": Decimal("-Infinity"),
    "decimal exponent": Decimal("1E+3"),
    "long decimal": Decimal("-0.1234567890123456789012345678901234567890123456789"),
    "path": Path("a/../b c"),
    "list": [1, 1.0, True, None, [math.nan, "x"]],
    "nan in a list": [math.nan, -math.inf, 1.5],
    "nan in a dict": {"a": math.nan},
    "dict": {"a": math.inf, "b": [dt.date(2024, 1, 1), b"x"]},
    "odd keys": {1: "a", "1": "b", None: "c", 1.5: "d", "t": "e"},
    "tag": {TAG: "float", "value": "nan"},
    "surrogate in list": ["\udfff"],
    "no list": [],
}
"""Plain values by what is special about them."""

OF_EACH_KIND: tuple[Value, ...] = (
    None,
    True,
    7,
    2**53 + 1,
    10**30,
    0.5,
    2.0,
    math.nan,
    "007",
    "a\ud800b",
    b"x",
    dt.datetime(2024, 1, 1, tzinfo=dt.UTC),
    dt.date(2024, 1, 1),
    dt.time(1, 2, 3),
    dt.timedelta(seconds=90),
    dt.timedelta.max,
    Decimal("1.10"),
    Path("x"),
    [1],
    {"a": None},
)

HOSTILE: tuple[str, ...] = (
    *('"', "'", "`", "[", "];", ";", "%", "\\", "{x}", "$1", "--", "?", ":x", "../x", "/", "."),
    'x"; DROP TABLE "default"; --',
    *("\0", "a\0b", "\n", " ", "a b", "a_b", "a-b", "1", "1st", "track-id"),
    *("sqlite_x", "pg_x", "xetrack_cells", "rowid", "_rowid_", "_ROWID_", "oid", "ctid", "xmin"),
    *("k" * 5_000, "k" * 4_999 + "j", "k" * 64, "k" * 63),
    *("a\ud800b", "\ud800", "\ud801", "😀", "É", "é", "e\u0301", "ß", "ss", "İ"),
    *("select", "default", "order", "NULL", "Loss", "loss", "LOSS", "loss_2"),
)
"""Names that a table may have, or be refused."""

KEYS = tuple(map(checked_key, HOSTILE))
"""The same, as keys: an engine gets them checked. No two of them share a column."""
