"""One rule for what a spreadsheet would run, in every CSV that is written."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xetrack import Tracker
from xetrack.frames.csv_injection import guarded, is_formula
from xetrack_cli.__main__ import main
from xetrack_cli.files.reading import unguarded

FORMULAS = [
    "=1+1",
    "=cmd|' /C calc'!A0",
    "+1+1",
    "-1+1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\uff1d1",
    "-",
]
HARMLESS = ["-5", "+5.5e3", "-inf", "1-1", "a=b", "'quoted'", "", "it's", "-.5"]


def cells(path):
    """The rows of a file of CSV, as dicts."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("ending", ["db", "duckdb"])
def test_to_csv_and_xt_export_mark_the_same(tmp_path, ending):
    """Texts, paths and names of columns; numbers never, and nothing where raw is asked for."""
    db, names = tmp_path / f"x.{ending}", ("ours.csv", "xt.csv", "raw.csv", "xtraw.csv")
    ours, theirs, raw, theirs_raw = (tmp_path / name for name in names)
    texts = [*FORMULAS, *HARMLESS]
    with Tracker(db) as tracker:
        for at, text in enumerate(texts):
            number = {"int": -at - 1, "float": -at - 0.5, "huge": -(2**70) - at}
            tracker.log({"text": text, "path": Path(f"=p{at}"), **number})
        tracker.to_csv(ours)
        tracker.to_csv(raw, raw=True)
    assert [0, 0] == [
        main(["export", str(db), str(theirs)]),
        main(["export", str(db), str(theirs_raw), "--raw"]),
    ]
    assert cells(ours) == cells(theirs)
    assert cells(raw) == cells(theirs_raw)
    marked = [*(f"'{text}" for text in FORMULAS), *HARMLESS]
    assert marked == [row["text"] for row in cells(ours)]
    assert texts == [row["text"] for row in cells(raw)]
    assert {"'=p0", "=p0"} == {cells(ours)[0]["path"], cells(raw)[0]["path"]}
    numbers = [(row["int"], row["float"], row["huge"]) for row in cells(ours)]
    assert numbers == [(str(-at - 1), str(-at - 0.5), str(-(2**70) - at)) for at in range(18)]


@given(st.text(alphabet="'=+-@1.e\t\nx"))
def test_reading_takes_away_what_writing_put_there(text):
    """Reading takes away what writing put there, also from texts that begin as if they had been
    marked.
    """
    assert text == unguarded(guarded(text))
    assert not is_formula(text) or guarded(text) == f"'{text}"


def test_what_was_exported_is_imported_as_it_was(tmp_path):
    """What was exported is imported as it was: marks and all."""
    texts = ["=1", "'=1", "''=1", "'", "'-5", "-5x"]
    with Tracker(tmp_path / "x.db") as tracker:
        tracker.log_batch([{"text": text} for text in texts])
        tracker.to_csv(tmp_path / "x.csv")
    assert 0 == main(["import", str(tmp_path / "y.db"), str(tmp_path / "x.csv")])
    with Tracker(tmp_path / "y.db") as other:
        assert texts == other.to_df(all=True)["text"].tolist()
