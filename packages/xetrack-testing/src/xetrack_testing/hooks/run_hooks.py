"""The contract of run hooks: see `xetrack.interfaces.runs.hooks`, whose promises they hold."""

from __future__ import annotations

import time
import warnings
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

import pytest

from xetrack import Tracker, XetrackWarning
from xetrack.interfaces.runs.hooks import RunHooks, RunHookSpecs
from xetrack_testing.declared import Contract, signature_differences

if TYPE_CHECKING:
    from collections.abc import Callable

NAMES = [name for name in vars(RunHookSpecs) if not name.startswith("_")]
"""The methods that run hooks may have."""


class RunHooksContract(Contract):
    """All that run hooks promise. Set `hooks_class`, and override `options` if need be.

    For example::

        class TestMessages(RunHooksContract):
            hooks_class = Messages

            @pytest.fixture
            def options(self, server):
                return {"url": server.url}
    """

    hooks_class: type[RunHooks]

    @pytest.fixture
    def options(self) -> dict[str, Any]:
        """The options that the part is made with."""
        return {}

    @pytest.fixture
    def hooks(self, options: dict[str, Any]) -> RunHooks:
        """The part under test."""
        return self.hooks_class(options)

    @pytest.fixture
    def run(self, hooks: RunHooks) -> Callable[[BaseException | None], list[str]]:
        """Return a function that has a run, which an error may end, and returns what was warned."""

        def have_run(error: BaseException | None = None) -> list[str]:
            with warnings.catch_warnings(record=True) as caught:
                warnings.simplefilter("always")
                tracker = Tracker(Tracker.IN_MEMORY, {"p": [1]}, run_hooks=[hooks])
                tracker.log({"loss": 0.5})
                tracker.__exit__(type(error) if error else None, error, None)
            ours = [each for each in caught if issubclass(each.category, XetrackWarning)]
            return [str(each.message) for each in ours]

        return have_run

    def test_signatures_are_those_of_the_interface(self) -> None:
        """It is made as all are."""
        assert [] == signature_differences(self.hooks_class, RunHooks)

    def test_its_methods_take_arguments_that_there_are(self, hooks: RunHooks) -> None:
        """A tracker refuses others when it is made, and a part that has none of the methods."""
        Tracker(Tracker.IN_MEMORY, run_hooks=[hooks]).close()

    def test_no_method_is_misspelt(self) -> None:
        """One that is would never be called."""
        public = [name for name in dir(self.hooks_class) if name not in {*NAMES, *dir(RunHooks)}]
        near = {
            name: get_close_matches(name, NAMES, n=1, cutoff=0.75)
            for name in public
            if not name.startswith("_") and callable(getattr(self.hooks_class, name))
        }
        assert {} == {name: names[0] for name, names in near.items() if names}

    def test_a_run_that_ends_well_gives_no_warning(
        self, run: Callable[[BaseException | None], list[str]]
    ) -> None:
        """Nothing raises, and nothing takes longer than it may."""
        assert [] == run(None)

    @pytest.mark.parametrize("error", [ValueError("x"), KeyboardInterrupt(), OSError(2, "y")])
    def test_a_run_that_fails_gives_no_warning(
        self, run: Callable[[BaseException | None], list[str]], error: BaseException
    ) -> None:
        """Whatever ended it."""
        assert [] == run(error)

    def test_runs_may_follow_each_other(
        self, run: Callable[[BaseException | None], list[str]]
    ) -> None:
        """One part gets any number of runs, if a tracker goes on with another."""
        assert [[], [], []] == [run(None), run(ValueError("x")), run(None)]

    def test_a_run_does_not_wait_long(
        self, run: Callable[[BaseException | None], list[str]]
    ) -> None:
        """Whoever logs waits for the first call, and the end of the program for the last."""
        began = time.perf_counter()
        run(None)
        took = time.perf_counter() - began
        assert took < 2 * self.hooks_class.timeout, f"a run of one row took {took:.1f} seconds"
