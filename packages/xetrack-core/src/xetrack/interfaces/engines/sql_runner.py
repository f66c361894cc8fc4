"""The SQL runner: runs SQL over the rows of engines whose databases run none.

A distribution that has a database of its own for queries lends it to all engines. To write one,
extend `SQLRunner` and offer it from a plugin's ``xetrack_sql_runners`` hook. An engine that extends
`xetrack.interfaces.engines.sql.RunsSQL` needs none, and never gets one.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any, ClassVar

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from xetrack.interfaces.engine import Engine
    from xetrack.interfaces.engines.sql import SQLResult


class SQLRunner(ABC):
    """Runs statements over the rows of one engine. It is made for each statement.

    **Rows.** They are read by `Engine.read`, whatever the engine is. Only the tables that the
    statement names have to be read.

    **Thread safety.** Nobody shares a runner.

    Parameters
    ----------
    engine
        Has the tables. It is open, perhaps for reading only, and stays open.

    Examples
    --------
    ::

        class ChdbRunner(SQLRunner):
            def sql(self, query, parameters=(), *, limit=None, timeout=None):
                with self._copy_of(self.engine, tables_in(query)) as connection:
                    return run_read_only(connection, query, parameters, limit, timeout)
    """

    rank: ClassVar[int] = 10
    """Of several that are installed, the one of the lowest rank runs SQL; that of xetrack has
    50."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    @abstractmethod
    def sql(
        self,
        query: str,
        parameters: Sequence[Any] | Mapping[str, Any] = (),
        *,
        limit: int | None = None,
        timeout: float | None = None,
    ) -> SQLResult:
        """Run one statement that only reads, with the guarantees of `RunsSQL.sql`.

        Parameters
        ----------
        query
            One statement; placeholders are those of the runner's database.
        parameters
            Values for the placeholders: all that a cell can hold.
        limit
            The largest number of rows to return; None for all.
        timeout
            Seconds after which the statement is stopped, the reading of the rows included; None
            for no deadline.

        Returns
        -------
        SQLResult
            The rows, and whether the limit left some out.

        Raises
        ------
        QueryError
            The statement is wrong, is refused, or took too long.
        """
