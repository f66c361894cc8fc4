"""The best run of a database, and what is worth saying of it."""

from __future__ import annotations

import math
import os
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from console import ScriptError

from xetrack import Reader
from xetrack.errors import ColumnNotFoundError, TableNotFoundError
from xetrack.interfaces.engine import Settings
from xetrack.interfaces.query import Condition
from xetrack.opening import open_engine

OWN = frozenset(
    "timestamp track_id function_name args kwargs error function_time function_result cache "
    "git_commit git_dirty cpu cpu_percent memory_percent ram_percent p_memory_percent "
    "disk_percent bytes_sent bytes_recv".split()
)
"""Columns that say how a row came about, not what was tried."""
LONGEST = 40
"""Characters of a text that is worth a place in an annotation."""
MOST = 9
"""Facts that are told when nobody said which."""


@dataclass(frozen=True)
class Best:
    """The row that is best by a metric."""

    metric: str
    direction: str
    """``max`` or ``min``."""
    row: dict[str, Any]

    @property
    def run(self) -> str:
        """Its track id."""
        return str(self.row["track_id"])

    def facts(self, columns: list[str] | None = None) -> dict[str, Any]:
        """Return the metric, then the columns that were asked for, or the telling ones.

        Raises
        ------
        ColumnNotFoundError
            The row has no such column.
        """
        for name in columns or ():
            if name not in self.row:
                raise ColumnNotFoundError(name, "this table", list(self.row))
        names = (
            columns or [name for name, value in self.row.items() if _telling(name, value)][:MOST]
        )
        return {name: self.row[name] for name in dict.fromkeys([self.metric, *names])}


def _telling(name: str, value: object) -> bool:
    if name in OWN or (isinstance(value, str) and len(value) > LONGEST):
        return False
    return math.isfinite(value) if isinstance(value, int | float) else isinstance(value, str)


def best(options: Any, run: str | None = None) -> Best:
    """Return the best row of the table that options name, of all runs or of one.

    Missing values, nan and infinities are no candidates.

    Raises
    ------
    DatabaseNotFoundError, TableNotFoundError, ColumnNotFoundError
        What is named is not there.
    ScriptError
        No row has a number there.
    """
    metric, direction = (options.max, "max") if options.max else (options.min, "min")
    finite = [Condition(metric, "<", math.inf), Condition(metric, ">", -math.inf)]
    with Reader(options.db, options.engine, options.table) as reader:
        if options.table not in reader.tables:
            raise TableNotFoundError(options.table, options.db, reader.tables)
        if metric not in reader.columns:
            raise ColumnNotFoundError(metric, options.table, reader.columns)
        rows = reader.select(
            where=finite, track_id=run, order=metric, descending=direction == "max", head=1
        ).dicts()
    if not rows or isinstance(rows[0][metric], bool):
        of = f" of the run {run!r}" if run else ""
        raise ScriptError(
            f"No row{of} has a finite number in {metric!r}. "
            f"See what is there: xt columns {options.db} --table {options.table}"
        )
    row = {name: value for name, value in rows[0].items() if value is not None}
    return Best(metric, direction, row)


def at_rest(db: Path) -> None:
    """Bring a database to rest, so that its files alone are all of it.

    Opening it for writing and closing it brings in what a killed process left; where a log
    remains, somebody has it open.

    Raises
    ------
    ScriptError
        Somebody has.
    """
    real = db.resolve()  # DVC may have put a link into its cache there
    if os.access(real, os.W_OK):
        with closing(open_engine(real, None, Settings(timeout=5))) as engine:
            engine.tables()
    for part in parts(real):
        if Path(f"{part}-wal").exists():
            raise ScriptError(
                f"{db} is open elsewhere, and rows may be on their way into it. Close its trackers "
                f"and readers (see who has it: xt doctor {db}), and type the same again."
            )


def parts(db: Path) -> list[Path]:
    """Return the files of a database at rest: DuckDB's has a second one, with its assets."""
    return [one for one in (db, Path(f"{db}.rows")) if one.exists()]
