"""Engines that break a promise about tables, columns, keys and values."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path

from tests.testing.catalogue import caught_by
from xetrack.builtin.sqlite.engine import SQLiteEngine
from xetrack.errors import StorageError, TableNotFoundError
from xetrack.interfaces.engine import Field, Selection
from xetrack.model.kinds import Kind
from xetrack.model.names import fold


class Answering(SQLiteEngine):
    """Alters the cells of each answer."""

    def altered(self, column, cell):
        return cell

    def read(self, table, query):
        found = super().read(table, query)
        batches = [
            [
                [self.altered(column, cell) for cell in cells]
                for column, cells in zip(found.columns, batch, strict=True)
            ]
            for batch in found.batches
        ]
        return Selection(found.columns, iter(batches))


class Renaming(SQLiteEngine):
    """Alters the keys that are asked for."""

    def renamed(self, field):
        return field.key

    def ensure_columns(self, table, fields):
        return super().ensure_columns(
            table, [Field(self.renamed(one), one.kinds) for one in fields]
        )


@caught_by("test_signatures_are_those_of_the_interface")
class OtherParameters(SQLiteEngine):
    """Names a parameter in another way."""

    def delete(self, table, conditions):
        return super().delete(table, conditions)


@caught_by("test_the_asset_store_it_names_can_be_made")
class NamesAnothersStore(SQLiteEngine):
    """Names a store that takes engines of PostgreSQL only."""

    asset_store = "postgres"


@caught_by("test_nothing_is_there_before_the_first_write")
class AsksTooMuch(SQLiteEngine):
    """Takes a missing table for an error."""

    def columns(self, table):
        found = super().columns(table)
        if not found:
            raise TableNotFoundError(table, self.location, [])
        return found


@caught_by("test_tables_come_in_the_order_they_were_made")
class SortsTables(SQLiteEngine):
    """Lists tables by name."""

    def tables(self):
        return sorted(super().tables())


@caught_by("test_columns_come_in_the_order_they_were_added")
class SortsColumns(SQLiteEngine):
    """Lists columns by name."""

    def columns(self, table):
        return tuple(sorted(super().columns(table), key=lambda one: one.name))


@caught_by("test_a_column_tells_every_kind_that_was_written")
class TellsOneKind(SQLiteEngine):
    """Forgets that a column holds several kinds."""

    def columns(self, table):
        found = super().columns(table)
        return tuple(replace(one, kinds=frozenset(sorted(one.kinds)[:1])) for one in found)


@caught_by("test_a_key_gets_the_column_that_names_choose")
class NamesInItsWay(Renaming):
    """Makes names of keys by a rule of its own."""

    def renamed(self, field):
        return field.key.replace("-", "minus")


@caught_by("test_no_two_keys_share_a_column")
class FoldsKeys(Renaming):
    """Takes keys that differ in case for one."""

    def renamed(self, field):
        return fold(field.key)


@caught_by("test_a_key_has_the_same_column_every_time")
class ColumnForEachKind(Renaming):
    """Gives a key another column for another kind."""

    def renamed(self, field):
        return field.key + ("_text" if field.kinds == {Kind.TEXT} and field.key[0] != "t" else "")


@caught_by("test_a_dropped_table_is_gone")
class EmptiesOnly(SQLiteEngine):
    """Deletes the rows of a table instead of the table."""

    def drop(self, table):
        if table in self.tables():
            self.delete(table, [])


@caught_by("test_a_reserved_name_is_no_table")
class RenamesTables(SQLiteEngine):
    """Gives a table with the name of an internal one another name."""

    def add_columns(self, table, fields):
        return super().add_columns("t" if table.lower() == "keys" else table, fields)


@caught_by("test_whether_a_location_is_owned_is_never_an_error")
class Looks(SQLiteEngine):
    """Looks at whatever it is asked about as if it were a file."""

    @classmethod
    def owns(cls, location):
        return Path(location.strip() or "none").stat().st_size > 0


@caught_by("test_closing_twice_does_nothing")
class ClosesOnce(SQLiteEngine):
    """Takes a second close for an error."""

    closed = False

    def close(self):
        if self.closed:
            raise RuntimeError("closed already")
        self.closed = True
        super().close()


@caught_by("test_a_value_of_every_kind_comes_back")
class LosesTimeZones(Answering):
    """Gives times without their zone."""

    def altered(self, column, cell):
        return cell.replace(tzinfo=None) if type(cell) is datetime else cell


@caught_by("test_a_value_of_every_kind_comes_back")
class RoundsDurations(Answering):
    """Gives durations to the millisecond."""

    def altered(self, column, cell):
        if type(cell) is not timedelta:
            return cell
        return timedelta(milliseconds=cell // timedelta(milliseconds=1))


@caught_by("test_a_value_of_every_kind_comes_back")
class LosesNanInLists(Answering):
    """Gives null for a nan in a list, as JSON has none."""

    def altered(self, column, cell):
        if type(cell) is not list:
            return cell
        return [None if type(one) is float and math.isnan(one) else one for one in cell]


@caught_by("test_a_value_of_every_kind_comes_back")
class StripsTexts(Answering):
    """Gives texts without the spaces around them."""

    def altered(self, column, cell):
        return cell.strip(" ") if type(cell) is str else cell


@caught_by("test_a_value_of_every_kind_comes_back")
class NormalizesDecimals(Answering):
    """Gives decimals without the exponent that they had."""

    def altered(self, column, cell):
        return Decimal(f"{cell:f}") if type(cell) is Decimal and cell.is_finite() else cell


@caught_by("test_a_value_of_every_kind_comes_back")
class FlushesToZero(Answering):
    """Gives 0 for the least floats, as machines set for speed do."""

    def altered(self, column, cell):
        return 0.0 if type(cell) is float and abs(cell) < 2.3e-308 else cell


@caught_by("test_long_cells_come_back_whole")
class CutsTexts(Answering):
    """Gives no more than a MiB of a text."""

    def altered(self, column, cell):
        return cell[: 2**20] if type(cell) is str else cell


@caught_by("test_any_two_kinds_share_a_column")
class BoolsAmongInts(Answering):
    """Makes 1 of True in columns that hold integers too."""

    def altered(self, column, cell):
        return int(cell) if type(cell) is bool and Kind.INT in column.kinds else cell


@caught_by("test_any_kinds_share_a_column_in_any_order")
class RoundsInMixtures(Answering):
    """Makes floats of decimals where a column holds three kinds or more."""

    def altered(self, column, cell):
        return float(cell) if type(cell) is Decimal and len(column.kinds) > 2 else cell


@caught_by("test_big_integers_are_exact_beside_floats")
class RoundsIntegers(Answering):
    """Keeps integers beside floats as floats."""

    def altered(self, column, cell):
        return float(cell) if type(cell) is int and Kind.FLOAT in column.kinds else cell


@caught_by("test_a_missing_cell_is_none_and_a_nan_is_a_nan")
class LosesNan(Answering):
    """Gives missing cells for nan, as databases do."""

    def altered(self, column, cell):
        return None if type(cell) is float and math.isnan(cell) else cell


@caught_by("test_cells_are_the_callers_own")
class RemembersLists(Answering):
    """Gives the same list each time that it reads an equal one."""

    def __init__(self, location, settings):
        super().__init__(location, settings)
        self.lists = {}

    def altered(self, column, cell):
        return self.lists.setdefault(repr(cell), cell) if type(cell) is list else cell


@caught_by("test_rows_come_back_in_the_order_they_were_logged")
class SortsByTime(SQLiteEngine):
    """Gives rows by their timestamps."""

    def read(self, table, query):
        return super().read(table, replace(query, order=query.order or "timestamp"))


@caught_by("test_hostile_keys_come_back")
class CutsKeys(Renaming):
    """Takes keys of one beginning for one."""

    def renamed(self, field):
        return field.key[:100]


@caught_by("test_any_texts_are_keys")
class LatinKeys(Renaming):
    """Replaces characters that are not in Latin 1."""

    def renamed(self, field):
        return field.key.encode("latin-1", "replace").decode("latin-1")


@caught_by("test_a_row_may_have_thousands_of_keys")
class LimitOfColumns(SQLiteEngine):
    """Has as many columns as the database, and no more."""

    def ensure_columns(self, table, fields):
        if len(fields) > 2_000:
            raise StorageError(self.location, "Adding columns to", "too many columns")
        return super().ensure_columns(table, fields)


@caught_by("test_no_promise_is_replaced_without_a_reason")
class Silenced(SQLiteEngine):
    """Nothing is wrong with it; but its class of tests leaves one out."""

    body = ("def test_a_dropped_table_is_gone(self): pass",)
