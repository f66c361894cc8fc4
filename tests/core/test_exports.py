"""CSV and Parquet: what a file says of each value, and that none is ever half there."""

# ruff: noqa: DTZ001 - a datetime without a zone is a value too

from __future__ import annotations

import csv
import shutil
import stat
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from xetrack import Reader, Tracker
from xetrack.errors import FileInTheWayError, StorageError

DAY = datetime(2024, 1, 2, 3, 4, 5, 678901)
EXPORTS = pytest.mark.parametrize("export", [Tracker.to_csv, Tracker.to_parquet])


@pytest.fixture
def mixed():
    """A tracker with a column of one kind, and one of all."""
    tracker = Tracker(Tracker.IN_MEMORY, warnings=False)
    cells = [1, "007", None, 2**20_000, [1, None], DAY, 'a,\n"b"', "\udcff", True, b"a"]
    tracker.log_batch([{"n": at, "x": cell} for at, cell in enumerate(cells)])
    return tracker


def begin(place, data):
    """Write the first bytes to a path or an open file."""
    if isinstance(place, str):
        Path(place).write_bytes(data)
    else:
        place.write(data.decode())


def test_a_csv_file_has_a_header_and_every_value(mixed, tmp_path):
    """Missing cells are empty, lists are JSON, and what UTF-8 cannot say is escaped."""
    mixed.to_csv(tmp_path / "x.csv")
    with (tmp_path / "x.csv").open(newline="", encoding="utf-8") as lines:
        names, *rows = csv.reader(lines)
    assert ["timestamp", "track_id", "n", "x"] == names
    assert [str(at) for at in range(10)] == [row[2] for row in rows]
    texts = ["1", "007", "", hex(2**20_000), "[1, null]", "2024-01-02 03:04:05.678901"]
    assert [*texts, 'a,\n"b"', "\\udcff", "True", "b'a'"] == [row[3] for row in rows]


def test_a_mixed_column_is_text_in_a_parquet_file(mixed, tmp_path):
    """Others have their types; times in it are ISO 8601."""
    mixed.to_parquet(tmp_path / "x.parquet")
    found = pq.read_table(tmp_path / "x.parquet")
    assert (pa.int64(), list(range(10))) == (found["n"].type, found["n"].to_pylist())
    texts = ["1", "007", None, hex(2**20_000), "[1, null]", "2024-01-02T03:04:05.678901"]
    assert pa.string() == found["x"].type
    assert [*texts, 'a,\n"b"', "\\udcff", "True", "b'a'"] == found["x"].to_pylist()


def test_a_parquet_file_keeps_the_types_of_columns(tmp_path):
    """A Parquet file keeps the types of columns, as pandas reads them."""
    tracker = Tracker(Tracker.IN_MEMORY)
    row = {"i": 1, "f": 0.5, "b": True, "s": "007", "t": DAY, "d": date(2024, 1, 1)}
    tracker.log({**row, "p": Path("a"), "c": Decimal("1.10"), "j": {"a": [1]}})
    tracker.log({"s": "x"})
    tracker.to_parquet(tmp_path / "x.parquet")
    found = pd.read_parquet(tmp_path / "x.parquet").loc[0].to_dict()
    assert row == {name: found[name] for name in row}
    assert ("a", "1.10", '{"a": [1]}') == (found["p"], found["c"], found["j"])


@EXPORTS
def test_missing_folders_are_made_and_nothing_else_lies_in_them(tracker, tmp_path, export):
    """The file can be read by those who could read any new file."""
    tracker.log({"x": 1})
    path = tmp_path / "a" / "b" / "x.out"
    export(tracker, path)
    (tmp_path / "plain").touch()
    assert [path] == list(path.parent.iterdir())
    modes = [stat.S_IMODE(one.stat().st_mode) for one in (path, tmp_path / "plain")]
    assert modes[0] == modes[1]


