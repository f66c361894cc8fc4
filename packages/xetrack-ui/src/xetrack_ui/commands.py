"""`xt ui`."""

import os
from pathlib import Path

from xetrack.errors import InvalidArgumentError
from xetrack.interfaces.commands import CommandResult


def ui(
    *dbs: str,
    port: int = 0,
    host: str = "127.0.0.1",
    no_browser: bool = False,
    table: str = "",
    export: Path | None = None,
    runs: tuple[str, ...] = (),
    logs: tuple[Path, ...] = (),
) -> CommandResult:
    """Show runs as a page on this machine, or write them as one file to share.

    The page only reads, and no request leaves the machine. It serves until Ctrl-C. Only who has
    the URL that is printed can see it.

    Parameters
    ----------
    *dbs
        Paths or URLs of databases, by default XETRACK_DB; those that are not there yet are shown
        once they are.
    port
        The port to listen on; a free one by default.
    host
        The address to listen on. With another one than that of this machine alone, others in the
        network can open the page, if they have the URL.
    no_browser
        Only print the URL.
    table
        The table that the page opens with.
    export
        Write a page of HTML with the runs of the first database in it, which needs no server and
        no network.
    runs
        The runs to export: ids, beginnings of ids, names, or @1 for the newest. May be repeated;
        the latest hundred by default.
    logs
        A file of JSON lines, or a folder of text logs, that the runs were logged to as well: the
        view of a run shows what they have of it. May be repeated.

    Returns
    -------
    dict or None
        What was written; None for a page that was served.
    """
    default = os.environ.get("XETRACK_DB")
    dbs = dbs or ((default,) if default else ())
    if not dbs:
        raise InvalidArgumentError(
            "DB", "", "the path or URL of a database, such as: xt ui runs.db, or set XETRACK_DB"
        )
    from xetrack_ui.tables.workspace import Workspace  # noqa: PLC0415 - not for the help

    workspace = Workspace(dbs, table, map(str, logs))
    if export is not None:
        from xetrack_ui.export.writing import export_page  # noqa: PLC0415

        with workspace.closing():
            return export_page(workspace, export, table=table, runs=runs)
    if runs:
        raise InvalidArgumentError("--runs", ", ".join(runs), "it together with --export PAGE")
    from xetrack_ui.server.running import serve  # noqa: PLC0415

    workspace.check()
    serve(workspace, host=host, port=port, opens_browser=not no_browser, query=_query(table))
    return None


def _query(table: str) -> str:
    from urllib.parse import urlencode  # noqa: PLC0415

    return urlencode({"table": table}) if table else ""
