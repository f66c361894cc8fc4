"""The contract of recorders: see `xetrack.interfaces.runs.recorders`, whose promises they hold."""

from __future__ import annotations

import json
import os
import sys
import time
import warnings
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from xetrack import Tracker, XetrackWarning
from xetrack.interfaces.runs import Run
from xetrack.interfaces.runs.recorders import Recorder
from xetrack_testing.declared import Contract, signature_differences

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SECRET = "kept-from-everybody-4711"  # noqa: S105 - it is made up
"""What stands in the environment and on the command line, and in no facts."""

_SECRETS = {
    "DATABASE_URL": f"postgresql://ada:{SECRET}@host/db",
    "HF_TOKEN": SECRET,
    "PGPASSWORD": SECRET,
    "WANDB_API_KEY": SECRET,
}
_COMMAND = ["train.py", f"--api-key={SECRET}", "--password", SECRET]


class RecorderContract(Contract):
    """All that recorders promise. Set `recorder_class`, and override `options` if need be.

    For example::

        class TestWeather(RecorderContract):
            recorder_class = Weather

            @pytest.fixture
            def options(self):
                return {"place": "Berlin"}
    """

    recorder_class: type[Recorder]

    @pytest.fixture
    def options(self) -> dict[str, Any]:
        """The options that the part is made with."""
        return {}

    @pytest.fixture
    def recorder(self, options: dict[str, Any]) -> Recorder:
        """The part under test."""
        return self.recorder_class(options)

    @pytest.fixture
    def run(self) -> Run:
        """A run that has begun."""
        return Run(
            track_id="first",
            table="default",
            location="runs.db",
            params={"lr": 0.1, "name": "wide"},
            started=datetime.now(UTC),
        )

    @pytest.fixture
    def have_run(self, recorder: Recorder, tmp_path: Path) -> Callable[[str], list[str]]:
        """Return a function that has a run with the recorder, and returns what was warned."""

        def have_run(track_id: str) -> list[str]:
            with warnings.catch_warnings(record=True) as caught:
                warnings.simplefilter("always")
                with Tracker(tmp_path / "runs.db", track_id=track_id, record=[recorder]) as tracker:
                    tracker.log({"loss": 0.5})
            ours = [each for each in caught if issubclass(each.category, XetrackWarning)]
            return [str(each.message) for each in ours]

        return have_run

    def test_signatures_are_those_of_the_interface(self) -> None:
        """It is made as all are."""
        assert [] == signature_differences(self.recorder_class, Recorder)

    def test_it_has_the_options_that_it_was_made_with(self, options: dict[str, Any]) -> None:
        """Such as `timeout`, which a tracker looks up there."""
        recorder = self.recorder_class({**options, "timeout": 30.0})
        assert {**options, "timeout": 30.0} == {**recorder.options}

    def test_facts_are_values_of_json(self, recorder: Recorder, run: Run) -> None:
        """At the begin and at the end: as JSON gives them back, with texts for names."""
        for facts in (recorder.begin(run), recorder.end(run)):
            assert {**facts} == json.loads(json.dumps({**facts}, allow_nan=False))

    def test_no_secret_is_in_the_facts(
        self, recorder: Recorder, run: Run, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """None of the environment, and none of the command line."""
        for name, value in _SECRETS.items():
            monkeypatch.setitem(os.environ, name, value)
        monkeypatch.setattr(sys, "argv", _COMMAND)
        monkeypatch.setattr(sys, "orig_argv", [sys.executable, *_COMMAND])
        facts = [{**recorder.begin(run)}, {**recorder.end(run)}]
        assert SECRET not in json.dumps(facts, default=repr)

    def test_a_run_gives_no_warning(self, have_run: Callable[[str], list[str]]) -> None:
        """Nothing raises in the thread of the recorders, and all of it is stored."""
        assert [] == have_run("first")

    def test_runs_may_follow_each_other(self, have_run: Callable[[str], list[str]]) -> None:
        """One part gets any number of runs, if a tracker goes on with another."""
        assert [[], [], []] == [have_run(name) for name in ("first", "second", "third")]

    def test_the_end_does_not_wait_long(self, recorder: Recorder, run: Run) -> None:
        """Whoever ends a program waits for what is not recorded yet."""
        began = time.perf_counter()
        recorder.begin(run)
        recorder.end(run)
        took = time.perf_counter() - began
        assert took < self.recorder_class.timeout, f"its facts took {took:.1f} seconds"
