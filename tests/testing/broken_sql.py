"""Engines that break a promise about SQL."""

from __future__ import annotations

from tests.testing.catalogue import caught_by
from xetrack.builtin.sqlite.engine import SQLiteEngine
from xetrack.errors import QueryError
from xetrack.interfaces.engines.sql import SQLResult


class Running(SQLiteEngine):
    """Alters what is run."""

    def altered(self, query):
        return query

    def sql(self, query, parameters=(), *, limit=None, timeout=None):
        return super().sql(self.altered(query), parameters, limit=limit, timeout=timeout)


@caught_by("test_every_way_to_write_the_default_table_works")
class NoDatabaseName(Running):
    """Does not know the name before the dot."""

    def altered(self, query):
        return query.replace("db.", "database.")


@caught_by("test_durations_are_seconds_in_sql")
class InMicroseconds(SQLiteEngine):
    """Gives sums of durations in microseconds."""

    def sql(self, query, parameters=(), *, limit=None, timeout=None):
        result = super().sql(query, parameters, limit=limit, timeout=timeout)
        rows = [
            tuple(cell * 1e6 if type(cell) is float else cell for cell in row)
            for row in result.rows
        ]
        return SQLResult(result.names, rows, truncated=result.truncated)


@caught_by("test_texts_within_a_statement_are_untouched")
class Replaces(Running):
    """Replaces names wherever they stand."""

    def altered(self, query):
        return query.replace("default", "events")


@caught_by("test_parameters_are_bound")
class BindsFromTheEnd(SQLiteEngine):
    """Binds parameters in the wrong order."""

    def sql(self, query, parameters=(), *, limit=None, timeout=None):
        return super().sql(query, tuple(parameters)[::-1], limit=limit, timeout=timeout)


@caught_by("test_a_parameter_finds_the_cell_of_an_equal_value")
class TextParameters(SQLiteEngine):
    """Binds what its driver does not know as text."""

    def sql(self, query, parameters=(), *, limit=None, timeout=None):
        texts = [value if isinstance(value, int) else str(value) for value in parameters]
        return super().sql(query, texts, limit=limit, timeout=timeout)


@caught_by("test_a_quoted_key_is_the_column_that_holds_it")
class NoKeys(Running):
    """Knows columns by their names only."""

    def altered(self, query):
        return query.replace('"val/loss"', '"val.loss"')


@caught_by("test_a_quoted_name_of_no_column_is_an_error")
class TextsInDoubleQuotes(Running):
    """Takes what is in double quotes for a text, as SQLite does by itself."""

    def altered(self, query):
        return query.replace('"nothing"', "'nothing'")


@caught_by("test_a_limit_says_whether_there_was_more")
class AlwaysMore(SQLiteEngine):
    """Says that there was more whenever there were as many rows as asked for."""

    def sql(self, query, parameters=(), *, limit=None, timeout=None):
        found = super().sql(query, parameters, limit=limit, timeout=timeout)
        return SQLResult(found.names, found.rows, truncated=len(found.rows) == limit)


@caught_by("test_a_statement_that_writes_is_refused")
class RunsAnything(SQLiteEngine):
    """Runs statements on the user's connection, where all is allowed."""

    def sql(self, query, parameters=(), *, limit=None, timeout=None):
        if query.startswith("CREATE VIEW"):
            self.connection.execute(query)
            return SQLResult((), [])
        return super().sql(query, parameters, limit=limit, timeout=timeout)


@caught_by("test_a_wrong_statement_is_a_query_error")
class LetsThrough(SQLiteEngine):
    """Lets the driver's own exceptions through."""

    def sql(self, query, parameters=(), *, limit=None, timeout=None):
        try:
            return super().sql(query, parameters, limit=limit, timeout=timeout)
        except QueryError as error:
            raise (error.__cause__ or error) from None


@caught_by("test_a_statement_without_end_is_stopped")
class WaitsLonger(SQLiteEngine):
    """Says of a deadline that it has passed by an error of its own."""

    def sql(self, query, parameters=(), *, limit=None, timeout=None):
        try:
            return super().sql(query, parameters, limit=limit, timeout=timeout)
        except QueryError as error:
            raise TimeoutError from error


@caught_by("test_a_rollback_by_the_user_takes_no_logged_row_along")
class OneConnection(SQLiteEngine):
    """Gives the user the connection that rows are stored by."""

    @property
    def connection(self):
        return self.connections.writer


@caught_by("test_the_users_connection_may_write")
class ReadsOnly(SQLiteEngine):
    """Gives the user a connection that only reads."""

    @property
    def connection(self):
        found = super().connection
        found.execute("PRAGMA query_only = ON")
        return found
