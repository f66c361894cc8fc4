"""Tables, columns and their names."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from xetrack.errors import InvalidTableError, UnknownComponentError
from xetrack.interfaces.component import PartKind
from xetrack.interfaces.engine import Field
from xetrack.model.kinds import Kind, kind_of
from xetrack.model.names import (
    MAX_LENGTH,
    OWN,
    RESERVED,
    RESERVED_PREFIXES,
    column_name,
    fold,
)
from xetrack.plugins.registry import registry
from xetrack_testing.declared import must_raise
from xetrack_testing.engines.base import EngineFixtures
from xetrack_testing.rows import fields
from xetrack_testing.samples import KEYS, OF_EACH_KIND

if TYPE_CHECKING:
    from xetrack.interfaces.engine import Engine


class SchemaContract(EngineFixtures):
    """Which tables and columns there are. Holds for engines that keep no rows too."""

    def test_nothing_is_there_before_the_first_write(self, engine: Engine) -> None:
        """Asking for tables, columns and rows is no error, and the answers are empty."""
        assert ([], (), 0) == (engine.tables(), engine.columns("runs"), engine.count("runs"))

    def test_tables_come_in_the_order_they_were_made(self, engine: Engine) -> None:
        """No views, nothing internal, and a table without rows counts too."""
        for table in ("z", "default", "a"):
            engine.add_columns(table, fields([{"x": 1}]))
        engine.add_columns("z", fields([{"y": 1}]))
        assert ["z", "default", "a"] == engine.tables()

    def test_columns_come_in_the_order_they_were_added(self, engine: Engine) -> None:
        """The two that name a row come first; whatever order the fields have."""
        engine.add_columns("runs", fields([{"b": 1, "a": 1}]))
        engine.add_columns("runs", fields([{"a": 1, "c": 1}]))
        columns = engine.columns("runs")
        assert [*OWN, "b", "a", "c"] == [column.name for column in columns]
        assert [*OWN, "b", "a", "c"] == [column.key for column in columns]

    def test_a_column_tells_every_kind_that_was_written(self, engine: Engine) -> None:
        """A column reports every kind that was written, as readers choose types by it.

        None has no kind.
        """
        engine.add_columns("runs", fields([{"none": None, "all": 1}]))
        for value in OF_EACH_KIND:
            engine.add_columns("runs", fields([{"all": value}]))
        kinds = {column.key: column.kinds for column in engine.columns("runs")}
        assert frozenset() == kinds["none"]
        assert frozenset(map(kind_of, OF_EACH_KIND)) - {None} == kinds["all"]

    def test_a_key_gets_the_column_that_names_choose(self, engine: Engine) -> None:
        """Letters, digits and ``_`` stay; what clashes gets a number; 64 characters at most."""
        taken = set(map(fold, OWN))
        for key in ("loss", "Loss", "a b", "a_b", "a-b", "É", "é", "k" * 70, "k" * 71, "1st"):
            expected = column_name(key, taken)
            field = Field(key, frozenset({Kind.INT}))
            assert (expected,) == engine.add_columns("runs", [field]), key
            taken.add(fold(expected))

    def test_no_two_keys_share_a_column(self, engine: Engine) -> None:
        """Quotes, control characters, surrogates, words of SQL, names that differ in case."""
        asked = [Field(key, frozenset({Kind.INT})) for key in KEYS]
        names = engine.add_columns("runs", asked)
        assert len(KEYS) == len(set(map(fold, [*names, *OWN]))) - len(OWN)
        assert [] == [name for name in names if not 0 < len(name) <= MAX_LENGTH]

    def test_a_key_has_the_same_column_every_time(self, engine: Engine) -> None:
        """A key has the same column every time, in whatever order and for whatever kind."""
        first = [engine.add_columns("runs", fields([{key: 1}]))[0] for key in KEYS]
        asked = [Field(key, frozenset({Kind.TEXT})) for key in reversed(KEYS)]
        assert first == [*reversed(engine.add_columns("runs", asked))]
        assert len(OWN) + len(KEYS) == len(engine.columns("runs"))

    def test_a_dropped_table_is_gone(self, engine: Engine) -> None:
        """With its columns, while others stay; dropping it again does nothing."""
        for table in ("one", "two"):
            engine.add_columns(table, fields([{"x": 1}]))
        engine.drop("one")
        engine.drop("one")
        assert (["two"], ()) == (engine.tables(), engine.columns("one"))
        assert "x" in [column.name for column in engine.columns("two")]

    @pytest.mark.parametrize("name", [*RESERVED, *(f"{start}x" for start in RESERVED_PREFIXES)])
    def test_a_reserved_name_is_no_table(self, engine: Engine, name: str) -> None:
        """`InvalidTableError`, in any case, before and after there are tables; nothing is made."""
        for table in (name, name.upper(), "runs", name, name.title()):
            if table == "runs":
                engine.add_columns(table, fields([{"x": 1}]))
            else:
                must_raise(
                    InvalidTableError,
                    lambda: engine.add_columns(table, fields([{"x": 1}])),  # noqa: B023 - at once
                    f"columns for the table {table!r}",
                )
        assert (["runs"], ()) == (engine.tables(), engine.columns(name))

    @pytest.mark.parametrize("location", ["", " ", "\0", "nowhere/at all", "x" * 5_000, "s\udc80"])
    def test_whether_a_location_is_owned_is_never_an_error(self, location: str) -> None:
        """Every engine is asked about what any user typed, and nothing is there."""
        assert not self.engine_class.owns(location)

    def test_closing_twice_does_nothing(self, engine: Engine) -> None:
        """Neither before the first write, nor after."""
        engine.close()
        engine.close()
        engine.add_columns("runs", fields([{"x": 1}]))
        engine.close()
        engine.close()

    def test_the_asset_store_it_names_can_be_made(self, engine: Engine) -> None:
        """`asset_store` is None, or a store that takes this engine: resets and deletions ask it."""
        try:
            store_class = registry().load(PartKind.ASSET_STORE, engine.asset_store or "")
        except UnknownComponentError:  # none, or one that is not installed
            return
        engine.add_columns("runs", fields([{"x": 1}]))
        store = store_class(engine)
        assert (store.infos(), store.dereference(table="runs", track_id="run")) == ([], 0)
