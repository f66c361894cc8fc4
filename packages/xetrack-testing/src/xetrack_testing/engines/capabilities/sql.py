"""The capability to run SQL: users' statements, which only read."""

from __future__ import annotations

import datetime as dt
from enum import Enum
from typing import TYPE_CHECKING, Any

import pytest

from xetrack.errors import QueryError
from xetrack.interfaces.engines.sql import RunsSQL
from xetrack.model.kinds import Kind, kind_of
from xetrack.model.names import DEFAULT_TABLE
from xetrack_testing.declared import must_raise
from xetrack_testing.engines.base import EngineFixtures
from xetrack_testing.hangs.patience import allowed
from xetrack_testing.rows import column, log, where
from xetrack_testing.samples import OF_EACH_KIND

if TYPE_CHECKING:
    from pathlib import Path

    from xetrack.interfaces.engine import Engine
    from xetrack.model.kinds import Row

WRITES = (
    "INSERT INTO default (n) VALUES (1)",
    "UPDATE default SET n = 0",
    "DELETE FROM default",
    "CREATE TABLE t (x INT)",
    "CREATE VIEW v AS SELECT 1",
    "DROP TABLE default",
    "ALTER TABLE default ADD COLUMN y INT",
    "BEGIN",
    "COMMIT",
    "SELECT 1; DROP TABLE default",
    "WITH x AS (SELECT 1) DELETE FROM default",
)

WRONG = (
    *("SELEC 1", "SELECT '", "SELECT nothing FROM default", "SELECT * FROM nowhere"),
    *("SELECT 1; SELECT 2", "SELECT '\ud800'"),
)

COMPARED = tuple(
    value
    for value in OF_EACH_KIND
    if kind_of(value) not in {None, Kind.NAN, Kind.RAWTEXT, Kind.JSON}
)
"""What SQL can compare: an equal cell is found."""


class Scalar:
    """A scalar as NumPy and others have it."""

    shape = ()

    def __init__(self, value: object) -> None:
        self._value = value

    def item(self) -> object:
        """Return the value."""
        return self._value


def _member(value: object) -> Any:
    """Return the member of an enum that has a value."""
    members: Any = Enum("members", {"MEMBER": value})
    return members.MEMBER


WITHOUT_END = "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT 1 FROM c) SELECT count(*) FROM c"


