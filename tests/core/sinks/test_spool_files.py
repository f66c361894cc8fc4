"""The files of a spool, and the folders that these may lie in."""

from __future__ import annotations

import os

import pytest

from tests.core.sinks.spooled import Away, appended
from xetrack import Tracker
from xetrack.dispatch.spool import spool_file
from xetrack.dispatch.spool.spool_file import SpoolFile
from xetrack.errors import InvalidArgumentError


def rows_of(path):
    file = SpoolFile.adopt(path)
    rows = [row and row["x"] for row, _, _ in file.rows()]
    file.close()
    return rows


def test_a_file_cut_at_any_byte_loses_its_last_row_at_most(tmp_path):
    """A line without an end was never accepted."""
    path = appended(tmp_path, 3)
    data = path.read_bytes()
    for end in range(spool_file.START, len(data)):
        path.write_bytes(data[:end])
        assert [0, 1, 2][: data[:end].count(b"\n") - 1] == rows_of(path), end
        path.write_bytes(data)


@pytest.mark.parametrize("text", [b"", b"short", b"x" * 100, b"xetrack-spool 1 12x\n"])
def test_what_is_no_such_file_is_left_as_it_is(tmp_path, text):
    """It belongs to somebody else, or to a later version."""
    path = tmp_path / "a.rows"
    path.write_bytes(text)
    assert SpoolFile.adopt(path) is None
    assert text == path.read_bytes()


def test_a_kill_while_the_file_is_emptied_loses_nothing(tmp_path):
    """The position of before may lie beyond the end of a file without rows."""
    path = appended(tmp_path, 3)
    file = SpoolFile.adopt(path)
    positions = [position for *_, position in file.rows()]
    file.acknowledge(positions[0])
    file.close()
    os.truncate(path, spool_file.START)
    file = SpoolFile.adopt(path)
    assert file.is_done()
    file.append({"x": 7}, "TRACKING", 10**6)
    assert [7] == [row["x"] for row, *_ in file.rows()]


@pytest.mark.parametrize("folder", [5, "a\0b", "~no-such-user/x", "\ud800\udfff"])
def test_a_folder_of_another_form_is_refused_when_the_tracker_is_made(tmp_path, folder):
    """And not by the first row, which would be stored by then."""
    with pytest.raises(InvalidArgumentError, match="spool_folder="):
        Tracker(":memory:", sinks=[Away({"folder": tmp_path, "spool_folder": folder})])


def test_a_folder_of_the_environment_is_named_by_its_variable(tmp_path, monkeypatch):
    """The user may not know that there is one."""
    monkeypatch.setenv("XETRACK_SPOOL_FOLDER", "~no-such-user/x")
    with pytest.raises(InvalidArgumentError, match="XETRACK_SPOOL_FOLDER="):
        Tracker(":memory:", sinks=[Away({"folder": tmp_path})])
