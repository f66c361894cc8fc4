"""Short looks on a connection that is kept while rows are stored."""

import warnings
from contextlib import closing
from pathlib import Path

import pytest

from tests.engines import fields, log, opened


def count(connection):
    """How many rows there are."""
    return connection.execute('SELECT count(*) FROM "default"').fetchone()[0]


def open_files(path):
    """The files of a database that this process has open."""
    descriptors = Path("/proc/self/fd")
    targets = [str(each.readlink()) for each in descriptors.iterdir() if each.is_symlink()]
    return {target for target in targets if target.startswith(str(path))}


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="only Linux names open files")
def test_looks_open_nothing_anew_and_a_reader_keeps_nothing_open(engine, path):
    """A file that is opened for each look costs a millisecond."""
    log(engine, {"a": 1})
    connect, opens = engine.connections._connect, []
    engine.connections._connect = lambda *a, **k: (opens.append(a), connect(*a, **k))[1]
    for _ in range(3):
        assert ["default"] == engine.tables()
        assert 3 == len(engine.columns("default"))
        assert 1 == engine.read_sqlite(count, brief=True)
    assert 1 == len(opens)
    engine.close()
    with closing(opened(path, read_only=True)) as reader:
        assert (["default"], 3) == (reader.tables(), len(reader.columns("default")))
        assert set() == open_files(path)


@pytest.mark.parametrize("warmed", [0, 2])
def test_a_look_sees_the_file_that_is_there_now(engine, path, tmp_path, warmed):
    """Not the one that lay at the path when the connection was opened."""
    log(engine, {"a": 1})
    for _ in range(warmed):
        assert 1 == engine.read_sqlite(count, brief=True)
    with closing(opened(tmp_path / "other.db")) as other:
        log(other, {"b": 1}, {"b": 2}, {"b": 3})
    for part in ("-wal", "-shm"):
        Path(f"{path}{part}").unlink(missing_ok=True)
    (tmp_path / "other.db").replace(path)
    with warnings.catch_warnings():
        warnings.simplefilter(
            "ignore"
        )  # that the file is another one is told, and tested elsewhere
        assert 3 == engine.read_sqlite(count, brief=True)
        assert "b" in [column.name for column in engine.columns("default")]


def test_a_look_sees_what_was_stored_a_moment_ago(engine, path):
    """By this engine and by another one: each look has a moment of its own."""
    log(engine, {"a": 0})
    with closing(opened(path)) as other:
        for number in range(1, 4):
            assert 2 * number - 1 == engine.read_sqlite(count, brief=True)
            log(engine, {"a": number})
            assert 2 * number == engine.read_sqlite(count, brief=True)
            other.inserter("default", fields([{"a": 1}]))
            log(other, {f"new {number}": number})
            assert number + 3 == len(engine.columns("default"))