class StatementsContract(EngineFixtures):
    """What holds of statements that only read, whoever runs them."""

    placeholder = "?"
    """How the driver writes a parameter by position."""

    refused: tuple[str, ...] = ()
    """Further statements to be refused: what reaches other files, settings and programs."""

    @pytest.fixture
    def three(self, engine: Engine) -> RunsSQL:
        """Three rows in the default table."""
        rows: list[Row] = [{"n": n, "word": f"default.{n}"} for n in range(3)]
        log(engine, *rows)
        assert isinstance(engine, RunsSQL), "an engine with this capability also extends RunsSQL"
        return engine

    def test_every_way_to_write_the_default_table_works(self, three: RunsSQL) -> None:
        """Quoted or not, with the database's name or without, with an alias."""
        for name in ("db.events", "events", "db.default", "default", '"default"', 'db."default"'):
            assert [(3,)] == three.sql(f"SELECT count(*) FROM {name}").rows, name  # noqa: S608
            query = f"SELECT d.n FROM {name} AS d ORDER BY d.n DESC"  # noqa: S608
            assert (("n",), [(2,), (1,), (0,)]) == (
                three.sql(query).names,
                three.sql(query).rows,
            ), name

    def test_durations_are_seconds_in_sql(self, three: RunsSQL, engine: Engine) -> None:
        """A column of durations is one of numbers to SQL, and back come durations."""
        took = [dt.timedelta(seconds=90), None, dt.timedelta(microseconds=-250_000)]
        log(engine, *({"took": duration} for duration in took), table="times")
        assert [(89.75, 2)] == [
            (float(total), count)
            for total, count in three.sql("SELECT sum(took), count(took) FROM times").rows
        ]
        assert took == column(engine, "took", "times")
        later = [where("took", dt.timedelta(seconds=1), ">")]
        assert took[:1] == column(engine, "took", "times", where=tuple(later))
        assert [took[2], took[0], None] == column(engine, "took", "times", order="took")

    def test_texts_within_a_statement_are_untouched(self, three: RunsSQL) -> None:
        """What looks like a table inside quotes or comments is none."""
        for text in ("default", "db.events", "-- default", "/* db. */", '"default"', "a''b"):
            rows = three.sql(f"SELECT '{text}' -- from db.default").rows  # noqa: S608
            assert [(text.replace("''", "'"),)] == rows

    def test_parameters_are_bound(self, three: RunsSQL) -> None:
        """By position, as the driver writes them."""
        query = f"SELECT n FROM default WHERE word = {self.placeholder} AND n > {self.placeholder}"  # noqa: S608
        assert [(2,)] == three.sql(query, ("default.2", 0)).rows

    def test_a_parameter_finds_the_cell_of_an_equal_value(self, engine: Engine) -> None:
        """In whatever form a user has it: as an enum, as a scalar of NumPy, as itself."""
        row = {f"c{number}": value for number, value in enumerate(COMPARED)}
        log(engine, row)
        assert isinstance(engine, RunsSQL)
        for name, value in row.items():
            query = f"SELECT count(*) FROM default WHERE {name} = {self.placeholder}"  # noqa: S608
            for parameter in (value, _member(value), Scalar(value)):
                assert [(1,)] == engine.sql(query, (parameter,)).rows, parameter

    def test_a_quoted_key_is_the_column_that_holds_it(self, engine: Engine) -> None:
        """Wherever a column stands; but a name that a column has is that column."""
        log(engine, {"val/loss": 1, "a b": 2, "a_b": 3}, {"val/loss": 5, "a b": 6, "a_b": 7})
        assert isinstance(engine, RunsSQL)
        query = 'SELECT "val/loss", d."a b", "a_b" FROM default AS d WHERE "val/loss" > 1'
        assert [(5, 6, 6)] == engine.sql(query).rows
        aliased = 'SELECT max("val/loss") AS "val/loss" FROM events ORDER BY "val/loss"'
        assert (("val/loss",), [(5,)]) == (engine.sql(aliased).names, engine.sql(aliased).rows)

    def test_a_quoted_name_of_no_column_is_an_error(self, three: RunsSQL) -> None:
        """Double quotes are for names: what stands in them is never a text."""
        for query in (
            'SELECT "nothing" FROM default',
            'SELECT n FROM default WHERE word = "nothing"',
            'SELECT n FROM default AS d WHERE d."nothing" = 1',
            'SELECT n FROM default ORDER BY "nothing"',
        ):
            must_raise(QueryError, lambda: three.sql(query), repr(query))  # noqa: B023 - at once

    def test_a_limit_says_whether_there_was_more(self, three: RunsSQL) -> None:
        """`truncated` is true only where rows were left out."""
        for limit, rows, truncated in ((None, 3, False), (3, 3, False), (2, 2, True), (0, 0, True)):
            result = three.sql("SELECT n FROM default", limit=limit)
            assert (rows, truncated) == (len(result.rows), result.truncated), limit

    def test_a_statement_that_writes_is_refused(
        self, three: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A statement that writes is a `QueryError`.

        No row changes, no file comes, the next query works.
        """
        monkeypatch.chdir(tmp_path)
        files = sorted(tmp_path.rglob("*"))
        for query in (*WRITES, *self.refused):
            must_raise(QueryError, lambda: three.sql(query), repr(query))  # noqa: B023 - at once
            assert [(0,), (1,), (2,)] == three.sql("SELECT n FROM default").rows, query
            assert files == sorted(tmp_path.rglob("*")), query
        log(three, {"n": 3})
        assert [0, 1, 2, 3] == column(three, "n")
        assert [DEFAULT_TABLE] == three.tables()

    def test_a_wrong_statement_is_a_query_error(self, three: RunsSQL) -> None:
        """Never the driver's own exception; and the next one works."""
        for query in WRONG:
            must_raise(QueryError, lambda: three.sql(query), repr(query))  # noqa: B023 - at once
        for parameters in ((), (object(),), (1, 2)):
            must_raise(
                QueryError,
                lambda: three.sql(f"SELECT {self.placeholder}", parameters),  # noqa: B023
                f"one placeholder with the parameters {parameters}",
            )
        assert [(3,)] == three.sql("SELECT count(*) FROM default").rows

    def test_a_statement_without_end_is_stopped(self, three: RunsSQL) -> None:
        """After the seconds that were allowed, with a `QueryError`; the next one works.

        They may be over before the database has begun.
        """
        for timeout in (0.0001, 0.2):
            with pytest.raises(QueryError):
                three.sql(WITHOUT_END, timeout=timeout)
        assert [(3,)] == three.sql("SELECT count(*) FROM default", timeout=allowed(20)).rows


class RunsSQLContract(StatementsContract):
    """Inherit it beside the contract of engines."""

    def test_a_rollback_by_the_user_takes_no_logged_row_along(self, three: Any) -> None:
        """`connection` is the user's own: what trackers log meanwhile is not in its transaction."""
        connection = three.connection
        connection.execute("BEGIN")
        assert (3,) == tuple(connection.execute("SELECT count(*) FROM events").fetchone())
        log(three, {"n": 3})
        connection.execute("ROLLBACK")
        assert [0, 1, 2, 3] == column(three, "n")

    def test_the_users_connection_may_write(self, three: Any) -> None:
        """What it changes is there for everybody."""
        three.connection.execute('UPDATE "default" SET n = n + 10')
        assert [10, 11, 12] == column(three, "n")
