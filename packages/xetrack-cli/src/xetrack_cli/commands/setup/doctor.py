"""`xt doctor`."""

from itertools import chain
from typing import Annotated

from attrs import astuple
from cyclopts import Parameter

from xetrack_cli.checks.database import check_database
from xetrack_cli.checks.installation import check_installation
from xetrack_cli.commands import DEFAULT_DB
from xetrack_cli.messages import progress
from xetrack_cli.options import EngineName
from xetrack_cli.render.model import Table


def doctor(
    db: Annotated[
        str | None, Parameter(name="DB", help=f"Look at this database too, or at {DEFAULT_DB}.")
    ] = None,
    /,
    *,
    engine: EngineName = None,
) -> Table:
    """Check the installation and a database.

    The exit code is 1 when there is a problem. Nothing is changed.

    Parameters
    ----------
    db
        Look at this database too.
    engine
        Storage engine; by default the one that the file belongs to.

    Returns
    -------
    Table
        A row for each check.
    """
    progress("Looking at the installation, at each plugin in a process of its own ...")
    findings = list(chain(check_installation(), check_database(db, engine) if db else ()))
    problems = [finding.check for finding in findings if finding.state == "problem"]
    return Table(
        names=("check", "state", "found"),
        rows=list(map(astuple, findings)),
        whole=True,
        marked=frozenset(at for at, finding in enumerate(findings) if finding.state == "problem"),
        failure=f"There are problems: {', '.join(problems)}. See the column found for what to do."
        if problems
        else "",
    )