@EXPORTS
def test_a_file_that_cannot_be_written_leaves_the_older_one(tracker, tmp_path, monkeypatch, export):
    """A file that cannot be written leaves the older one, and no other beside it."""
    tracker.log({"x": 1})
    path = tmp_path / "out" / "x.out"
    export(tracker, str(path))
    before = path.read_bytes()
    tracker.log({"x": 2})

    def half(*args, **kwargs):
        begin(args[1], before[:10])
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(pd.DataFrame, "to_csv", half)
        patched.setattr(pq, "write_table", half)
        with pytest.raises(StorageError, match=r"x\.out.*No space left"):
            export(tracker, path)
    assert (before, [path]) == (path.read_bytes(), list(path.parent.iterdir()))
    export(tracker, path)
    assert before != path.read_bytes()


@EXPORTS
def test_a_link_stays_and_its_file_is_replaced(tracker, tmp_path, export):
    """A link stays and its file is replaced, in the folder where that lies."""
    tracker.log({"x": 1})
    (tmp_path / "elsewhere").mkdir()
    link, file = tmp_path / "link", tmp_path / "elsewhere" / "file"
    link.symlink_to(file)
    export(tracker, link)
    assert link.is_symlink()
    assert [file] == list((tmp_path / "elsewhere").iterdir())
    assert link.stat().st_size


@EXPORTS
def test_a_place_that_is_no_file_is_a_typed_error(tracker, tmp_path, export):
    """A folder, and a folder that cannot be made."""
    tracker.log({"x": 1})
    (tmp_path / "folder" / "full").mkdir(parents=True)
    (tmp_path / "file").touch()
    for place in (tmp_path / "folder", tmp_path / "file" / "x.csv"):
        with pytest.raises(StorageError, match=place.name):
            export(tracker, place)
    assert [] == list((tmp_path / "folder" / "full").iterdir())
    assert ["full"] == [one.name for one in (tmp_path / "folder").iterdir()]
    assert [] == list(tmp_path.glob(".*"))


@EXPORTS
def test_an_interrupted_export_leaves_nothing_behind(tracker, tmp_path, monkeypatch, export):
    """Neither the file nor the one that was to become it."""

    def stop(*args, **kwargs):
        begin(args[1], b"half")
        raise KeyboardInterrupt

    monkeypatch.setattr(pd.DataFrame, "to_csv", stop)
    monkeypatch.setattr(pq, "write_table", stop)
    tracker.log({"x": 1})
    with pytest.raises(KeyboardInterrupt):
        export(tracker, tmp_path / "out" / "x.out")
    assert [] == list((tmp_path / "out").iterdir())


@pytest.mark.parametrize("engine", ["sqlite", "duckdb"])
@pytest.mark.parametrize("method", ["to_csv", "to_parquet"])
@pytest.mark.parametrize("what", ["itself", "another", "a link to it", "one of 0.7"])
def test_a_database_is_never_replaced_by_a_file_of_rows(tmp_path, engine, method, what):
    """Whose name was mistyped, or stands in the wrong place; all rows stay, and can be read."""
    path = tmp_path / ("runs.db" if engine == "sqlite" else "runs.duckdb")
    other = tmp_path / f"other{path.suffix}"
    for each in (path, other):
        with Tracker(each, track_id="run") as tracker:
            tracker.log_batch([{"x": 1}] * 3)
    link = tmp_path / "link.csv"
    link.symlink_to(other)
    old = tmp_path / "old.db"
    shutil.copy(Path(__file__).parents[1] / "fixtures" / "old" / "runs.db", old)
    target = {"itself": path, "another": other, "a link to it": link, "one of 0.7": old}[what]
    before = target.read_bytes()
    with Tracker(path, track_id="run") as tracker:
        with pytest.raises(FileInTheWayError, match="is a database"):
            getattr(tracker, method)(target)
        tracker.log({"x": 2})
    assert [4, 3] == [len(Reader(each)) for each in (path, other)]
    if what != "itself":
        assert before == target.read_bytes()
    assert not [each for each in tmp_path.iterdir() if each.name.startswith(".")]
