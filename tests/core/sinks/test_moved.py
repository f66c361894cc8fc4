"""Log files that somebody removes, renames or replaces while rows are logged into them."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from xetrack import Tracker
from xetrack.errors import XetrackWarning

NAME = "logs/rows.log"

SINKS = {
    "text": lambda folder: {"logs_path": folder / "logs", "logs_file_format": "rows.log"},
    "lines": lambda folder: {"jsonl": folder / NAME},
}


def removed(file):
    file.unlink()


def removed_with_its_folder(file):
    shutil.rmtree(file.parent)


def renamed(file):
    file.rename(file.with_suffix(".1"))


def renamed_with_its_folder(file):
    file.parent.rename(file.parent.with_name("moved"))


def replaced(file):
    other = file.with_suffix(".new")
    other.write_text("of somebody else\n")
    other.replace(file)


def replaced_by_a_copy(file):
    """As tools do that keep folders in step."""
    other = shutil.copy(file, file.with_suffix(".new"))
    Path(other).replace(file)


CHANGES = [
    removed,
    removed_with_its_folder,
    renamed,
    renamed_with_its_folder,
    replaced,
    replaced_by_a_copy,
]


@pytest.fixture(params=SINKS)
def tracker(request, tmp_path):
    """A tracker with one log, in a file of a known name."""
    with Tracker(":memory:", **SINKS[request.param](tmp_path)) as tracker:
        yield tracker


@pytest.mark.filterwarnings("ignore::xetrack.errors.XetrackWarning")
@pytest.mark.parametrize("change", CHANGES)
def test_each_later_row_is_in_the_file_of_the_name(tracker, tmp_path, change):
    file = tmp_path / NAME
    for at in range(4):
        tracker.log({"id": f"row {at}"})
        change(file)
        shutil.rmtree(tmp_path / "moved", ignore_errors=True)
        tracker.log({"id": f"row {at} later"})
        assert f'"row {at} later"' in file.read_text()


@pytest.mark.parametrize("change", CHANGES)
def test_it_is_said_that_rows_are_gone(tracker, tmp_path, change, recwarn):
    tracker.log({"id": 1})
    change(tmp_path / NAME)
    tracker.log({"id": 2})
    said = [str(one.message) for one in recwarn if one.category is XetrackWarning]
    gone = change not in {renamed, renamed_with_its_folder}
    assert [NAME in one and "begun anew" in one for one in said] == [True] * gone


@pytest.mark.filterwarnings("ignore::xetrack.errors.XetrackWarning")
def test_a_file_that_is_removed_at_the_moment_of_writing_costs_no_row(
    tracker, tmp_path, monkeypatch
):
    file = tmp_path / NAME
    tracker.log({"id": "first"})
    write = os.write

    def late(*args):
        monkeypatch.undo()
        file.unlink()
        return write(*args)

    monkeypatch.setattr(os, "write", late)
    tracker.log({"id": "second"})
    assert '"second"' in file.read_text()


def test_a_file_that_has_no_name_any_more_is_written_once(tmp_path):
    """The path leads to it all the same, as that of a redirected standard output does."""
    with (tmp_path / "gone").open("w+") as file:
        (tmp_path / "gone").unlink()
        with Tracker(":memory:", jsonl=f"/proc/self/fd/{file.fileno()}") as tracker:
            tracker.log({"id": 1})
            tracker.log({"id": 2})
        assert len(file.read().splitlines()) == 2
