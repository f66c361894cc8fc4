"""A token of change says so, whatever happens to the file."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing

import pytest

from tests.engines import forked, log, opened
from xetrack_testing.engines.capabilities.tokens import settled
from xetrack_testing.processes import ended_well


@pytest.fixture
def path(tmp_path):
    """A database with a row."""
    path = tmp_path / "runs.db"
    with closing(opened(path)) as engine:
        log(engine, {"x": 0})
    return path


def test_a_file_in_the_place_of_another_has_another_token(path, tmp_path):
    """Also where the two are equal, and where the old one is still open."""
    with closing(opened(path, read_only=True)) as engine:
        token = engine.change_token("default")
        (tmp_path / "other.db").write_bytes(path.read_bytes())
        (tmp_path / "other.db").replace(path)
        renewed = engine.change_token("default")
        assert token != renewed
        assert renewed == engine.change_token("default")


def test_a_missing_file_has_one_token(path):
    """It differs from that of a file, and comes again with the next absence."""
    with closing(opened(path, read_only=True)) as engine:
        token = engine.change_token("default")
        path.unlink()
        absent = engine.change_token("default")
        assert token != absent == engine.change_token("default")


def test_a_token_opens_no_file(path, monkeypatch):
    """The connection stays open, so nothing is opened and closed several times a second."""
    with closing(opened(path, read_only=True)) as engine:
        token = engine.change_token("default")
        monkeypatch.setattr(engine.connections, "borrow", None)
        assert token == engine.change_token("default")


def test_a_program_without_xetrack_is_seen(path):
    """Whoever commits, by whatever library."""
    with closing(opened(path, read_only=True)) as engine:
        token = settled(engine)
        with closing(sqlite3.connect(path)) as connection:
            connection.execute('UPDATE "default" SET x = 1')
            assert token == engine.change_token("default")
            connection.commit()
            assert token != engine.change_token("default")


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the system has no fork")
def test_both_sides_of_a_fork_have_tokens(path):
    """Each has a connection of its own, and sees what the other stores."""
    with closing(opened(path)) as engine:
        engine.change_token("default")

        def child():
            token = engine.change_token("default")
            assert token == engine.change_token("default")
            log(engine, {"x": 1})
            assert token != engine.change_token("default")

        before = engine.change_token("default")
        assert ended_well(forked(child))
        assert before != engine.change_token("default")


def test_no_token_keeps_files_beside_a_closed_database(path, tmp_path):
    """They go with the last connection."""
    with closing(opened(path, read_only=True)) as engine:
        engine.change_token("default")
    assert ["runs.db"] == [each.name for each in tmp_path.iterdir()]


def test_a_database_in_memory_has_tokens():
    """One connection counts its own changes; closing it begins anew."""
    engine = opened(":memory:")
    tokens = [engine.change_token("default")]
    log(engine, {"x": 0})
    tokens.append(engine.change_token("default"))
    assert tokens[-1] == engine.change_token("default")
    engine.close()
    tokens.append(engine.change_token("default"))
    assert 3 == len(set(tokens))
