"""Engines that break a promise about reading and changing rows."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from tests.testing.catalogue import caught_by
from xetrack.builtin.sqlite.engine import SQLiteEngine
from xetrack.builtin.sqlite.reading import select
from xetrack.errors import ColumnNotFoundError, TableNotFoundError
from xetrack.interfaces.engine import Selection
from xetrack.interfaces.query import Condition, Query
from xetrack.model.kinds import Kind


class Selecting(SQLiteEngine):
    """Alters the conditions of each question."""

    def altered(self, table, where):
        return where

    def read(self, table, query):
        return super().read(table, replace(query, where=tuple(self.altered(table, query.where))))

    def count(self, table, where=()):
        return super().count(table, self.altered(table, where))


@caught_by("test_columns_come_in_the_order_asked_for")
class ColumnsOnce(SQLiteEngine):
    """Gives no column twice."""

    def read(self, table, query):
        return super().read(
            table, replace(query, columns=query.columns and tuple(dict.fromkeys(query.columns)))
        )


@caught_by("test_a_condition_selects_the_cells_that_it_matches")
class TextsAreNumbers(Selecting):
    """Compares a text that looks like a number as one."""

    def altered(self, table, where):
        return [
            replace(one, value=int(one.value) if str(one.value).isdigit() else one.value)
            for one in where
        ]


@caught_by("test_a_condition_means_what_was_said_by_hand")
class Strict(Selecting):
    """Takes ``>=`` for ``>``."""

    def altered(self, table, where):
        return [replace(one, operator=one.operator.replace(">=", ">")) for one in where]


@caught_by("test_a_condition_selects_the_cells_that_it_matches")
class NothingEqualsNoNumber(Selecting):
    """Finds no cell that differs from a Decimal nan, as SQL would."""

    def altered(self, table, where):
        return [
            replace(one, value=None, operator="<") if str(one.value) == "NaN" else one
            for one in where
        ]


@caught_by("test_order_goes_by_value_whatever_the_kind")
class SortsTexts(SQLiteEngine):
    """Lets SQLite sort what it keeps as text: decimals, paths and datetimes."""

    def read(self, table, query):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(select, "is_sorted_exactly", lambda kinds: True)
            found = super().read(table, query)
            return Selection(found.columns, iter([*found.batches]))


@caught_by("test_a_column_of_one_kind_converts_nothing")
class Affinity(Selecting):
    """Makes a text of what is compared with texts, as SQLite does by itself."""

    def altered(self, table, where):
        texts = {one.name for one in self.columns(table) if one.kinds == {Kind.TEXT}}
        return [
            replace(one, value=str(one.value) if one.column in texts else one.value)
            for one in where
        ]


@caught_by("test_none_asks_for_missing_cells_and_nan_for_nan")
class NoneIsUnknown(Selecting):
    """Compares with None as SQL does: nothing differs from it."""

    def altered(self, table, where):
        return [
            Condition(one.column, "=", math.nan)
            if one.value is None and one.operator == "!="
            else one
            for one in where
        ]


@caught_by("test_all_conditions_must_hold")
class FirstCondition(Selecting):
    """Goes by one condition only."""

    def altered(self, table, where):
        return where[:1]


@caught_by("test_missing_cells_sort_last_and_equals_as_logged")
class MissingFirst(SQLiteEngine):
    """Sorts missing cells as if they were small."""

    def read(self, table, query):
        found = super().read(table, query)
        names = [one.name for one in found.columns]
        if query.order not in names:
            return found
        at = names.index(query.order)
        rows = [row for batch in found.batches for row in zip(*batch, strict=True)]
        rows.sort(key=lambda row: row[at] is not None)
        return Selection(found.columns, iter([list(zip(*rows, strict=True))]))


@caught_by("test_offset_limit_and_tail_combine")
class TailOfAll(SQLiteEngine):
    """Cuts the tail from the whole table."""

    def read(self, table, query):
        return super().read(table, query if query.tail is None else replace(query, offset=0))


@caught_by("test_tail_offset_and_limit_cut_what_fulfils_the_conditions")
class TurnsTheTail(SQLiteEngine):
    """Reads a tail from the end under a condition, and leaves it turned round."""

    def read(self, table, query):
        found = super().read(table, query)
        if query.tail is None or not query.where:
            return found
        batches = [[[*reversed(cells)] for cells in batch] for batch in found.batches]
        return Selection(found.columns, reversed(batches))


@caught_by("test_tail_offset_and_limit_cut_what_fulfils_the_conditions")
class LimitsTheScan(SQLiteEngine):
    """Looks for the conditions in the first rows only, as many as are asked for."""

    def read(self, table, query):
        if query.where and query.limit is not None and query.order is None:
            first = Condition("n", "<", query.offset + query.limit)
            query = replace(query, where=(*query.where, first))
        return super().read(table, query)


@caught_by("test_a_large_table_is_counted_read_and_changed_in_full")
class CountsUpTo(SQLiteEngine):
    """Counts as far as 10,000, as search servers do."""

    def count(self, table, where=()):
        return min(10_000, super().count(table, where))


@caught_by("test_a_large_table_is_counted_read_and_changed_in_full")
class ReadsUpTo(SQLiteEngine):
    """Reads 65,536 rows at most."""

    def read(self, table, query):
        return super().read(table, replace(query, limit=min(query.limit or 65_536, 65_536)))


@caught_by("test_a_large_table_is_counted_read_and_changed_in_full")
class DeletesAPage(SQLiteEngine):
    """Deletes a page of rows, and forgets that there is another."""

    def delete(self, table, where):
        chosen = super().read(table, Query(columns=("n",), where=tuple(where), limit=10_000))
        numbers = [n for (cells,) in chosen.batches for n in cells]
        last = [Condition("n", "<=", max(numbers))] if len(numbers) == 10_000 else []
        return super().delete(table, [*where, *last])


@caught_by("test_counting_agrees_with_reading")
class CountsMissing(SQLiteEngine):
    """Counts all rows where missing cells are asked for."""

    def count(self, table, where=()):
        return super().count(table, [one for one in where if one.value is not None])


@caught_by("test_the_columns_of_an_answer_tell_key_and_kinds")
class BareColumns(SQLiteEngine):
    """Gives the names of the columns only."""

    def read(self, table, query):
        found = super().read(table, query)
        columns = tuple(replace(one, key=one.name, kinds=frozenset()) for one in found.columns)
        return Selection(columns, found.batches)


@caught_by("test_an_answer_is_of_one_moment")
class Pages(SQLiteEngine):
    """Reads page by page, each at its own moment."""

    def read(self, table, query):
        if query != Query(columns=query.columns):
            return super().read(table, query)

        def batches():
            offset = 0
            while found := [
                *super(Pages, self).read(table, replace(query, offset=offset, limit=500)).batches
            ]:
                yield from found
                offset += 500

        return Selection(super().read(table, replace(query, limit=0)).columns, batches())


@caught_by("test_answers_are_read_by_turns_or_left")
class OneCursor(SQLiteEngine):
    """Has one cursor, and reads on where the last question has put it."""

    turn = 0

    def read(self, table, query):
        found = super().read(table, query)
        self.turn = mine = self.turn + 1
        batches = (batch for batch in found.batches if mine == self.turn)
        return Selection(found.columns, batches)


@caught_by("test_a_condition_means_what_was_said_by_hand")
class IgnoresSpaces(Selecting):
    """Compares texts without the spaces at their ends, as the standard of SQL says."""

    def count(self, table, where=()):
        names = {one.column for one in where}
        if not names:
            return super().count(table)
        batches = SQLiteEngine.read(self, table, Query(columns=tuple(names))).batches
        rows = [
            {name: cell.rstrip(" ") if type(cell) is str else cell for name, cell in cells}
            for batch in batches
            for cells in (zip(names, row, strict=True) for row in zip(*batch, strict=True))
        ]
        return len(Query(where=tuple(where)).apply(rows))


@caught_by("test_an_unknown_column_is_named")
class CountsNothing(SQLiteEngine):
    """Finds no row by a column that is not there."""

    def count(self, table, where=()):
        try:
            return super().count(table, where)
        except ColumnNotFoundError:
            return 0


@caught_by("test_an_unknown_table_is_named")
class EmptyTable(SQLiteEngine):
    """Reads no rows from a table that is not there."""

    def read(self, table, query):
        try:
            return super().read(table, query)
        except TableNotFoundError:
            return Selection((), iter(()))


@caught_by("test_a_table_has_any_name_or_is_refused")
class CleansTableNames(SQLiteEngine):
    """Gives a table another name, without a word."""

    def inserter(self, table, fields):
        return super().inserter(table.strip("\"';") or "x", fields)


@caught_by("test_an_update_sets_the_rows_named_and_counts_them")
class KeepsWhereNone(SQLiteEngine):
    """Takes None for no change."""

    def update(self, table, values, where):
        kept = {k: v for k, v in values.items() if v is not None}
        return super().update(table, kept, where) if kept else self.count(table, where)


@caught_by("test_an_update_of_no_row_counts_none")
class CountsOne(SQLiteEngine):
    """Says that at least one row was touched."""

    def update(self, table, values, where):
        return max(1, super().update(table, values, where))


@caught_by("test_conditions_see_rows_as_they_were_before")
class OneByOne(SQLiteEngine):
    """Sets column after column."""

    def update(self, table, values, where):
        return max(super(OneByOne, self).update(table, {k: v}, where) for k, v in values.items())


@caught_by("test_setting_an_unknown_column_changes_nothing")
class SetsTheKnown(SQLiteEngine):
    """Sets what it can before it complains."""

    def update(self, table, values, where):
        known = {one.name for one in self.columns(table)}
        if not known.issuperset(values):
            super().update(table, {k: v for k, v in values.items() if k in known}, where)
        return super().update(table, values, where)


@caught_by("test_a_delete_counts_the_rows_it_took")
class CountsWhatIsLeft(SQLiteEngine):
    """Says how many rows are left."""

    def delete(self, table, where):
        super().delete(table, where)
        return self.count(table)


@caught_by("test_nothing_of_a_deleted_row_is_left")
class Remembers(SQLiteEngine):
    """Gives missing cells of later rows what deleted ones had there."""

    deleted = False

    def delete(self, table, where):
        self.deleted = True
        return super().delete(table, where)

    def read(self, table, query):
        found = super().read(table, query)
        batches = [
            [[math.nan if self.deleted and cell is None else cell for cell in cells] for cells in b]
            for b in found.batches
        ]
        return Selection(found.columns, iter(batches))


@caught_by("test_a_table_made_again_is_new")
class KeepsColumns(SQLiteEngine):
    """Makes a table again with the columns it had."""

    dropped = ()

    def drop(self, table):
        self.dropped = [*self.dropped, *self.columns(table)]
        super().drop(table)

    def inserter(self, table, fields):
        for one in self.dropped:
            super().inserter(table, [*fields, replace(fields[0], key=one.key, kinds=one.kinds)])
        return super().inserter(table, fields)
