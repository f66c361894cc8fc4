"""`xt copy`."""

from __future__ import annotations

import pytest

from xetrack import Reader, Tracker


@pytest.fixture
def two(db):
    """A database with a second table."""
    Tracker(db, table="other", track_id="x-1").log({"v": 1})
    return db


@pytest.mark.parametrize(
    ("words", "rows", "tables"),
    [
        ([], 8, ["default"]),
        (["--table", "other"], 1, ["other"]),
        (["--table=default", "--table=other"], 9, ["default", "other"]),
        (["--all"], 9, ["default", "other"]),
    ],
)
def test_copy_adds_what_the_target_lacks(xt, two, tmp_path, words, rows, tables):
    """The tables that were named, else the default one; a second time adds nothing."""
    noun = "row" if rows == 1 else "rows"
    assert (0, f"Copied {rows} {noun} to new.db.\n", "") == xt("copy", two, "new.db", *words)
    assert tables == Reader(tmp_path / "new.db").tables
    assert "Copied 0 rows to new.db.\n" == xt("copy", two, "new.db", *words).out


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["nope.db", "new.db"], 1, "There is no database at 'nope.db'."),
        (["DB", "new.db", "--table", "ohter"], 1, "Did you mean 'other'?"),
        (["DB", "DB"], 1, "another database than the source"),
        (["DB", "new.db", "--table=other", "--all"], 2, "exclude each other"),
        (["DB"], 2, "TARGET is missing."),
    ],
)
def test_what_cannot_be_copied_is_an_error(xt, two, tmp_path, words, code, said):
    """One line that ends in what to type, and no new file."""
    done = xt("copy", *[two if word == "DB" else word for word in words])
    assert (code, "", 1) == (done.code, done.out, len(done.err.splitlines()))
    assert said in done.err
    assert not (tmp_path / "new.db").exists()
