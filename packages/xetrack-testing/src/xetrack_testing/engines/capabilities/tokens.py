"""Tokens: a program that shows a table learns cheaply whether it has changed."""

from __future__ import annotations

import time
from contextlib import closing
from typing import TYPE_CHECKING

from xetrack.interfaces.engine import Engine, Settings
from xetrack.model.names import DEFAULT_TABLE
from xetrack_testing.engines.base import EngineFixtures
from xetrack_testing.hangs.patience import allowed
from xetrack_testing.processes import together
from xetrack_testing.rows import fields, log, read, where

if TYPE_CHECKING:
    from collections.abc import Callable

    from xetrack_testing.engines.base import Opened

_QUIET = 1.0
"""Seconds without a change after which a database counts as quiet."""


def settled(engine: Engine, table: str = DEFAULT_TABLE) -> str:
    """Return the token once it stays equal: an engine may tidy up soon after a write.

    Parameters
    ----------
    engine
        Asked again and again.
    table
        Name of the table.
    """
    token, since = engine.change_token(table), time.monotonic()
    deadline = since + allowed(20)
    while time.monotonic() - since < _QUIET:
        assert time.monotonic() < deadline, "the token changes though nobody writes"
        time.sleep(0.02)
        latest = engine.change_token(table)
        if latest != token:
            token, since = latest, time.monotonic()
    return token


def writes(engine: Engine) -> dict[str, Callable[[], object]]:
    """Return what changes a table, in an order in which each is a change.

    Parameters
    ----------
    engine
        Makes the changes.
    """
    return {
        "the first row": lambda: log(engine, {"x": 0}),
        "a row": lambda: log(engine, {"x": 1}),
        "a batch": lambda: log(engine, {"x": 2}, {"x": 3}, run="other"),
        "a column": lambda: engine.add_columns(DEFAULT_TABLE, fields([{"y": 1}])),
        "a wider column": lambda: engine.add_columns(DEFAULT_TABLE, fields([{"y": "text"}])),
        "a cell": lambda: engine.update(DEFAULT_TABLE, {"x": 7}, [where("x", 1)]),
        "a delete": lambda: engine.delete(DEFAULT_TABLE, [where("x", 2)]),
        "a drop": lambda: engine.drop(DEFAULT_TABLE),
        "a table made anew": lambda: log(engine, {"x": 0}),
    }


def write_elsewhere(_: int, engine_class: type[Engine], location: str, change: str) -> None:
    """Make one change in a process of its own.

    Parameters
    ----------
    _
        The number of the process.
    engine_class, location
        What to open there.
    change
        A key of `writes`.
    """
    with closing(engine_class(location, Settings())) as engine:
        writes(engine)[change]()


class TokensContract(EngineFixtures):
    """What `Engine.change_token` promises of one engine object."""

    def expected(self) -> list[str]:
        """Return the changes that the engine's token must show, of those in `writes`.

        The token that `Engine` has by itself sees no cell that is set in place.
        """
        changes = [*writes(None)]  # type: ignore[arg-type]  # none of them is called
        if self.engine_class.change_token is Engine.change_token:
            changes.remove("a cell")
        return changes

    def test_a_token_differs_after_each_change(self, engine: Engine) -> None:
        """No two of the moments between changes have one token, rows, cells and columns alike."""
        tokens = [engine.change_token(DEFAULT_TABLE)]
        for change, write in writes(engine).items():
            write()
            token = engine.change_token(DEFAULT_TABLE)
            assert change not in self.expected() or token not in tokens, change
            tokens.append(token)

    def test_a_token_stays_while_nobody_writes(self, engine: Engine) -> None:
        """Reading, counting and asking change nothing; nor does a table that does not exist."""
        assert engine.change_token("nowhere") == engine.change_token("nowhere")
        log(engine, *({"x": n} for n in range(3_000)))
        token = settled(engine)
        assert 3_000 == len(read(engine))
        assert 1 == engine.count(DEFAULT_TABLE, [where("x", 1)])
        assert [DEFAULT_TABLE] == engine.tables()
        assert token == engine.change_token(DEFAULT_TABLE)


class SharedTokensContract(TokensContract):
    """What it promises of a location that several engines have open."""

    def test_a_token_differs_after_changes_of_another_engine(self, opened: Opened) -> None:
        """Another object on the same location, in this process."""
        watching, writing = opened(), opened()
        tokens = [watching.change_token(DEFAULT_TABLE)]
        for change, write in writes(writing).items():
            write()
            token = watching.change_token(DEFAULT_TABLE)
            assert change not in self.expected() or token not in tokens, change
            tokens.append(token)

    def test_a_token_differs_after_changes_of_another_process(
        self, opened: Opened, location: str
    ) -> None:
        """Another process that opens the location, changes one thing and ends."""
        watching = opened()
        tokens = [watching.change_token(DEFAULT_TABLE)]
        for change in writes(watching):
            together(write_elsewhere, self.engine_class, location, change, processes=1)
            token = watching.change_token(DEFAULT_TABLE)
            assert change not in self.expected() or token not in tokens, change
            tokens.append(token)

    def test_a_reader_sees_changes_and_makes_none(self, opened: Opened) -> None:
        """An engine for reading only has tokens too; asking is no change for others."""
        writing = opened()
        log(writing, {"x": 0})
        reading = opened(read_only=True)
        before, token = settled(writing), settled(reading)
        assert 1 == len(read(reading))
        assert (before, token) == (
            *(writing.change_token(DEFAULT_TABLE), reading.change_token(DEFAULT_TABLE)),
        )
        log(writing, {"x": 1})
        assert token != reading.change_token(DEFAULT_TABLE)
