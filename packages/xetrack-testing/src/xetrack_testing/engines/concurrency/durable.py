"""What an acknowledged write is worth, and what crosses to other processes."""

from __future__ import annotations

import os
import pickle
from typing import TYPE_CHECKING, Any

import pytest

from xetrack.errors import XetrackError
from xetrack.interfaces.engine import Settings
from xetrack.model.names import DEFAULT_TABLE
from xetrack_testing.engines.base import EngineFixtures
from xetrack_testing.engines.syncs import count_syncs
from xetrack_testing.processes import together
from xetrack_testing.rows import cells, column, fields, log, read, where

if TYPE_CHECKING:
    from collections.abc import Callable

    from xetrack.interfaces.engine import Engine, Inserter
    from xetrack_testing.engines.base import Opened

NO_VALUE: Any = object()

WRONG: dict[str, Callable[[type[Engine], str], object]] = {
    "a table that is missing": lambda cls, at: read(cls(at, Settings()), "rums"),
    "a column that is missing": lambda cls, at: column(cls(at, Settings()), "n", order="los"),
    "a name that is reserved": lambda cls, at: log(cls(at, Settings()), {"n": 1}, table="events"),
    "a reader that writes": lambda cls, at: log(cls(at, Settings(read_only=True)), {"n": 1}),
    "a cell that is no value": lambda cls, at: log(cls(at, Settings()), {"n": [NO_VALUE]}),
}
"""What an engine refuses, with an error whose facts are the same in each process."""


def raised(
    number: int,  # noqa: ARG001 - of the process; there is but one
    engine_class: type[Engine],
    location: str,
) -> dict[str, Exception]:
    """Return the errors of `WRONG`, as they were raised.

    Parameters
    ----------
    number
        The number of the process.
    engine_class
        The engine under test.
    location
        Where its database is.
    """
    errors: dict[str, Exception] = {}
    for what, work in WRONG.items():
        try:
            work(engine_class, location)
        except Exception as error:  # noqa: BLE001 - whatever it is, it has to travel
            errors[what] = error
    return errors


class DurableContract(EngineFixtures):
    """An acknowledged row is stored for all, and errors keep their facts elsewhere."""

    @pytest.fixture
    def count_syncs(self) -> Callable[..., dict[str, int]]:
        """Count the syncs of some steps; see `xetrack_testing.engines.syncs.count_syncs`.

        By default the system calls of a child process are counted. Override it where a server
        syncs: return a function with the same parameters.
        """
        return count_syncs

    @pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
    @pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
    def test_full_durability_syncs_each_write(
        self, opened: Opened, location: str, count_syncs: Callable[..., dict[str, int]]
    ) -> None:
        """With ``durability="full"`` no write returns before it is on the disk.

        A row, a batch, a transaction, a change and a deletion are synced at least once each.
        """
        log(opened(), {"n": 0})
        made: list[Inserter] = []

        def prepare() -> Engine:
            engine = self.engine_class(location, Settings(durability="full"))
            made.append(engine.inserter(DEFAULT_TABLE, fields([{"n": 1}])))
            made[0].write([cells({"n": 1}, "n")])
            return engine

        def append(engine: Engine) -> None:
            with engine.lock:
                made[0].append(cells({"n": 3}, "n"))

        def transaction(engine: Engine) -> None:
            with engine.transaction():
                log(engine, {"n": 4})

        steps: dict[str, Callable[[Engine], object]] = {
            "write": lambda _: made[0].write([cells({"n": 2}, "n")]),
            "append": append,
            "a transaction": transaction,
            "update": lambda engine: engine.update(DEFAULT_TABLE, {"n": 5}, [where("n", 4)]),
            "delete": lambda engine: engine.delete(DEFAULT_TABLE, [where("n", 5)]),
        }
        counts = count_syncs(prepare, steps)
        assert [0, 1, 2, 3] == column(opened(), "n")
        unsynced = [what for what in steps if not counts[what]]
        assert not unsynced, "these returned without a sync"

    def test_an_appended_row_is_there_for_others_at_once(self, opened: Opened) -> None:
        """Trackers append each row that they log; others read and count it when it returns."""
        engine, other = opened(), opened()
        inserter = engine.inserter(DEFAULT_TABLE, fields([{"n": 1}]))
        for n in range(3):
            with engine.lock:
                inserter.append(cells({"n": n}, "n"))
            assert n + 1 == other.count(DEFAULT_TABLE), "a row that was appended is not stored"
            assert [*range(n + 1)] == column(other, "n")
            assert n + 1 == engine.count(DEFAULT_TABLE)

    def test_settings_and_errors_go_to_other_processes_and_back(
        self, opened: Opened, location: str
    ) -> None:
        """An error that a worker raises arrives with its type, its text and its facts."""
        for settings in (Settings(), Settings(read_only=True, timeout=1.5, durability="full")):
            assert settings == pickle.loads(pickle.dumps(settings))  # noqa: S301
        log(opened(), {"n": 0})
        (elsewhere,) = together(raised, self.engine_class, location, processes=1)
        here = raised(0, self.engine_class, location)
        assert [*WRONG] == [*here] == [*elsewhere], "something that is wrong was not refused"
        for what, error in elsewhere.items():
            facts = [(type(each), str(each), _facts(each)) for each in (here[what], error)]
            assert facts[0] == facts[1], f"{what} lost something on its way"
        assert [0] == column(opened(), "n")


def _facts(error: Any) -> object:
    if not isinstance(error, XetrackError):
        return None
    return {name: repr(fact) for name, fact in vars(error).items() if " at 0x" not in repr(fact)}
