"""One database has one log of rows, whatever link leads to it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.engines import ended_well, forked
from xetrack import Reader, Tracker
from xetrack_duckdb.errors import StrandedRowsError


def added(path, first):
    """Log three rows in a process that ends as by a kill."""

    def child():
        tracker = Tracker(path)
        for n in range(first, first + 3):
            tracker.log({"n": n})

    assert ended_well(forked(child))


@pytest.fixture(params=["duckdb", "db"])
def real(request, tmp_path):
    """Where a database may come."""
    return tmp_path / "real" / f"rows.{request.param}"


def beside(real):
    """A link to the file."""
    link = real.parent.with_name(f"link{real.suffix}")
    link.symlink_to(real)
    return link


def relative(real):
    """A link that says where to go from its own place."""
    link = real.parent.with_name(f"link{real.suffix}")
    link.symlink_to(Path("real", real.name))
    return link


def chain(real):
    """A link to a link."""
    link = real.parent.with_name(f"first{real.suffix}")
    link.symlink_to(beside(real))
    return link


def folder(real):
    """A link to the folder."""
    link = real.parent.with_name("folder")
    link.symlink_to(real.parent)
    return link / real.name


@pytest.mark.parametrize("made", ["before", "after", "folder only"])
@pytest.mark.parametrize("link", [beside, relative, chain, folder])
def test_rows_through_a_link_are_those_of_the_file(real, link, made):
    """Rows through a link are those of the file, also through one that leads to nothing yet.

    Not even a kill strands them.
    """
    if made == "folder only" or link is folder:
        real.parent.mkdir()
    if made == "before":
        added(real, 0)
    there = link(real)
    added(there, 3)
    added(real, 6)
    added(there, 9)
    expected = [*range(0 if made == "before" else 3, 12)]
    for path in (real, there):
        with Reader(path) as reader:
            assert expected == reader.to_df()["n"].tolist(), path
    names = {one.name for one in real.parent.parent.glob("*.*")}
    assert names <= {f"link{real.suffix}", f"first{real.suffix}"}


def test_two_ways_at_once_are_one_database(real):
    """Trackers and readers in one process, each by a way of its own."""
    with Tracker(real) as one, Tracker(beside(real)) as other:
        for n in range(10):
            (one, other)[n % 2].log({"n": n})
        with Reader(folder(real)) as reader:
            assert [*range(10)] == reader.to_df()["n"].tolist()


@pytest.fixture
def stranded(tmp_path):
    """A database that was moved away and linked to, as its log was not."""
    old, new = tmp_path / "rows.duckdb", tmp_path / "large disk" / "rows.duckdb"
    added(old, 0)
    new.parent.mkdir()
    old.rename(new)
    old.symlink_to(new)
    return old, new


def typed(error):
    """Do in a shell what an error says to type."""
    (text,) = re.findall("type: (.*)", str(error))
    environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    subprocess.run(["sh", "-ec", text], check=True, env=environment, capture_output=True)


def test_a_log_beside_a_link_is_an_error_that_says_where_it_belongs(stranded):
    """Nothing is read or changed before; what the error says to type brings the rows back."""
    old, _ = stranded
    for cls in (Reader, Tracker):
        with pytest.raises(StrandedRowsError) as raised:
            cls(old)
    assert (str(old), f"{old}.rows") == (raised.value.location, raised.value.beside)
    typed(raised.value)
    for path in stranded:
        with Reader(path) as reader:
            assert [0, 1, 2] == reader.to_df()["n"].tolist()


def test_a_log_beside_a_link_is_brought_to_a_database_with_a_log_of_its_own(stranded):
    """The same where rows came to the database on the other way, in the meantime."""
    old, new = stranded
    added(new, 3)
    with pytest.raises(StrandedRowsError) as raised:
        Reader(old)
    typed(raised.value)
    with Reader(old) as reader:
        assert [0, 1, 2, 3, 4, 5] == sorted(reader.to_df()["n"].tolist())
