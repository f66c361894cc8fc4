"""`xt backup`."""

from __future__ import annotations

import pytest

from xetrack import Reader, Tracker


def test_a_backup_has_all_tables(xt, db, tmp_path):
    """It says which files were written."""
    Tracker(db, table="other").log({"v": 1})
    assert (0, f"Backed up {db} to new.db.\n", "") == xt("backup", db, "new.db")
    with Reader(tmp_path / "new.db") as found:
        assert ["default", "other"] == found.tables
        assert 8 == len(found)


def test_a_backup_of_duckdb_has_two_files(xt, tmp_path):
    """Both are named, as they belong together."""
    with Tracker(tmp_path / "rows.duckdb") as tracker:
        tracker.log({"n": 1})
        done = xt("backup", "rows.duckdb", "folder/copy.duckdb")
    assert (0, "") == (done.code, done.err)
    expected = "Backed up rows.duckdb to folder/copy.duckdb and folder/copy.duckdb.rows.\n"
    assert expected == done.out
    assert 1 == len(Reader(tmp_path / "folder" / "copy.duckdb"))


def test_the_database_of_the_environment(xt, db, tmp_path):
    """`xt backup` takes the database of the environment, as every command on a database does."""
    assert 0 == xt("backup", "new.db", XETRACK_DB=str(db)).code
    assert 8 == len(Reader(tmp_path / "new.db"))


def test_what_is_there_is_replaced_by_force_only(xt, db, tmp_path):
    """The error names the option."""
    assert 0 == xt("backup", db, "new.db").code
    Tracker(db).log({"n": 9})
    done = xt("backup", db, "new.db")
    assert (1, "", 1) == (done.code, done.out, len(done.err.splitlines()))
    assert "--force" in done.err
    assert 8 == len(Reader(tmp_path / "new.db"))
    assert 0 == xt("backup", db, "new.db", "--force").code
    assert 9 == len(Reader(tmp_path / "new.db"))


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["nope.db", "new.db"], 1, "There is no database at 'nope.db'."),
        (["DB", "DB"], 1, "another file than the database itself"),
        (["DB", "."], 1, "the path of a file, such as"),
        (["DB", "postgresql://me@nowhere/x"], 1, "the path of a file"),
        (["DB", "new.db", "--engine", "sqlit"], 1, "sqlite"),
        (["DB", "new.db", "--forse"], 2, "--forse"),
        (["DB", "new.db", "more"], 2, "'more' is too much"),
        (["DB"], 2, "OUT is missing."),
        ([], 2, "DB is missing, the path or URL of a database"),
    ],
)
def test_what_cannot_be_backed_up_is_an_error(xt, db, tmp_path, words, code, said):
    """One line that ends in what to type, and no new file."""
    done = xt("backup", *[db if word == "DB" else word for word in words])
    assert (code, "", 1) == (done.code, done.out, len(done.err.splitlines())), done
    assert said in done.err
    assert not (tmp_path / "new.db").exists()
