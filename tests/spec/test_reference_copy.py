"""Copying and read-only SQL, as the guide and the reference show them."""

from __future__ import annotations

import pytest

from tests.spec.shown import OWN, records
from xetrack import Reader, Tracker, copy


@pytest.fixture(autouse=True)
def source(here):
    """A database of three tables."""
    with Tracker("source.db", {"model": "lightgbm"}) as tracker:
        tracker.log({"accuracy": 0.9, "data": "mnist"})
        tracker.log({"accuracy": 1, "data": "cifar"})
    Tracker("source.db", table="predictions").log({"label": "007"})
    Tracker("source.db", table="metrics").log({"loss": 0.25})


def test_the_default_table_is_copied():
    """The others are not."""
    assert 2 == copy("source.db", "target.db")
    assert ["default"] == Reader("target.db").tables
    assert records(Reader("source.db").to_df()) == records(Reader("target.db").to_df())


def test_specific_tables_are_copied():
    """Those that are named."""
    assert 2 == copy("source.db", "target.db", tables=["predictions", "metrics"])
    assert ["predictions", "metrics"] == Reader("target.db").tables
    assert [{**OWN, "label": "007"}] == records(Reader("target.db", table="predictions").to_df())
    assert [{**OWN, "loss": 0.25}] == records(Reader("target.db", table="metrics").to_df())


def test_two_databases_are_merged_one_into_the_other():
    """The rows of both, each once however often that is done."""
    with Tracker("target.db") as tracker:
        tracker.log({"recall": 0.5, "accuracy": 0.75})
    assert [2, 0, 0] == [copy("source.db", "target.db") for _ in range(3)]
    assert [
        {**OWN, "recall": 0.5, "accuracy": 0.75, "model": None, "data": None},
        {**OWN, "recall": None, "accuracy": 0.9, "model": "lightgbm", "data": "mnist"},
        {**OWN, "recall": None, "accuracy": 1.0, "model": "lightgbm", "data": "cifar"},
    ] == records(Reader("target.db").to_df())


@pytest.mark.parametrize("name", ["db.events", "events", "db.default", '"default"', "default"])
def test_sql_reads_the_default_table_under_all_its_names(name):
    """SQL reads the default table under all its names, as a frame."""
    found = Reader("source.db").sql(f"SELECT data, accuracy FROM {name} WHERE accuracy > ?", [0.95])
    assert [{"data": "cifar", "accuracy": 1.0}] == found.to_dict("records")
