"""The Reader: what was tracked, as frames, rows and SQL."""

from __future__ import annotations

import functools
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Literal, Self, cast, overload

from xetrack.assets.manager import Keeping
from xetrack.assets.view import Assets
from xetrack.copying.backup import CanBackUp
from xetrack.errors import MissingPackageError, RunNotFoundError, TableNotFoundError
from xetrack.external_readers import ExternalReaders
from xetrack.frames.backends import ARROW, to_frame
from xetrack.frames.result import Result
from xetrack.interfaces.engine import Field, Settings
from xetrack.interfaces.query import Condition
from xetrack.model.kinds import kind_of
from xetrack.model.names import DEFAULT_TABLE, TRACK_ID, checked_change
from xetrack.opening import location_of, open_engine
from xetrack.recording.pending_assets import Bundle, checked_value
from xetrack.table_view import TableView

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator, Mapping, Sequence

    import pandas as pd
    import polars as pl
    import pyarrow as pa  # type: ignore[import-untyped]

    from xetrack.interfaces.engine import Engine


class Reader(CanBackUp, ExternalReaders, TableView):
    """Reads what was tracked, also while others go on writing.

    Reading creates nothing: no file, no table, no folder. `set_value`, `set_where` and
    `delete_run` change rows, on a connection of their own.

    Parameters
    ----------
    db
        Path of a database, or a URL.
    engine
        Name of a storage engine; by default the one that the file belongs to.
    table
        The table to read.
    timeout
        Seconds to wait while another process has the database for itself.
    asset_store
        Name of the store for what is no plain value; by default the one that goes with the engine.
    trust
        Whether to load pickles that this user did not store; by default ``XETRACK_TRUST`` decides.

    Raises
    ------
    DatabaseNotFoundError
        There is no such database.
    DatabaseBusyError
        Another process had it until the deadline; the methods raise it too.
    """

    def __init__(
        self,
        db: str | os.PathLike[str],
        engine: str | None = None,
        table: str = DEFAULT_TABLE,
        *,
        timeout: float = 60.0,
        asset_store: str | None = None,
        trust: bool | None = None,
    ) -> None:
        # What a copy in another process is made with; see __reduce__.
        self._options: dict[str, Any] = {
            "engine": engine,
            "table": table,
            "timeout": timeout,
            "asset_store": asset_store,
            "trust": trust,
        }
        self.db = location_of(db)
        self._table = table
        self._engine_name = engine
        self._timeout = timeout
        settings = Settings(read_only=True, timeout=timeout)
        self._engine: Engine = open_engine(db, engine, settings)
        self._asset_store = asset_store
        self._keeping = Keeping(self._engine, table, store=asset_store, changer=self._changer)
        self._assets = Assets(self._keeping, trust=trust)

    @classmethod
    def read_db(
        cls,
        db: str | os.PathLike[str],
        engine: str | None = None,
        table: str = DEFAULT_TABLE,
        track_id: str | None = None,
        head: int | None = None,
        tail: int | None = None,
    ) -> pd.DataFrame:
        """Return the rows of a database as a frame, in one call; see `to_df`."""
        with cls(db, engine, table) as reader:
            return reader.to_df(track_id, head, tail)

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle as what makes a reader of the same table elsewhere."""
        return functools.partial(type(self), self.db, **self._options), ()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Give back the connections; a later read opens them again."""
        self._engine.close()

    @property
    def engine(self) -> Engine:
        """The storage engine, for what it can do beyond this class."""
        return self._engine

    @property
    def table(self) -> str:
        """Name of the table."""
        return self._table

    def __repr__(self) -> str:
        return f"<Reader of {self._table!r} in {self._engine.location!r}>"

    def __len__(self) -> int:
        return self._engine.count(self._table)

    def __bool__(self) -> bool:
        return True

    @property
    def tables(self) -> list[str]:
        """Names of the tables in this database."""
        return self._engine.tables()

    def select(
        self,
        columns: Sequence[str] | None = None,
        where: Sequence[Condition] = (),
        *,
        track_id: str | None = None,
        head: int | None = None,
        tail: int | None = None,
        order: str | None = None,
        descending: bool = False,
    ) -> Result:
        """Read rows without pandas.

        Parameters
        ----------
        columns
            Names, in the order wanted; all by default.
        where
            Conditions that must all hold.
        track_id
            Only this run.
        head, tail
            At most so many rows from the front, and of these from the end.
        order, descending
            Sort by this column; by default rows come as they were logged.

        Raises
        ------
        TableNotFoundError, ColumnNotFoundError
            The table or a column does not exist.
        """
        found = self._selection(
            track_id=track_id,
            head=head,
            tail=tail,
            where=where,
            columns=None if columns is None else tuple(columns),
            order=order,
            descending=descending,
        )
        return Result.of(found)

    @overload
    def to_df(
        self,
        track_id: str | None = None,
        head: int | None = None,
        tail: int | None = None,
        backend: Literal["pandas"] | None = None,
    ) -> pd.DataFrame: ...
    @overload
    def to_df(
        self,
        track_id: str | None = None,
        head: int | None = None,
        tail: int | None = None,
        *,
        backend: Literal["polars"],
    ) -> pl.DataFrame: ...
    @overload
    def to_df(
        self,
        track_id: str | None = None,
        head: int | None = None,
        tail: int | None = None,
        *,
        backend: str,
    ) -> Any: ...
    def to_df(
        self,
        track_id: str | None = None,
        head: int | None = None,
        tail: int | None = None,
        backend: str | None = None,
    ) -> Any:
        """Return rows as a frame, in the order they were logged.

        Parameters
        ----------
        track_id
            Only this run; all by default.
        head, tail
            At most so many rows from the front, and of these from the end.
        backend
            The name of a frame backend, such as ``"polars"``; by default what
            `xetrack.set_backend` chose.
        """
        found = self._selection(track_id=track_id, head=head, tail=tail)
        return to_frame(found, backend)

    def sql(
        self,
        query: str,
        params: Sequence[Any] | Mapping[str, Any] | None = None,
        *,
        timeout: float | None = 60.0,
    ) -> pd.DataFrame:
        """Run one statement of SQL that only reads, and return its rows as a frame.

        ``events``, ``default``, ``db.events`` and ``db.default`` all name the default table. The
        statement can change nothing and reach no other file. Cells are as the database keeps
        them, so a list is its JSON, and in SQLite a boolean 0 or 1.

        Parameters
        ----------
        query
            One statement, with the placeholders of the database's driver: ``?`` or ``:name`` in
            SQLite.
        params
            Values for the placeholders, by position or by name.
        timeout
            Seconds after which the statement is stopped; None for no deadline.

        Returns
        -------
        pandas.DataFrame
            Or what `xetrack.set_backend` chose. Of two columns of one name the second is called
            ``name_2``.

        Raises
        ------
        QueryError
            The statement is wrong, is refused, or took too long.
        """
        found = self._speaking.sql(query, () if params is None else params, timeout=timeout)
        return cast("pd.DataFrame", to_frame(Result.of_sql(found)))

    def to_arrow(self, track_id: str | None = None) -> pa.Table:
        """Return all rows, or those of one run, as an Arrow table."""
        return to_frame(self._selection(track_id=track_id), ARROW)

    def latest(self) -> pd.DataFrame:
        """Return the run that was logged last; an empty frame when there is none."""
        last = self.select([TRACK_ID], tail=1).rows()
        if not last:
            return self.to_df(head=0)
        found = self._selection(where=[Condition(TRACK_ID, "=", last[0][0])])
        return cast("pd.DataFrame", to_frame(found))

    @contextmanager
    def _changer(self) -> Iterator[Engine]:
        """Lend an engine that may change the database."""
        engine = open_engine(self.db, self._engine_name, Settings(timeout=self._timeout))
        try:
            yield engine
        finally:
            engine.close()

    def _keeping_in(self, engine: Engine, track_id: str = "") -> Keeping:
        return Keeping(engine, self._table, track_id, store=self._asset_store)

    @property
    def assets(self) -> Assets | None:
        """What was logged and is no plain value; None where no asset store is installed."""
        return self._assets if self._keeping.has_store() else None

    def remove_asset(
        self,
        hash: str,  # noqa: A002
        column: str | None = None,
        remove_keys: bool = True,
    ) -> None:
        """Remove an asset; rows keep its id.

        Parameters
        ----------
        hash
            Its id, or the beginning of it.
        column
            Only the references under this column or key; the content goes when none is left.
        remove_keys
            Whether the references go; otherwise only the content does, and logging an equal
            object brings it back under all of them.

        Raises
        ------
        AssetNotFoundError
            There is no such asset.
        """
        if not self._keeping.has_store():
            raise MissingPackageError("The asset store", "assets")
        self._assets.remove(hash, column and self._key_of(column), remove_keys=remove_keys)

    def set_value(self, key: str, value: object, track_id: str | None = None) -> int:
        """Set one value in all rows, or in those of one run, and return how many that were."""
        return self._set(key, value, [], track_id)

    def set_where(
        self,
        key: str,
        value: object,
        where_key: str,
        where_value: object,
        track_id: str | None = None,
    ) -> int:
        """Set one value in the rows where another column has a given value.

        Parameters
        ----------
        key, value
            What is set; a column that is not there is added.
        where_key, where_value
            Rows count in which this column has this value.
        track_id
            Only this run.

        Returns
        -------
        int
            How many rows were set.
        """
        where = [Condition(self._column_of(where_key), "=", checked_value(where_key, where_value))]
        return self._set(key, value, where, track_id)

    def _set(self, key: str, value: object, where: list[Condition], track_id: str | None) -> int:
        if track_id is not None:
            where.append(Condition(TRACK_ID, "=", track_id))
        name = checked_change(key)
        with self._changer() as engine:
            if self._table not in (tables := engine.tables()):
                raise TableNotFoundError(self._table, engine.location, tables)
            bundle = Bundle(self._keeping_in(engine, track_id or ""))
            cell = checked_value(name, value, bundle)
            kind = kind_of(cell)
            field = Field(name, frozenset((kind,) if kind else ()))
            (column,) = engine.add_columns(self._table, [field])
            with bundle.storing():
                number = engine.update(self._table, {column: cell}, where)
        bundle.say()
        return number

    def delete_run(self, track_id: str) -> int:
        """Delete all rows of a run, and return how many that were.

        Assets that no other run refers to stay until ``reader.assets.gc()``.

        Raises
        ------
        RunNotFoundError
            The table has no such run.
        """
        with self._changer() as engine:
            deleted = engine.delete(self._table, [Condition(TRACK_ID, "=", track_id)])
            if deleted and self._keeping.has_store():
                with self._keeping.changing() as store:
                    store.dereference(table=self._table, track_id=track_id)
        if not deleted:
            raise RunNotFoundError(track_id, self._table)
        return deleted
