"""Interrupts, and calls within calls, at every line of what is done with assets."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing

import pytest

from tests.sweeps import MORE, OtherProcess, at_line, check_stored, interrupt, lines_of
from xetrack import Reader, Tracker

STEP = int(os.environ.get("XETRACK_TEST_LINES") or 193)
"""Every how many lines something happens; 1 is the whole sweep."""


class Model:
    """What is no plain value."""

    def __init__(self, name):
        self.name = name

    def __eq__(self, other):
        return type(other) is Model and self.name == other.name

    def __hash__(self):
        return hash(self.name)


@pytest.fixture(scope="module")
def other_process():
    other = OtherProcess()
    yield other
    other.close()


def log(tracker):
    return [tracker.log({"id": "work", "model": Model("new")})["id"]]


def log_batch(tracker):
    tracker.log_batch([{"id": f"work {at}", "model": Model(f"new {at}")} for at in range(3)])
    return [f"work {at}" for at in range(3)]


def set_value(tracker):
    tracker.set_value("later", Model("new"))
    return []


def set_params(tracker):
    tracker.set_params({"param": Model("new")})
    return []


def put(tracker):
    tracker.assets.put(Model("new"), "by hand")
    return []


def remove(tracker):
    """Only what no row names."""
    tracker.assets.delete(tracker.loose)
    return []


def collect(tracker):
    tracker.assets.gc()
    return []


def get(tracker):
    assert tracker.assets.get(tracker.first) == Model("first")
    return []


def export(tracker):
    tracker.assets.export(tracker.first, tracker.target)
    return []


WORK = [log, log_batch, set_value, set_params, put, remove, collect, get, export]


def check_assets(db):
    """Whatever is named in a row can be had, and nobody keeps the database for himself."""
    with closing(sqlite3.connect(db, timeout=0, isolation_level=None)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("ROLLBACK")
    with Reader(db) as reader:
        frame = reader.to_df()
        for column in {"model", "later", "param"} & {*frame}:
            for asset in frame[column].dropna().unique():
                assert isinstance(reader.assets.get(asset), Model)
        assert reader.assets.verify() == {}


def swept(tmp_path, other_process, work, action):
    """Try a piece of work again and again, each time with the action at a later line."""

    def attempt(number):
        db = tmp_path / f"{number}.db"
        tracker = Tracker(db)
        tracker.first = tracker.log({"id": "first", "model": Model("first")})["model"]
        tracker.loose = tracker.assets.put(Model("loose"))
        tracker.target = tmp_path / "exported"
        acknowledged = ["first"]

        def nested():
            acknowledged.append(tracker.log({"id": "nested"})["id"])

        def nested_asset():
            nested_row = tracker.log({"id": "nested", "model": Model("nested")})
            acknowledged.append(nested_row["id"])

        actions = {"interrupt": interrupt, "log": nested, "log an asset": nested_asset}
        reached = True
        try:
            reached = at_line(number, actions[action], lambda: acknowledged.extend(work(tracker)))
        except KeyboardInterrupt:
            assert action == "interrupt"
        for at in range(MORE):
            model = {"model": Model(f"row {at}")} if at % 10 == 0 else {}
            acknowledged.append(tracker.log({"id": f"row {at}", **model})["id"])
        allowed = ["work", *(f"work {at}" for at in range(3))]
        check_stored(acknowledged, other_process.values(db), allowed)
        check_assets(db)
        assert {path.name for path in tmp_path.glob(".exported*")} == set()
        tracker.close()
        return reached

    for number in lines_of(attempt, STEP):
        assert number < 20_000


@pytest.mark.parametrize("work", WORK)
def test_an_interrupt_at_any_line_costs_nothing_but_the_call(tmp_path, other_process, work):
    swept(tmp_path, other_process, work, "interrupt")


@pytest.mark.parametrize("action", ["log", "log an asset"])
@pytest.mark.parametrize("work", WORK)
def test_a_row_that_is_logged_at_any_line_is_stored(tmp_path, other_process, work, action):
    swept(tmp_path, other_process, work, action)
