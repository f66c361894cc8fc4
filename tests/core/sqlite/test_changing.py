"""Update, delete and drop: they touch what was named, and say how many rows that was."""

from __future__ import annotations

import math

import pytest

from tests.engines import log, opened
from xetrack.errors import ColumnNotFoundError


@pytest.fixture
def five(any_engine):
    """Five rows, two of them nan, and a column that can hold anything."""
    values = [1, math.nan, 2, math.nan, "x"]
    log(any_engine, *({"n": n, "x": value, "y": value} for n, value in enumerate(values)))
    return any_engine


def test_the_users_connection_of_a_reader_refuses_writes(engine, path):
    """What is open for reading changes nothing by SQL either."""
    log(engine, {"x": 1})
    reader = opened(path, read_only=True)
    with pytest.raises(Exception, match="readonly database"):
        reader.connection.execute('DELETE FROM "default"')
    reader.close()


def test_a_failed_change_leaves_no_transaction_open(five):
    """The next statement begins its own."""
    with pytest.raises(ColumnNotFoundError):
        five.update("default", {"nn": 1}, [])
    assert not five.connections.writer.in_transaction
    log(five, {"n": 5})
    assert 6 == five.count("default")
