"""CSV as other programs write it: spreadsheets, R, pandas, and people."""

from __future__ import annotations

import pytest

from tests.cli.test_arguments import piped
from xetrack import Reader


def imported(xt, tmp_path, content, *words, name="in.csv"):
    """Import a file into a new database, and return its names and rows without what is added."""
    (tmp_path / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    done = xt("import", "new.db", name, *words)
    assert (0, "") == (done.code, done.err)
    names = [name for name in Reader(tmp_path / "new.db").columns if name not in OWN]
    return names, Reader(tmp_path / "new.db").select(names).rows()


OWN = ("timestamp", "track_id")


@pytest.mark.parametrize(
    ("content", "names", "rows"),
    [
        ("a;b\n1,5;x\n2,5;y\n", ["a", "b"], [("1,5", "x"), ("2,5", "y")]),
        ("a;b\n1;2\n", ["a", "b"], [(1, 2)]),
        ("a;b\n", ["a", "b"], []),
        ("name;note\nx;y, z\n", ["name", "note"], [("x", "y, z")]),
        ("a\tb\n1\tx, y\n", ["a", "b"], [(1, "x, y")]),
        ("a|b\n1|2\n", ["a", "b"], [(1, 2)]),
        ("sep=;\na,x;b\n1;2\n", ["a_x", "b"], [(1, 2)]),
        ('a;b\n"x;y";"p\nq"\n', ["a", "b"], [("x;y", "p\nq")]),
        ('a,b\n"x;y",1\n"z;w",2\n', ["a", "b"], [("x;y", 1), ("z;w", 2)]),
        ("\ufeffa,b\n1,2\n", ["a", "b"], [(1, 2)]),
        ("a,b\r\n1,2\r\n", ["a", "b"], [(1, 2)]),
        ("a,b\r1,2\r3,4\r", ["a", "b"], [(1, 2), (3, 4)]),
        ("\n\na,b\n\n1,2\n\n", ["a", "b"], [(1, 2)]),
        ("x\nhello; you\nbye\n", ["x"], [("hello; you",), ("bye",)]),
        (",a\n0,x\n1,y\n", ["column_1", "a"], [(0, "x"), (1, "y")]),
        ("a,b,\n1,2,\n3,4,\n", ["a", "b"], [(1, 2), (3, 4)]),
        ('size,n\n5" disk,1\n', ["size", "n"], [('5" disk', 1)]),
    ],
)
def test_delimiters_and_names_are_what_the_file_shows(xt, tmp_path, content, names, rows):
    """No file is taken for one column that has several."""
    assert (names, rows) == imported(xt, tmp_path, content)


@pytest.mark.parametrize(
    ("content", "cells"),
    [
        ("x,n\nTRUE,1\nFALSE,2\nNA,3\n", [True, False, None]),
        ("x,n\n1,1\nNA,2\n2.5,3\n", [1.0, None, 2.5]),
        ("x,n\nNA,1\nDE,2\n", ["NA", "DE"]),
        ("x,n\nTRUE,1\nmaybe,2\n", ["TRUE", "maybe"]),
        ("x,n\nnull,1\nNone,2\nN/A,3\n4,5\n", [None, None, None, 4]),
        ('"x","n"\n"NA",1\nNA,2\n"DE",3\n', ["NA", None, "DE"]),  # R
        ('"x","n"\n"007",1\n"",2\n', ["007", None]),  # pandas, QUOTE_NONNUMERIC
        ('"x","n"\n"1","a"\n"","b"\n"2","c"\n', [1, None, 2]),  # all in quotes
        ('x,n\n"1",1\n"2",2\n', ["1", "2"]),
        ('x,n\n"",1\nb,2\n,3\n', ["", "b", None]),
        ('x,n\n"[1, 2]",1\n,2\n', [[1, 2], None]),
        ('x,n\n5,1\n"a, b",2\nc,3\n', ["5", "a, b", "c"]),
        ("x,n\n007,1\n8,2\n", ["007", "8"]),
    ],
)
def test_cells_are_what_they_say(xt, tmp_path, content, cells):
    """Words for missing cells and truth values count where nothing else is a text."""
    _, rows = imported(xt, tmp_path, content)
    found = [row[0] for row in rows]
    assert (cells, list(map(type, cells))) == (found, list(map(type, found)))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("a,b\né,2\n".encode("cp1252"), ["--encoding", "cp1252"]),
        ("a;b\né;2\n".encode("latin-1"), ["--encoding", "latin-1"]),
        ("a\tb\né\t2\n".encode("utf-16"), []),
        ("a,b\né,2\n".encode("utf-16-be"), ["--encoding", "utf-16-be"]),
        ("a,b\né,2\n".encode("utf-32"), []),
        ("a,b\né,2\n".encode("utf-8-sig"), []),
        ("aXb\néX2\n".encode(), ["--delimiter", "X"]),
        ("a b\né 2\n".encode(), ["--delimiter", " "]),
        ("a-b\né-2\n".encode(), ["--delimiter", "-"]),
    ],
)
def test_what_a_file_does_not_show_can_be_said(xt, tmp_path, content, words):
    """The encoding and the delimiter."""
    assert (["a", "b"], [("é", 2)]) == imported(xt, tmp_path, content, *words)


