"""One location, several engines: closed and opened again, or open at once."""

from __future__ import annotations

import math
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from xetrack.errors import DatabaseNotFoundError, NotADatabaseError, ReadOnlyError
from xetrack.interfaces.engine import Settings
from xetrack.model.names import DEFAULT_TABLE
from xetrack_testing.declared import must_raise
from xetrack_testing.engines.base import EngineFixtures
from xetrack_testing.rows import cells, column, exact, fields, log, read, same
from xetrack_testing.samples import VALUES

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from xetrack.interfaces.engine import Engine
    from xetrack.model.kinds import Value
    from xetrack_testing.engines.base import Opened


def prepared(engine: Engine, **row: Value) -> Callable[[], None]:
    """Return a function that writes one row, by an insert that is prepared now.

    Parameters
    ----------
    engine
        The engine that prepares it.
    **row
        Cells by key.
    """
    inserter = engine.inserter(DEFAULT_TABLE, fields([row]))
    return lambda: inserter.write([cells(row, row)])


def tree(folder: Path) -> dict[str, int]:
    """Return the files and folders beneath a folder, with their sizes.

    Parameters
    ----------
    folder
        Where to look.

    Returns
    -------
    dict[str, int]
        The size in bytes of each path beneath it.
    """
    return {str(path): path.is_file() and path.stat().st_size for path in folder.rglob("*")}


