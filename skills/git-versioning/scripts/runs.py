"""The best run of a database, and what is worth saying of it."""

from __future__ import annotations

import math
import os
import re
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from console import ScriptError, not_a_script

from xetrack import Reader
from xetrack.errors import ColumnNotFoundError, TableNotFoundError
from xetrack.interfaces.engine import Settings
from xetrack.interfaces.query import Condition
from xetrack.interfaces.runs.record import RunStatus
from xetrack.opening import open_engine

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from xetrack.interfaces.runs.record import RunRecord

OWN = frozenset(
    "timestamp track_id function_name args kwargs error function_time function_result cache "
    "git_commit git_dirty cpu cpu_percent memory_percent ram_percent p_memory_percent "
    "disk_percent bytes_sent bytes_recv".split()
)
"""Columns that say how a row came about, not what was tried."""
DATABASES = (
    ".db",
    ".db-wal",
    ".db-shm",
    ".duckdb",
    ".duckdb.wal",
    ".rows",
    ".rows-wal",
    ".rows-shm",
)
PATCHED = re.compile(r'^diff --git "?a/(.*?)"? "?b/.*"?$', re.MULTILINE)
"""The files of a patch."""
LONGEST = 40
"""Characters of a text that is worth a place in an annotation."""
MOST = 9
"""Facts that are told when nobody said which."""
WELL = {RunStatus.FINISHED, RunStatus.UNKNOWN}
"""How runs end of which nothing has to be said; of those without a record nobody knows it."""


@dataclass(frozen=True)
class Best:
    """The row that is best by a metric."""

    metric: str
    direction: str
    """``max`` or ``min``."""
    row: dict[str, Any]
    record: RunRecord
    has_rivals: bool = False
    """Whether other runs could have been meant, as none was named."""

    @property
    def run(self) -> str:
        """Its track id."""
        return self.record.track_id

    @property
    def ended_badly(self) -> str | None:
        """How its run ended; None where that was well, or nobody knows."""
        return None if self.record.status in WELL else str(self.record.status)

    @property
    def commit(self) -> str | None:
        """The commit whose code ran, as its record has it, or the row of a tracker of git."""
        known = self._git.get("commit") or self.row.get("git_commit")
        return str(known) if known else None

    @property
    def has_patch(self) -> bool:
        """Whether its record has all of the work that no commit has."""
        return bool(self._git.get("patch")) and not self._left_out

    @property
    def is_dirty(self) -> bool:
        """Whether it ran with work that no commit has."""
        if "dirty" in self._git:
            names = PATCHED.findall(self._git.get("patch") or "")
            return bool(self._left_out or _but_databases(names))
        return bool(self.row.get("git_dirty"))

    @property
    def _git(self) -> Mapping[str, Any]:
        return self.record.facts.get("git", {})

    @property
    def _left_out(self) -> list[str]:
        return _but_databases(self._git.get("left_out", ()))

    def facts(self, columns: list[str] | None = None) -> dict[str, Any]:
        """Return the metric, then the columns that were asked for, or params and what else tells.

        Raises
        ------
        ColumnNotFoundError
            The row has no such column.
        """
        for name in columns or ():
            if name not in self.row:
                raise ColumnNotFoundError(name, "this table", list(self.row))
        first = [name for name in self.record.params if name in self.row]
        telling = [name for name in (*first, *self.row) if is_telling(name, self.row[name])]
        names = columns or [*dict.fromkeys(telling)][:MOST]
        return {name: self.row[name] for name in dict.fromkeys([self.metric, *names])}


def _but_databases(names: Iterable[str]) -> list[str]:
    """Leave out databases, as the run itself changed its own."""
    return [name for name in names if not name.endswith(DATABASES)]


def is_telling(name: str, value: object) -> bool:
    """Return True for what is worth a place in an annotation: short texts, and finite numbers."""
    if name in OWN or (isinstance(value, str) and len(value) > LONGEST):
        return False
    return math.isfinite(value) if isinstance(value, int | float) else isinstance(value, str)


def best(options: Any, run: str | None = None) -> Best:
    """Return the best row of the table that options name, of all runs or of one.

    A run is named by its id, the beginning of that, its name, or @1 for the newest.

    Missing values, nan and infinities are no candidates.

    Raises
    ------
    DatabaseNotFoundError, TableNotFoundError, ColumnNotFoundError, RunNotFoundError
        What is named is not there.
    InvalidArgumentError
        Several runs begin with the text that names one, or have that name.
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
        track_id = run and reader.run(run).track_id
        rows = reader.select(
            where=finite, track_id=track_id, order=metric, descending=direction == "max", head=1
        ).dicts()
        record = reader.run(rows[0]["track_id"]) if rows else None
        others = [*finite, Condition("track_id", "!=", record.track_id)] if record else []
        has_rivals = bool(others) and not run and bool(reader.select(where=others, head=1).dicts())
    if record is None or isinstance(rows[0][metric], bool):
        of = f" of the run {run!r}" if run else ""
        raise ScriptError(
            f"No row{of} has a finite number in {metric!r}. "
            f"See what is there: xt columns {options.db} --table {options.table}"
        )
    row = {name: value for name, value in rows[0].items() if value is not None}
    return Best(metric, direction, row, record, has_rivals)


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


if __name__ == "__main__":
    not_a_script(__file__)
