"""What comes back from a file as what, as docs/howto/copy.md says."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from tools.workspace import ROOT
from xetrack import Reader, Tracker
from xetrack_cli.__main__ import main

WHEN = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
LOGGED = {
    "an int, a float, a bool, a text, None": [[1], [0.5], [True], ["x"], ["5"], [None, 1]],
    "an infinite float": [[math.inf], [-math.inf]],
    "nan": [[math.nan]],
    "an int beyond 64 bits": [[2**70]],
    "a list, a dict": [[[1, "a"]], [{"a": 1}]],
    "mixed columns": [[1, "a", 0.5, True, "5"]],
    "a datetime, a date, a time": [
        *([WHEN], [WHEN.replace(tzinfo=None)], [date(2026, 1, 2)], [time(1, 2)]),
    ],
    "a timedelta": [[timedelta(seconds=90)]],
    "bytes": [[b"ab\xff"]],
    '`Decimal("1.10")`': [[Decimal("1.10")]],
    "a path": [[Path("a/b")]],
}
IS_THAT = {
    "the same": lambda cells, logged: repr(cells) == repr(logged),
    "None, with a warning": lambda cells, _: cells == [None],
    "its seconds": lambda cells, _: cells == [90.0],
    "the float 1.1": lambda cells, _: cells == [1.1],
    "a text of hex digits": lambda cells, _: cells == ["6162ff"],
    **dict.fromkeys(
        ("a text", "texts", "a text of JSON"),
        lambda cells, _: all(isinstance(cell, str) for cell in cells),
    ),
}


def table_of_the_page():
    """Return what the page says: what is logged, and what comes back of it from each file."""
    lines = (ROOT / "docs/howto/copy.md").read_text("utf-8").split("| logged |")[1].split("\n\n")
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[0].split("\n")]
    return {name: said for name, *said in cells[2:]}


def column_read_back(values, folder, ending, known=()):
    """Return a column as it comes back, in a table that may hold such values already."""
    old, new, file = (folder / name for name in ("a.db", "b.db", f"rows.{ending}"))
    for path, cells in ((old, values), (new, known)):
        if cells:
            with Tracker(path, warnings=False) as tracker:
                tracker.log_batch([{"value": value, "there": 1} for value in cells])
    assert [0, 0] == [main(["export", str(old), str(file)]), main(["import", str(new), str(file)])]
    return Reader(new).select(["value"]).cells[0][len(known) :]


@pytest.mark.parametrize("name", LOGGED)
def test_the_page_says_what_comes_back(name, tmp_path):
    """Of each kind of value, from each kind of file."""
    for ending, said in zip(("csv", "jsonl", "parquet"), table_of_the_page()[name], strict=True):
        for number, values in enumerate(LOGGED[name]):
            folder = tmp_path / f"{ending}{number}"
            folder.mkdir()
            cells = [*column_read_back(values, folder, ending)]
            assert IS_THAT[said](cells, values), (ending, values, cells)


def test_the_page_names_all_of_them():
    """No line of it is left out here."""
    assert LOGGED.keys() == table_of_the_page().keys()


@pytest.mark.parametrize(
    "value",
    [WHEN, date(2026, 1, 2), time(1, 2), timedelta(seconds=90), Decimal("1.10"), Path("a/b")],
)
def test_csv_gives_back_what_the_column_holds_already(value, tmp_path):
    """Texts of such values are such values there."""
    assert [value] == [*column_read_back([value], tmp_path, "csv", known=[value])]
