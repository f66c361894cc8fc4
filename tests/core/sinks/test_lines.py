"""Appending lines: nothing that goes wrong with one of them costs another."""

from __future__ import annotations

import os

import pytest

from xetrack.builtin.sinks.lines import Lines


@pytest.fixture
def lines(tmp_path):
    """Lines of a file that is not there yet."""
    return Lines(tmp_path / "a" / "b" / "lines")


def test_the_file_and_its_folders_are_made_by_the_first_line(lines):
    """Nothing is there before."""
    assert not lines.path.parent.parent.exists()
    lines.append("one\n")
    lines.append("two\n")
    assert "one\ntwo\n" == lines.path.read_text()


def test_each_line_is_one_write(lines, monkeypatch):
    """However long it is, so that those of other processes cannot get into it."""
    written = []
    write = os.write
    monkeypatch.setattr(os, "write", lambda file, data: written.append(data) or write(file, data))
    wanted = ["x" * length + "\n" for length in (1, 8_191, 8_192, 1_000_000)]
    for line in wanted:
        lines.append(line)
    assert [line.encode() for line in wanted] == written


def test_a_write_that_takes_a_part_goes_on_with_the_rest(lines, monkeypatch):
    """A write that takes a part goes on with the rest, as it may on a disk that is nearly full."""
    write = os.write
    monkeypatch.setattr(os, "write", lambda file, data: write(file, data[:3]))
    lines.append("a long line\n")
    lines.append("another\n")
    assert "a long line\nanother\n" == lines.path.read_text()


def test_a_line_that_could_not_be_finished_costs_no_other(lines, monkeypatch):
    """It raises, and the next line begins anew."""
    write = os.write
    turns = iter([3, None, None])

    def fail(file, data):
        most = next(turns)
        if most is None:
            raise OSError(28, "No space left on device")
        return write(file, data[:most])

    with monkeypatch.context() as patch:
        patch.setattr(os, "write", fail)
        for _ in range(2):
            with pytest.raises(OSError, match="No space"):
                lines.append("unfinished\n")
    lines.append("next\n")
    lines.append("last\n")
    assert "unf\nnext\nlast\n" == lines.path.read_text()


@pytest.mark.parametrize(("before", "after"), [("", ""), ("cut", "cut\n"), ("whole\n", "whole\n")])
def test_a_file_that_ends_within_a_line_goes_on_with_a_new_one(lines, before, after):
    """A process was killed, or the machine lost power."""
    lines.path.parent.mkdir(parents=True)
    lines.path.write_text(before)
    lines.append("next\n")
    assert after + "next\n" == lines.path.read_text()


def test_closing_gives_back_the_file_and_another_line_opens_it(lines):
    """Twice is no error, and no other file is closed by it."""
    lines.close()
    lines.append("one\n")
    lines.close()
    other = os.open(os.devnull, os.O_RDONLY)
    lines.close()
    os.fstat(other)
    os.close(other)
    lines.append("two\n")
    assert "one\ntwo\n" == lines.path.read_text()


def test_a_file_that_nobody_uses_any_more_is_closed(tmp_path):
    """A file that nobody uses any more is closed, without a word: trackers are seldom closed."""
    lines = Lines(tmp_path / "lines")
    lines.append("one\n")
    file = lines._file
    del lines
    with pytest.raises(OSError, match="Bad file descriptor"):
        os.fstat(file)


def test_what_is_no_file_is_refused(tmp_path):
    """A pipe would keep whoever logs waiting, as soon as nobody reads from it."""
    path = tmp_path / "pipe"
    os.mkfifo(path)
    reader = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    with pytest.raises(OSError, match="it is a pipe"):
        Lines(path).append("one\n")
    os.close(reader)
