"""What the demo shows at the end. Every number is read from the database it has filled."""

from __future__ import annotations

import os
import shlex
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from xetrack import Reader
from xetrack.interfaces.component import PartKind
from xetrack.parts.sql import sql_runner_for
from xetrack.plugins.registry import registry
from xetrack_cli.render.cells import pluralized
from xetrack_cli.render.model import Report, Table

if TYPE_CHECKING:
    from xetrack.interfaces.engines.sql import SQLResult

_LEADERBOARD = """
SELECT config_codec AS codec, config_level AS level, count(ratio) AS files,
       round(avg(ratio), 3) AS mean_ratio,
       round(sum(bytes_in) / sum(pack_seconds) / 1e6, 1) AS pack_mb_s,
       round(sum(bytes_in) / sum(unpack_seconds) / 1e6, 1) AS unpack_mb_s,
       sum(CASE WHEN error = '' THEN 0 ELSE 1 END) AS errors
FROM events WHERE track_id = ?
GROUP BY config_codec, config_level ORDER BY mean_ratio DESC, pack_mb_s DESC
"""

_QUERY = (
    "SELECT file, round(max(ratio), 2) AS best FROM events WHERE track_id = '{run}' "
    "GROUP BY file ORDER BY best DESC LIMIT 5"
)

_BY_RUN = "SELECT track_id, count(*), avg(ratio) FROM events GROUP BY track_id"

_RUNS = "SELECT count(DISTINCT track_id), count(*) FROM events"


def report(database: Path, run: str) -> Report:
    """Read the leaderboard of one run, and add what to type next.

    Parameters
    ----------
    database
        Where the rows are.
    run
        The run's track id.

    Returns
    -------
    Report
        Texts and tables in order.

    Raises
    ------
    UnsupportedOperationError
        The engine of the database runs no SQL, and nothing is installed that does for it.
    """
    query = _QUERY.format(run=run)
    with Reader(database) as reader:
        leaders = sql_runner_for(reader.engine).sql(_LEADERBOARD, [run])
        answer = sql_runner_for(reader.engine).sql(query)
        ((runs, rows),) = sql_runner_for(reader.engine).sql(_RUNS).rows
    xt, path = program(), shlex.quote(str(database))
    contents = f"{pluralized(rows, 'row')} of {pluralized(runs, 'run')}"
    commands = (
        f"head {path}",
        f"tail {path} -n 3 --columns file,config_codec,config_level,ratio",
        f'sql {path} "{_BY_RUN}"',
    )
    return Report(
        (
            f"Leaderboard of the run {run}:",
            _table(leaders),
            f'The files that compress best:\n$ {xt} sql {path} "{query}"',
            _table(answer),
            "\n".join(
                [
                    f"The database {database.resolve()} holds {contents}. Type next:",
                    *(f"  {xt} {command}" for command in commands),
                    f"Or look at it in a browser: {_install_page()}{xt} ui {path}",
                ]
            ),
        )
    )


def _install_page() -> str:
    """Return what to type before ``xt ui``; nothing where that is installed."""
    installed = {part.name for part in registry().components(PartKind.COMMAND)}
    return "" if "ui" in installed else "pip install 'xetrack[ui]', then "


def program() -> str:
    """Return what to type to run this very `xt` again."""
    called = Path(sys.argv[0])
    if called.stem != "xt":
        return f"{shlex.quote(sys.executable)} -m xetrack_cli"
    installed = shutil.which("xt")
    if installed and Path(installed).resolve() == called.resolve():
        return "xt"
    return shlex.quote(os.path.relpath(called))


def _table(result: SQLResult) -> Table:
    return Table(names=result.names, rows=result.rows)
