"""Copying tables from one database into another, whatever engines they belong to.

Rows are streamed through the interface of the engines, a table in one transaction of the target.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from contextlib import ExitStack, closing, suppress
from itertools import chain, islice
from time import monotonic
from typing import TYPE_CHECKING, Literal, TextIO

from xetrack.copying.assets import AssetCopy
from xetrack.copying.row_deduplication import KnownRows
from xetrack.errors import (
    InvalidArgumentError,
    InvalidTableError,
    RowExistsError,
    TableNotFoundError,
    warn,
)
from xetrack.interfaces.engine import Field, Settings
from xetrack.interfaces.query import Condition, Query
from xetrack.model.locations import shown_location
from xetrack.model.names import (
    DEFAULT_TABLE,
    HIDDEN_TABLES,
    OWN,
    checked_key,
    checked_rows_table,
    column_name,
    fold,
)
from xetrack.opening import MEMORY, location_of, open_engine
from xetrack.recording.batches import kinds_in
from xetrack.runs.events import event_conditions

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from xetrack.interfaces.engine import Column, Engine, Inserter
    from xetrack.model.kinds import Kind, Value


def copy(
    source: str | os.PathLike[str],
    target: str | os.PathLike[str],
    assets: bool = True,
    tables: Sequence[str] | Literal["all"] | None = None,
    *,
    asset_store: str | None = None,
) -> int:
    """Copy rows from one database into another.

    A row that the target has already is not copied: one of the same ``track_id`` and
    ``timestamp``, with the same values in all columns of the source's table. So copying again
    adds only what is new, and two rows of one identity but of other values are both kept, of
    which a warning tells. Order, keys, kinds and the order of columns come along; columns widen
    where the target's are too narrow. Each table is copied whole or not at all; those who write
    into the target meanwhile wait. On a terminal the progress is shown.

    Parameters
    ----------
    source
        Path or URL of the database to read.
    target
        Path or URL of the one to write into; made when missing.
    assets
        Copy also the objects that these rows refer to, with who refers to them.
    tables
        Names of the tables to copy, ``"all"`` for every table, None for the default one.
    asset_store
        Name or URL of the store for the objects of the target, which the target remembers; by
        default the one that it remembers, or that goes with its engine.

    Returns
    -------
    int
        Rows that the target got.

    Raises
    ------
    DatabaseNotFoundError
        There is no source.
    TableNotFoundError
        The source lacks one of the tables; nothing was copied.
    InvalidArgumentError
        Both are one database, one is in memory, `tables` is no list of names, or the target has no
        store for objects; nothing was copied, unless the first object came while rows were.
    AssetStoreError, UntrustedStoreError
        The store of one of them cannot be reached, or may not be; nothing was copied.
    DamagedAssetError
        An object is not what was stored; nothing of its table was copied.
    InvalidTableError
        A table's rows have no ``track_id`` and ``timestamp``, or its name differs from one of
        the target's in nothing but case.
    RowExistsError
        A table of the target, of xetrack 0.7, takes one row of an identity only.

    Examples
    --------
    >>> import xetrack
    >>> from xetrack import Reader, Tracker
    >>> row = Tracker("runs.db").log_batch([{"loss": 0.5}, {"loss": 0.25}])
    >>> xetrack.copy("runs.db", "archive.db")
    2
    >>> Reader("archive.db").select(["loss"]).rows()
    [(0.5,), (0.25,)]
    """
    _check_apart(location_of(source), location_of(target))
    with ExitStack() as stack:
        origin = stack.enter_context(closing(open_engine(source, None, Settings(read_only=True))))
        names = _chosen_tables(origin, tables)
        place = stack.enter_context(closing(open_engine(target, None, Settings())))
        existing = place.tables()
        for name in names:
            checked_rows_table(name, existing)
        copies = [_TableCopy(origin, place, name) for name in names]
        # All of them first: a copy that can take no objects along writes no rows either.
        objects = [AssetCopy(origin, place, name, asset_store) for name in names if assets]
        copied = 0
        for at, table_copy in enumerate(copies):
            with ExitStack() as stored:
                if assets:
                    stored.enter_context(objects[at].storing())
                copied += table_copy.run()
            if assets:
                objects[at].store_later_ones()
        for events, condition in event_conditions(origin, names):
            _TableCopy(origin, place, events, [condition]).run()
    for table_copy in copies:
        table_copy.warn_of_namesakes()
    return copied


def _check_apart(source: str, target: str) -> None:
    for name, location in (("source", source), ("target", target)):
        if location == MEMORY:
            expected = "the path or URL of a database; one in memory belongs to its tracker alone"
            raise InvalidArgumentError(name, location, expected)
    same = source == target
    with suppress(OSError, ValueError):  # one of them is no file, or not yet
        same = same or os.path.samefile(source, target)  # noqa: PTH121 - URLs are no paths
    if same:
        raise InvalidArgumentError(
            "target", shown_location(target), "another database than the source"
        )


def _chosen_tables(source: Engine, tables: object) -> list[str]:
    """Return the tables to copy, after a look at each."""
    known = [name for name in source.tables() if name not in HIDDEN_TABLES]
    names = known if tables == "all" else [DEFAULT_TABLE] if tables is None else tables
    names = list(names) if isinstance(names, Iterable) and not isinstance(names, str) else [None]
    if not all(isinstance(name, str) for name in names):
        raise InvalidArgumentError("tables", tables, "'all' or a list of names")
    names = list(dict.fromkeys(names))
    for name in names:
        if name not in known:
            raise TableNotFoundError(name, source.location, known)
        if not {*OWN} <= {column.name for column in source.columns(name)}:
            raise _no_names(name)
    return names


def _no_names(table: str) -> InvalidTableError:
    hint = "Leave it out: give the names of the others as tables=[...]"
    return InvalidTableError(table, f"not all of its rows have a {' and a '.join(OWN)}", hint)


class _TableCopy:
    """The copy of one table."""

    def __init__(
        self, source: Engine, target: Engine, table: str, where: Sequence[Condition] = ()
    ) -> None:
        self._source = source
        self._target = target
        self.table = table
        self._where = tuple(where)
        self._inserter: Inserter | None = None
        self._namesakes = 0

    def run(self) -> int:
        """Copy what the target lacks, and return how many rows that was."""
        selection = self._source.read(self.table, Query(where=self._where))
        keys = _keys(selection.columns)
        own = [keys.index(name) for name in OWN]
        kinds: list[frozenset[Kind]] = [frozenset()] * len(keys)
        copied = 0
        batches = self._checked_names(selection.batches, own)
        # What cannot be read at all makes no file of the target. One that was made stays, though
        # it may be empty: somebody else may be about to write into it.
        begun = list(islice(batches, 1))
        with ExitStack() as stack:
            progress = stack.enter_context(
                closing(_Progress(self.table, self._source.count(self.table, self._where)))
            )
            stack.enter_context(self._target.transaction())
            known = None
            if self._target.count(self.table):
                known = KnownRows(self._target, self.table, keys)
                stack.enter_context(closing(known))
            for batch in chain(begun, batches):
                progress.add(len(batch[0]))
                cells = batch if known is None else _rows_at(known.others(batch), batch)
                if len(cells[0]):
                    kinds = self._write(keys, kinds, cells)
                    copied += len(cells[0])
            # What the columns held before, and those that never held anything.
            fields = [
                Field(key, seen | column.kinds)
                for key, seen, column in zip(keys, kinds, selection.columns, strict=True)
            ]
            self._target.add_columns(self.table, fields)
        self._namesakes = known.namesakes if known else 0
        return copied

    def _checked_names(
        self, batches: Iterable[Sequence[Sequence[Value]]], own: Sequence[int]
    ) -> Iterator[Sequence[Sequence[Value]]]:
        """Yield the batches whose rows have all of what names them."""
        for batch in batches:
            if any(None in batch[at] for at in own):
                raise _no_names(self.table)
            yield batch

    def _write(
        self, keys: Sequence[str], kinds: list[frozenset[Kind]], cells: Sequence[Sequence[Value]]
    ) -> list[frozenset[Kind]]:
        """Store rows; columns get their kinds as they come, as when the rows were logged."""
        wider = [old | kinds_in(column) for old, column in zip(kinds, cells, strict=True)]
        if self._inserter is None or wider != kinds:
            fields = list(map(Field, keys, wider))
            self._inserter = self._target.inserter(self.table, fields)
        try:
            self._inserter.write_columns(cells)
        except RowExistsError as error:
            location = self._target.location
            hint = f"Nothing of the table {self.table!r} was copied. Copy into a new database."
            raise RowExistsError(location, hint) from error
        return wider

    def warn_of_namesakes(self) -> None:
        """Warn of rows that the target has twice, as far as their names go."""
        if self._namesakes:
            were = "row of {!r} was" if self._namesakes == 1 else "rows of {!r} were"
            warn(
                f"{self._namesakes:,} {were.format(self.table)} copied beside others of the "
                "same track_id and timestamp: their values differ. Either they were changed in "
                "one of the databases, or two processes shared a track id."
            )


def _rows_at(
    positions: Sequence[int], cells: Sequence[Sequence[Value]]
) -> Sequence[Sequence[Value]]:
    """Return the cells of some rows of a batch."""
    if len(positions) == len(cells[0]):
        return cells
    return [[column[at] for at in positions] for column in cells]


def _keys(columns: Sequence[Column]) -> list[str]:
    """Return the key of each column; one that another program made has its name for a key."""
    taken = {fold(column.key) for column in columns if column.key is not None}
    keys = []
    for column in columns:
        key = column.key
        if key is None:
            key = checked_key(column.name)
            key = column_name(key, taken) if fold(key) in taken else key
            taken.add(fold(key))
        keys.append(key)
    return keys


class _Progress:
    """How far a copy is, in one line on a terminal that comes and goes."""

    EVERY = 0.2
    """Seconds from one figure to the next."""

    def __init__(self, table: str, rows: int) -> None:
        self.table = table
        self._rows = rows
        self._done = 0
        self._shown = ""
        self._next = monotonic() + self.EVERY
        error: TextIO | None = sys.stderr  # there is none where there is no console
        self._terminal = error if error is not None and error.isatty() else None

    def add(self, rows: int) -> None:
        """Count rows that were looked at."""
        self._done += rows
        if self._terminal and monotonic() >= self._next:
            self._show(f"copying {self.table}: {self._done:,} of {self._rows:,} rows")
            self._next = monotonic() + self.EVERY

    def _show(self, text: str) -> None:
        if self._terminal:
            # A terminal that is gone costs no copy.
            with suppress(OSError, ValueError):
                self._terminal.write("\r" + text.ljust(len(self._shown)))
                self._terminal.flush()
            self._shown = text

    def close(self) -> None:
        """Take the line away."""
        if self._shown:
            self._show("")
            self._show("\r")
