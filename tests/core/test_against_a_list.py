"""Trackers and readers against a plain list of dicts, in any order of steps."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    initialize,
    invariant,
    precondition,
    rule,
)

from tests.profiles import examples
from xetrack import Reader, Tracker
from xetrack.errors import ColumnNotFoundError, RunNotFoundError

KEYS = st.sampled_from("abcd")
VALUES = st.one_of(
    st.none(), st.booleans(), st.integers(-3, 3), st.sampled_from(["1", "x", 2**60, [1], b"1"])
)
ROWS = st.dictionaries(KEYS, VALUES, max_size=3)


def equal(one: object, other: object) -> bool:
    """As the engine compares: numbers by value, anything else by type too."""
    numbers = (bool, int, float)
    if isinstance(one, numbers) and isinstance(other, numbers):
        return one == other
    return type(one) is type(other) and one == other


class Machine(RuleBasedStateMachine):
    """The model is `self.rows`; each dict has its run under ``track_id``."""

    trackers = Bundle("trackers")

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.mkdtemp()
        self.path = Path(self.folder) / "track.db"
        self.rows: list[dict[str, Any]] = []
        self.keys: set[str] = set()
        self.open: list[Tracker] = []

    def teardown(self) -> None:
        for tracker in self.open:
            tracker.close()
        shutil.rmtree(self.folder)

    @initialize(target=trackers)
    def first(self) -> Tracker:
        return self.make(params={})

    @rule(target=trackers, params=ROWS)
    def make(self, params: dict[str, Any]) -> Tracker:
        self.open.append(Tracker(self.path, params, warnings=False))
        return self.open[-1]

    def note(self, tracker: Tracker, row: dict[str, Any]) -> None:
        full = {**tracker.params, **row, "track_id": tracker.track_id}
        self.keys |= full.keys() - {"track_id"}
        self.rows.append(full)

    @rule(tracker=trackers, row=ROWS, times=st.integers(1, 3))
    def log(self, tracker: Tracker, row: dict[str, Any], times: int) -> None:
        for _ in range(times):
            tracker.log(row)
            self.note(tracker, row)

    @rule(tracker=trackers, rows=st.lists(ROWS, max_size=3))
    def log_batch(self, tracker: Tracker, rows: list[dict[str, Any]]) -> None:
        tracker.log_batch(rows)
        for row in rows:
            self.note(tracker, row)

    @rule(tracker=trackers, key=KEYS, value=VALUES)
    def set_param(self, tracker: Tracker, key: str, value: object) -> None:
        tracker.set_param(key, value)
        assert [value] == [tracker.params[key]]

    @rule(tracker=trackers, key=KEYS, value=VALUES)
    def set_value(self, tracker: Tracker, key: str, value: object) -> None:
        mine = [row for row in self.rows if row["track_id"] == tracker.track_id]
        assert len(mine) == tracker.set_value(key, value)
        if mine:
            self.keys.add(key)
        for row in mine:
            row[key] = value

    @rule(tracker=trackers, key=KEYS, value=VALUES, other=KEYS, wanted=VALUES)
    def set_where(
        self, tracker: Tracker, key: str, value: object, other: str, wanted: object
    ) -> None:
        if other not in self.keys:
            try:
                tracker.set_where(key, value, other, wanted)
            except ColumnNotFoundError:
                return
            raise AssertionError(other)
        found = [
            row
            for row in self.rows
            if row["track_id"] == tracker.track_id and equal(row.get(other), wanted)
        ]
        assert len(found) == tracker.set_where(key, value, other, wanted)
        if found:
            self.keys.add(key)
        for row in found:
            row[key] = value

    @rule(tracker=trackers)
    def delete_run(self, tracker: Tracker) -> None:
        left = [row for row in self.rows if row["track_id"] != tracker.track_id]
        try:
            assert len(self.rows) - len(left) == Reader(self.path).delete_run(tracker.track_id)
        except RunNotFoundError:
            assert len(left) == len(self.rows)
        self.rows = left

    @rule(tracker=trackers)
    def close(self, tracker: Tracker) -> None:
        tracker.close()

    @rule(tracker=consumes(trackers))
    def reopen_as_the_same_run(self, tracker: Tracker) -> None:
        tracker.close()
        self.open.append(Tracker(self.path, tracker.params, track_id=tracker.track_id))
        mine = [row for row in self.rows if row["track_id"] == tracker.track_id]
        assert len(mine) == len(self.open[-1])

    @precondition(lambda self: len(self.rows) > 5)
    @rule(target=trackers)
    def reset(self) -> Tracker:
        self.open.append(Tracker(self.path, reset=True, warnings=False))
        self.rows.clear()
        self.keys.clear()
        return self.open[-1]

    @invariant()
    def the_reader_sees_the_model(self) -> None:
        if not self.path.exists():
            return
        with Reader(self.path) as reader:
            found = reader.select().dicts()
            names = [name for name in reader.columns if name != "timestamp"]
        assert {"track_id", *self.keys} <= set(names)
        wanted = [{name: row.get(name) for name in names} for row in self.rows]
        for row in found:
            del row["timestamp"]
        assert repr(wanted) == repr(found)


Machine.TestCase.settings = settings(max_examples=examples(25), stateful_step_count=20)
test_a_tracker_does_what_a_list_of_dicts_would = Machine.TestCase
