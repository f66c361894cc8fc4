"""Figures of columns in runs: least, most, first, last and mean number, read when asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xetrack.interfaces.engines.series import SeriesQuery, read_series

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from xetrack.interfaces.engine import Engine
    from xetrack.interfaces.engines.series import BucketValues

_MANY = 2_000
"""Runs from which on all of them are read, as that is no more work."""


class Figures:
    """The figures of one table, each read once. Its user holds a lock.

    Parameters
    ----------
    engine, table
        The table.
    """

    def __init__(self, engine: Engine, table: str) -> None:
        self._engine = engine
        self._table = table
        self._values: dict[str, dict[str, BucketValues]] = {}
        self._read: dict[str, set[str]] = {}
        """Runs that were asked for, by column; they need not have a number in it."""
        self._whole: set[str] = set()

    def values(
        self, names: Sequence[str], runs: Collection[str] | None
    ) -> Mapping[str, Mapping[str, BucketValues]]:
        """Return the figures of columns, by column and run; those of further runs may be there.

        Parameters
        ----------
        names
            Columns of numbers.
        runs
            The runs; None for all.
        """
        if runs is None or len(runs) > _MANY:
            missing = [name for name in names if name not in self._whole]
            if missing:
                self._add(missing, None)
                self._whole.update(missing)
        else:
            lacking = {name: self._lacking(name, runs) for name in names}
            wanted = set().union(*lacking.values()) if lacking else set()
            if wanted:
                missing = [name for name, some in lacking.items() if some]
                self._add(missing, sorted(wanted))
                for name in missing:
                    self._read.setdefault(name, set()).update(wanted)
        return {name: self._values.get(name, {}) for name in names}

    def known(self, name: str) -> Mapping[str, BucketValues]:
        """Return the figures of a column that were read, by run.

        Parameters
        ----------
        name
            The column.
        """
        return self._values.get(name, {})

    def _lacking(self, name: str, runs: Collection[str]) -> set[str]:
        if name in self._whole:
            return set()
        return set(runs) - self._read.get(name, set())

    def _add(self, names: Sequence[str], runs: Sequence[str] | None) -> None:
        query = SeriesQuery(y=tuple(names), runs=None if runs is None else tuple(runs))
        for bucket in read_series(self._engine, self._table, query):
            for name, values in zip(names, bucket.values, strict=True):
                self._values.setdefault(name, {})[bucket.track_id] = values