class SharingContract(EngineFixtures):
    """What lies at a location is the same for every engine that opens it."""

    @pytest.fixture
    def unreadable(self, tmp_path: Path) -> str:
        """A location where something is that the engine cannot read.

        Parameters
        ----------
        tmp_path
            A folder of the test's own, made by pytest.
        """
        path = tmp_path / "unreadable"
        path.write_bytes(b"\x89 something else\n" * 100)
        return str(path)

    def test_a_closed_database_is_there_again(self, opened: Opened) -> None:
        """Tables, columns, kinds, order and values, as they were."""
        first = opened()
        log(first, VALUES)
        log(first, {"x": 1}, {"x": "x"}, table="other")
        before = [first.tables(), first.columns(DEFAULT_TABLE), first.columns("other")]
        rows = [exact(row) for row in read(first)]
        first.close()
        again = opened()
        assert before == [again.tables(), again.columns(DEFAULT_TABLE), again.columns("other")]
        assert rows == [exact(row) for row in read(again)]
        assert [1, "x"] == column(again, "x", "other")

    def test_an_engine_that_was_closed_goes_on(self, opened: Opened) -> None:
        """A later call opens anew, and an insert from before still works."""
        engine = opened()
        write = prepared(engine, x=1)
        write()
        engine.close()
        assert [1] == column(engine, "x")
        engine.close()
        write()
        assert [1, 1] == column(engine, "x")

    def test_a_location_is_owned_once_it_has_a_row(self, opened: Opened, location: str) -> None:
        """A location is owned from its first row on, whether an engine has it open or not."""
        assert not self.engine_class.owns(location)
        engine = opened()
        assert not self.engine_class.owns(location)
        log(engine, {"x": 1})
        assert self.engine_class.owns(location)
        engine.close()
        assert self.engine_class.owns(location)

    def test_nothing_is_made_before_the_first_write(self, opened: Opened, tmp_path: Path) -> None:
        """Opening, listing, counting, closing and dropping leave the folder as it was."""
        before = tree(tmp_path)
        engine = opened()
        assert ([], (), 0) == (engine.tables(), engine.columns("x"), engine.count("x"))
        engine.drop("x")
        engine.close()
        assert before == tree(tmp_path)

    def test_reading_only_needs_a_database(self, opened: Opened, tmp_path: Path) -> None:
        """Where nothing is, it is a `DatabaseNotFoundError`, and nothing is made there."""
        before = tree(tmp_path)
        with pytest.raises(DatabaseNotFoundError):
            opened(read_only=True)
        assert before == tree(tmp_path)

    def test_reading_before_the_first_row_is_a_typed_error(self, opened: Opened) -> None:
        """`DatabaseNotFoundError` or `TableNotFoundError`; both are `LookupError` or alike."""
        with pytest.raises((DatabaseNotFoundError, LookupError)):
            read(opened())

    def test_reading_only_refuses_every_change(self, opened: Opened, tmp_path: Path) -> None:
        """With a `ReadOnlyError`, also where nothing would change; reading works."""
        writer = opened()
        log(writer, {"x": 1}, {"x": math.nan})
        writer.close()
        before = tree(tmp_path)
        reader = opened(read_only=True)
        for what, change in {
            "add_columns": lambda: reader.add_columns(DEFAULT_TABLE, fields([{"x": 1}])),
            "inserter": lambda: reader.inserter(DEFAULT_TABLE, fields([{"y": 1}])),
            "update": lambda: reader.update(DEFAULT_TABLE, {"x": 2}, []),
            "delete": lambda: reader.delete(DEFAULT_TABLE, []),
            "drop": lambda: reader.drop(DEFAULT_TABLE),
        }.items():
            must_raise(ReadOnlyError, change, f"{what} of an engine that only reads")
        assert [exact(1), exact(math.nan)] == [exact(cell) for cell in column(reader, "x")]
        reader.close()
        assert before == tree(tmp_path)

    def test_what_is_no_database_is_refused_and_left_alone(
        self, unreadable: str, tmp_path: Path
    ) -> None:
        """`NotADatabaseError` when it is opened, or at the latest when it is first used."""
        before = tree(tmp_path)

        def use(*, read_only: bool) -> None:
            engine = self.engine_class(unreadable, Settings(read_only=read_only))
            with closing(engine):
                if read_only:
                    engine.tables()
                else:
                    log(engine, {"x": 1})

        for read_only in (True, False):
            what = f"opening it with read_only={read_only}"
            must_raise(NotADatabaseError, lambda: use(read_only=read_only), what)  # noqa: B023
        assert not self.engine_class.owns(unreadable)
        assert before == tree(tmp_path)

    def test_engines_see_each_others_rows_at_once(self, opened: Opened) -> None:
        """A row is there for all when `write` has returned, and so is a change."""
        engine, other = opened(), opened()
        log(engine, {"x": 1})
        assert [1] == column(other, "x")
        assert 1 == engine.count(DEFAULT_TABLE) == other.count(DEFAULT_TABLE)
        log(other, {"x": 2, "y": "new"})
        assert [{"x": 1, "y": None}, {"x": 2, "y": "new"}] == read(engine)
        assert 2 == engine.count(DEFAULT_TABLE), "rows of another engine are not counted"
        assert "y" in [column.name for column in engine.columns(DEFAULT_TABLE)]
        assert 2 == other.update(DEFAULT_TABLE, {"x": 3}, [])
        assert [3, 3] == column(engine, "x")
        engine.drop(DEFAULT_TABLE)
        assert [] == other.tables()

    @pytest.mark.parametrize(
        ("first", "later"),
        [
            (1, [0.5, "007", True, 10**30, math.nan]),
            (True, [5, 0.5, "x"]),
            (0.5, [1, True, 2**60, "x", math.nan]),
            ("x", [1, b"x", [1], "\ud800"]),
            (None, [math.nan, 1]),
            ([1], ["[1]", 1]),
        ],
        ids=["int", "bool", "float", "text", "none", "list"],
    )
    def test_an_insert_goes_on_while_others_widen_its_column(
        self, opened: Opened, first: Value, later: list[Value]
    ) -> None:
        """It was prepared before; it writes, and all cells mean what they did."""
        engine, other = opened(), opened()
        write = prepared(engine, x=first)
        write()
        expected = [first]
        for value in later:
            log(other, {"x": value})
            write()
            expected += [value, first]
        for reader in (other, engine):
            stored = column(reader, "x")
            assert same(expected, stored), f"{expected} came back as {stored}"

    def test_an_insert_finds_its_table_dropped(self, opened: Opened) -> None:
        """It makes it again, or writes into the one that another engine made meanwhile."""
        engine, other = opened(), opened()
        write = prepared(engine, x=[1], y=1)
        write()
        other.drop(DEFAULT_TABLE)
        write()
        assert [{"x": [1], "y": 1}] == read(other)
        other.drop(DEFAULT_TABLE)
        log(other, {"y": "text"})
        write()
        assert [{"y": "text", "x": None}, {"y": 1, "x": [1]}] == read(other)

    def test_columns_asked_for_are_there(self, opened: Opened) -> None:
        """`add_columns` looks at the database, not at what was there before."""
        engine, other = opened(), opened()
        log(engine, {"x": 1})
        other.drop(DEFAULT_TABLE)
        assert "x" in engine.add_columns(DEFAULT_TABLE, fields([{"x": 1}]))
        assert "x" in [column.name for column in other.columns(DEFAULT_TABLE)]
