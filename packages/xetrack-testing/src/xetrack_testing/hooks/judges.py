"""The contract of judges: see `xetrack.interfaces.runs.judges`, whose promises they hold."""

from __future__ import annotations

import itertools
import time
from contextlib import ExitStack
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from xetrack import Reader, Tracker
from xetrack.interfaces.runs.judges import Judge, Verdict
from xetrack_testing.declared import Contract, signature_differences
from xetrack_testing.samples import VALUES

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from xetrack.interfaces.runs.record import RunRecord

LONGEST = 500
"""Characters of a summary."""

SOON = 3.0
"""Seconds that a verdict on 20,000 rows may take."""

_MANY = 10_000


class JudgeContract(Contract):
    """All that a judge promises. Set `judge_class`, and override `options` if need be.

    For example::

        class TestLengths(JudgeContract):
            judge_class = Lengths
    """

    judge_class: type[Judge]

    @pytest.fixture
    def options(self) -> dict[str, Any]:
        """The options that the judge is made with."""
        return {}

    @pytest.fixture
    def part(self, options: dict[str, Any]) -> Judge:
        """The judge under test."""
        return self.judge_class(options)

    @pytest.fixture
    def reader(self, tmp_path: Path) -> Iterator[Reader]:
        """A database of runs that have little in common."""
        place = tmp_path / "judged.db"
        for name, rows in _runs().items():
            with Tracker(place, track_id=name, params={"rate": len(rows)}, record=[]) as tracker:
                for row in rows:
                    tracker.log(row)
        with Reader(place) as reader:
            yield reader

    def test_signatures_are_those_of_the_interface(self) -> None:
        """Every method takes what the interface says, so that all judges are called alike."""
        assert [] == signature_differences(self.judge_class, Judge)

    def test_a_verdict_is_a_line_or_nothing(self, part: Judge, reader: Reader) -> None:
        """Of runs with all kinds of values, with other columns, with one row, with none."""
        for first, second in itertools.product(_records(reader), repeat=2):
            verdict = part.judge(reader.engine, first, second)
            if verdict is not None:
                assert isinstance(verdict, Verdict)
                assert verdict.is_same in {True, False, None}
                assert 0 < len(verdict.summary) <= LONGEST
                assert verdict.summary.isprintable(), repr(verdict.summary)

    def test_a_run_is_the_same_as_itself(self, part: Judge, reader: Reader) -> None:
        """Also where it has nan, which does not equal itself."""
        for record in _records(reader):
            verdict = part.judge(reader.engine, record, record)
            assert verdict is None or verdict.is_same is not False, verdict

    def test_nothing_is_changed(self, part: Judge, reader: Reader) -> None:
        """Whoever looks at a database does not write to it."""
        engine, records = reader.engine, _records(reader)
        before = engine.change_token(reader.table), reader.tables, engine.count(reader.table)
        for first, second in itertools.pairwise(records):
            part.judge(engine, first, second)
        after = engine.change_token(reader.table), reader.tables, engine.count(reader.table)
        assert before == after

    def test_a_verdict_comes_soon(self, part: Judge, tmp_path: Path) -> None:
        """Somebody waits for it."""
        place = tmp_path / "long.db"
        with ExitStack() as stack:
            for name in ("first", "second"):
                tracker = stack.enter_context(Tracker(place, track_id=name, record=[]))
                tracker.log_batch([{"step": step, "loss": 1 / (1 + step)} for step in range(_MANY)])
        with Reader(place) as reader:
            begin = time.perf_counter()
            part.judge(reader.engine, reader.run("first"), reader.run("second"))
            assert time.perf_counter() - begin < SOON


def _runs() -> dict[str, list[dict[str, Any]]]:
    steps = [{"step": step, "loss": 1 / (1 + step)} for step in range(5)]
    hostile = {"text": "<b>\x1b[31m\n\u202e", "loss": float("nan"), "x" * 300: "y" * 10_000}
    return {
        "steps": steps,
        "again": steps,
        "other": [{**row, "loss": -row["loss"]} for row in steps],
        "longer": [*steps, {"step": 5, "loss": 0.0}],
        "kinds": [{f"v{at}": value} for at, value in enumerate(VALUES.values())],
        "hostile": [hostile, {"loss": float("inf")}],
        "one": [{"accuracy": 1}],
    }


def _records(reader: Reader) -> Sequence[RunRecord]:
    records = [reader.run(name) for name in _runs()]
    return [*records, replace(records[0], track_id="gone", facts={}, params={})]