def test_a_file_without_names_gets_numbers(xt, tmp_path):
    """`--no-header`: its first line is a row."""
    names = ["column_1", "column_2"]
    assert (names, [(1, "x"), (2, "y")]) == imported(xt, tmp_path, "1,x\n2,y\n", "--no-header")


def test_json_lines_may_have_a_mark_and_an_encoding(xt, tmp_path):
    """As those of other programs do."""
    for content, words in (
        ('{"a": "é"}\n'.encode("utf-8-sig"), []),
        ('{"a": "é"}\n'.encode("utf-16"), []),
        ('{"a": "é"}\n'.encode("cp1252"), ["--encoding", "cp1252"]),
    ):
        (tmp_path / "new.db").unlink(missing_ok=True)
        assert (["a"], [("é",)]) == imported(xt, tmp_path, content, *words, name="in.jsonl")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["in.csv", "--delimiter", ";;"], "one character, or tab"),
        (["in.jsonl", "--delimiter", ";"], "are for CSV"),
        (["in.jsonl", "--no-header"], "are for CSV"),
        (["in.parquet", "--encoding", "cp1252"], "is for texts"),
        (["in.csv", "--format", "xml"], "Choose from"),
    ],
)
def test_an_option_that_means_nothing_is_wrong_usage(xt, words, said):
    """Rather than being passed over."""
    done = xt("import", "new.db", *words)
    assert (2, "", 1) == (done.code, done.out, len(done.err.splitlines()))
    assert said in done.err


def test_an_encoding_that_does_not_exist_or_fit_is_an_error(xt, tmp_path):
    """The message says what to type."""
    (tmp_path / "in.csv").write_bytes("a,b\né,2\n".encode("cp1252"))
    assert "such as --encoding cp1252" in xt("import", "new.db", "in.csv").err
    for name in ("nope", "base64"):
        done = xt("import", "new.db", "in.csv", "--encoding", name)
        assert (1, "") == (done.code, done.out)
        assert "the name of an encoding of texts" in done.err


def test_a_file_may_come_from_stdin(tmp_path):
    """As CSV, unless the format is named; messages call it stdin."""
    done = piped(["import", "new.db", "-"], "a;b\n1;2\n", tmp_path)
    assert b"Imported 1 row of 1 run into default of new.db.\n" == done.stdout
    done = piped(["import", "new.db", "-", "--format", "jsonl"], "[1]", tmp_path)
    assert (1, b"") == (done.returncode, done.stdout)
    assert b"The file 'stdin' cannot be read: line 1 is no JSON object." in done.stderr


def test_rows_go_to_a_terminal_without_what_controls_it(xt, screen, db, tmp_path):
    """In a pipe every character stays; on a terminal it is written out, and Parquet is refused."""
    xt("set", db, "t", "\x1b[31mred")
    assert "\\x1b[31mred" in screen("export", db, "-").out
    assert "\x1b[31mred" in xt("export", db, "-").out
    done = screen("export", db, "-", "--format", "parquet")
    assert (2, "") == (done.code, done.out)
