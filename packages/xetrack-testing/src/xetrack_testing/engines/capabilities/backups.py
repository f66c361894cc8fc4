"""The capability to back up: a whole copy of one moment, whatever others write meanwhile."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from xetrack.errors import DatabaseNotFoundError
from xetrack.interfaces.engine import Engine, Settings
from xetrack.interfaces.engines.capabilities import BacksUp
from xetrack_testing.declared import must_raise
from xetrack_testing.engines.base import EngineFixtures
from xetrack_testing.processes import meanwhile
from xetrack_testing.rows import column, log, read

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from xetrack_testing.engines.base import Opened


class BacksUpContract(EngineFixtures):
    """Inherit it beside the contract of engines."""

    @pytest.fixture
    def copied(self, tmp_path: Path) -> Iterator[Callable[[Engine], Engine]]:
        """Back up an engine's database, and open the copy where it was moved to.

        Parameters
        ----------
        tmp_path
            A folder of the test's own, made by pytest; the copy is made and moved in it.
        """
        engines = []

        def copy(engine: Engine) -> Engine:
            assert isinstance(engine, BacksUp), (
                "an engine with this capability also extends BacksUp"
            )
            made, place = tmp_path / "made", tmp_path / "place"
            made.mkdir()
            engine.backup(str(made / "copy"))
            files = {f"copy{ending}" for ending in engine.endings}
            assert {path.name for path in made.iterdir()} <= files, "a file that `endings` lacks"
            made.rename(place)
            engines.append(self.engine_class(str(place / "copy"), Settings()))
            return engines[-1]

        yield copy
        for engine in engines:
            engine.close()

    def test_a_backup_has_all_rows_and_tables(
        self, engine: Engine, opened: Opened, copied: Callable[[Engine], Engine]
    ) -> None:
        """A backup has all rows and tables, changed and of others, and is a database by itself."""
        log(engine, {"n": 1, "text": "one"}, {"n": 2, "text": None}, run="kept")
        log(engine, {"n": 3, "other": 0.5}, table="second")
        engine.update("second", {"n": 4}, [])
        log(opened(), {"n": 5})
        copy = copied(engine)
        for table in engine.tables():
            assert read(engine, table) == read(copy, table), table
        assert engine.tables() == copy.tables()
        log(copy, {"n": 6})
        log(engine, {"n": 7})
        assert [1, 2, 5, 6] == column(copy, "n"), "it takes rows, and none of the original's"
        assert [1, 2, 5, 7] == column(engine, "n")

    def test_a_backup_is_of_one_moment(
        self, engine: Engine, opened: Opened, copied: Callable[[Engine], Engine]
    ) -> None:
        """What others write meanwhile is there as a whole or not at all."""
        other = opened()
        pairs = 0

        def write() -> None:
            nonlocal pairs
            with other.transaction():
                log(other, {"n": pairs}, table="first")
                log(other, {"n": pairs}, table="second")
            pairs += 1

        stop = threading.Event()

        def go_on() -> None:
            while not stop.is_set():
                write()

        write()
        with meanwhile(go_on):
            stored = pairs
            try:
                copy = copied(engine)
            finally:
                stop.set()
        first = column(copy, "n", "first")
        assert [*range(len(first))] == first
        assert first == column(copy, "n", "second"), "two tables that were written as one"
        assert len(first) >= stored, "a row is missing that was stored before"

    def test_nothing_cannot_be_backed_up(self, engine: Engine, tmp_path: Path) -> None:
        """An error says that there is no database, and no file comes."""
        assert isinstance(engine, BacksUp), "an engine with this capability also extends BacksUp"
        must_raise(
            DatabaseNotFoundError, lambda: engine.backup(str(tmp_path / "copy")), "no database"
        )
        assert not [*tmp_path.glob("copy*")]
