"""The contract of row filters: see `xetrack.interfaces.rows.filters`, whose promises they hold."""

from __future__ import annotations

import gc
import statistics
import time
import weakref
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest

from xetrack import Tracker
from xetrack.interfaces.rows.filters import RowFilter
from xetrack.model.kinds import plain
from xetrack.model.names import checked_key
from xetrack_testing.declared import Contract, signature_differences
from xetrack_testing.samples import VALUES

if TYPE_CHECKING:
    from xetrack.model.kinds import Value

SOON = 0.002
"""Seconds that the median of `filter` may take: whoever logs waits for it, with each row."""


class _Row(dict[str, Any]):
    """A dict to which weak references are possible."""


class RowFilterContract(Contract):
    """All that a row filter promises. Set `filter_class`, and override `options` if need be.

    For example::

        class TestRedact(RowFilterContract):
            filter_class = Redact
    """

    filter_class: type[RowFilter]

    @pytest.fixture
    def options(self) -> dict[str, Any]:
        """The options that the filter is made with."""
        return {}

    @pytest.fixture
    def part(self, options: dict[str, Any]) -> RowFilter:
        """The filter under test."""
        return self.filter_class(options)

    def test_signatures_are_those_of_the_interface(self) -> None:
        """Every method takes what the interface says, so that all filters are called alike."""
        assert [] == signature_differences(self.filter_class, RowFilter)

    def test_a_row_becomes_a_row_or_none(self, part: RowFilter) -> None:
        """What comes back can be stored: plain values under keys."""
        for row in _rows():
            check_row(part.filter(dict(row)))

    def test_a_row_of_any_keys_and_values_is_taken(self, part: RowFilter) -> None:
        """A filter that raises keeps the row out of the database."""
        hostile: dict[str, Value] = {'"': 1, "a\nb": 2, "\ud800": 3, "": None, "x" * 10_000: 4}
        for row in (*_rows(), hostile, {}):
            part.filter(dict(row))

    def test_a_row_is_not_kept(self, part: RowFilter) -> None:
        """It may hold a secret, and grows with what users log."""
        row = _Row(mark="mark", accuracy=0.5, name="x")
        reference = weakref.ref(row)
        part.filter(row)
        del row
        gc.collect()
        assert reference() is None, "the filter still refers to the row after it has returned"

    def test_a_row_does_not_wait(self, part: RowFilter) -> None:
        """It is called for each row."""
        took = []
        for number in range(200):
            row: dict[str, Value] = {"epoch": number, "accuracy": 0.5, "name": "x"}
            began = time.perf_counter()
            part.filter(row)
            took.append(time.perf_counter() - began)
        median = statistics.median(took)
        assert median < SOON, f"the median of filter took {median * 1e6:.0f} microseconds"

    def test_threads_get_rows_of_their_own(self, part: RowFilter) -> None:
        """Many threads log at once with one tracker."""

        def own(number: int) -> bool:
            row = part.filter({"mark": f"mark-{number}", "epoch": number})
            mark = None if row is None else row.get("mark")
            time.sleep(0)
            return not str(mark).startswith("mark-") or mark == f"mark-{number}"

        with ThreadPoolExecutor(8) as pool:
            are_own = enumerate(pool.map(own, range(2_000)))
            wrong = [number for number, is_own in are_own if not is_own]
        assert [] == wrong, "rows of other threads came back"

    def test_a_tracker_stores_what_comes_back(self, part: RowFilter) -> None:
        """Of rows, of batches and of calls, whose results are not touched."""
        with Tracker(Tracker.IN_MEMORY, {"p": 1}, filters=[part], warnings=False) as tracker:
            tracker.log({"epoch": 1, "name": "x"})
            tracker.log_batch([{"epoch": 2}, {"epoch": 3, "name": "y"}])
            assert {"answer": 42} == tracker.track(lambda: {"answer": 42})


def _rows() -> list[dict[str, Value]]:
    values: list[dict[str, Value]] = [
        {"epoch": number, "value": value} for number, value in enumerate(VALUES.values())
    ]
    return [{"epoch": 1, "accuracy": 0.5, "name": "x", "list": [1, {"a": None}]}, *values]


def check_row(row: object) -> None:
    """Fail unless a row can be stored, or is None.

    Parameters
    ----------
    row
        What the filter returned.
    """
    if row is not None:
        assert isinstance(row, Mapping), f"a row is a mapping or None, and no {type(row).__name__}"
        for key, value in row.items():
            checked_key(key)
            plain(value)
