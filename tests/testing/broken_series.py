"""Engines that break a promise about series, and about tokens of change."""

from __future__ import annotations

import os
from dataclasses import replace
from itertools import count

from tests.testing.catalogue import caught_by
from xetrack.builtin.sqlite.engine import SQLiteEngine
from xetrack.errors import ColumnNotFoundError, StorageError
from xetrack.interfaces.engines.series.tokens import counted
from xetrack.interfaces.query import Condition
from xetrack.model.names import TIMESTAMP


class Altering(SQLiteEngine):
    """Alters the values of each bucket."""

    def altered(self, values):
        return values

    def read_series(self, table, query):
        for bucket in super().read_series(table, query):
            yield bucket._replace(values=tuple(map(self.altered, bucket.values)))


@caught_by("test_a_bucket_says_what_was_said_by_hand")
class NanIsMissing(Altering):
    """Takes nan for a missing cell, as its database stores it."""

    def altered(self, values):
        return values._replace(nan=0, missing=values.missing + values.nan)


@caught_by("test_buckets_are_those_that_python_computes")
class SmallestIsFirst(Altering):
    """Gives the smallest number as the first one."""

    def altered(self, values):
        return values._replace(first=values.minimum)


@caught_by("test_a_sum_beyond_all_floats_has_a_mean")
class InfiniteMean(Altering):
    """Sums plainly, to infinity."""

    def altered(self, values):
        large = values.mean is not None and abs(values.mean) > 1e307
        return values._replace(mean=float("inf")) if large else values


@caught_by("test_no_spike_is_lost")
class Sampling(SQLiteEngine):
    """Reads one row of ten where there are many."""

    def read_series(self, table, query):
        if self.count(table) > 3_000:
            some = tuple(Condition("y", "!=", spike) for spike in (1e6, -1e6))
            query = replace(query, where=(*query.where, *some))
        return super().read_series(table, query)


@caught_by("test_both_ends_of_a_range_are_in_it")
class OpenEnd(SQLiteEngine):
    """Leaves the high end of a range out."""

    def read_series(self, table, query):
        for bucket in super().read_series(table, query):
            if query.high is None or bucket.low < query.high:
                yield bucket


@caught_by("test_a_row_without_a_number_on_the_axis_is_in_no_bucket")
class MissingIsZero(SQLiteEngine):
    """Puts rows without a place at the low end."""

    def read_series(self, table, query):
        rows = self.count(table)
        for at, bucket in enumerate(super().read_series(table, query)):
            whole = query.x is not None and query.buckets == 1 and at == 0
            yield bucket._replace(rows=rows) if whole else bucket


@caught_by("test_without_an_axis_rows_of_each_run_are_counted")
class CountsFromOne(SQLiteEngine):
    """Numbers the rows of a run from 1."""

    def read_series(self, table, query):
        for bucket in super().read_series(table, query):
            shift = query.x is None
            yield bucket._replace(low=bucket.low + shift, high=bucket.high + shift)


@caught_by("test_a_timestamp_is_seconds_since_1970")
class WithoutOffset(SQLiteEngine):
    """Takes the stamp of a row for UTC, whatever stands beside it."""

    def read_series(self, table, query):
        for bucket in super().read_series(table, query):
            yield bucket._replace(high=bucket.high + 3_600) if query.x == TIMESTAMP else bucket


@caught_by("test_a_series_of_nothing_is_named")
class EmptyWithoutColumns(SQLiteEngine):
    """Finds nothing where there is no such column."""

    def read_series(self, table, query):
        try:
            return super().read_series(table, query)
        except ColumnNotFoundError:
            return iter(())


@caught_by("test_spans_are_those_of_the_rows")
class LastStretch(SQLiteEngine):
    """Knows of a run that was resumed only where it began last."""

    def read_spans(self, table):
        spans = super().read_spans(table)
        return {run: span._replace(rows=min(span.rows, 150)) for run, span in spans.items()}


@caught_by("test_a_token_differs_after_each_change")
class CountsOnly(SQLiteEngine):
    """Sees columns and rows, and no cell that is set."""

    def change_token(self, table):
        return counted(self, table)


@caught_by("test_a_token_stays_while_nobody_writes")
class AlwaysAnew(SQLiteEngine):
    """Gives a new token whenever it is asked."""

    numbers = count()

    def change_token(self, table):
        return str(next(self.numbers))


@caught_by("test_a_token_differs_after_changes_of_another_engine")
class OwnChanges(SQLiteEngine):
    """Counts what its own connection does."""

    def change_token(self, table):
        with self.lock:
            connection = self.connections.writer
            (version,) = connection.execute("PRAGMA schema_version").fetchone()
            return f"{id(connection)}:{version}:{connection.total_changes}"


@caught_by("test_a_token_differs_after_changes_of_another_process")
class OwnProcess(SQLiteEngine):
    """Counts the changes of this process."""

    numbers = count()

    def change_token(self, table):
        return f"{os.getpid()}:{self.latest}"

    latest = property(lambda self: SHARED.get(self.location, 0))

    def inserter(self, table, fields):
        self.changed()
        return super().inserter(table, fields)

    def add_columns(self, table, fields):
        self.changed()
        return super().add_columns(table, fields)

    def update(self, table, values, where):
        self.changed()
        return super().update(table, values, where)

    def delete(self, table, where):
        self.changed()
        return super().delete(table, where)

    def drop(self, table):
        self.changed()
        return super().drop(table)

    def changed(self):
        SHARED[self.location] = next(self.numbers)


SHARED = {}


@caught_by("test_a_reader_sees_changes_and_makes_none")
class ReadersAreRefused(SQLiteEngine):
    """Has no token for who may not write."""

    def change_token(self, table):
        if self.settings.read_only:
            raise StorageError(self.location, "Asking", "it is open for reading only")
        return super().change_token(table)
