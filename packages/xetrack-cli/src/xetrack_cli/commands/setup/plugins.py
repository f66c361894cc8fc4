"""`xt plugins`."""

from dataclasses import fields, replace
from typing import Annotated

from cyclopts import Parameter
from cyclopts.validators import Number

from xetrack.interfaces.component import PartKind
from xetrack.plugins.parts import Status
from xetrack.plugins.registry import registry
from xetrack_cli import messages, results
from xetrack_cli.checks.plugins import SECONDS, check_plugins
from xetrack_cli.commandline.plugin_commands import refused_commands
from xetrack_cli.render.markdown import markdown
from xetrack_cli.render.model import Drawing, Table
from xetrack_cli.render.parts.listing import list_parts


def plugins(
    *,
    check: Annotated[
        bool,
        Parameter(negative="", show_default=False),
    ] = False,
    timeout: Annotated[float, Parameter(validator=Number(gt=0))] = SECONDS,
) -> Drawing:
    """Show what is installed, and what was left out and why.

    `xt plugins show NAME` shows the options of one; `xt plugins new NAME --kind engine` writes one.

    Parameters
    ----------
    check
        Import every part in a process of its own, and fail if one cannot be used.
    timeout
        Seconds that --check gives each plugin.

    Returns
    -------
    Drawing
        A line for each plugin and each of its parts.
    """
    statuses = check_plugins(timeout) if check else registry().statuses()
    reason_by_command = refused_commands(
        [status.name for status in statuses if _is_usable_command(status)]
    )
    statuses = [
        replace(status, state="quarantined", reason=reason_by_command[status.name])
        if _is_usable_command(status) and status.name in reason_by_command
        else status
        for status in statuses
    ]
    broken = [
        f"{status.kind} {status.name!r}" for status in statuses if status.state == "quarantined"
    ]
    names = tuple(field.name for field in fields(Status))
    table = Table(
        names=names,
        rows=[tuple(getattr(status, name) for name in names) for status in statuses],
        failure=f"Cannot be used: {', '.join(broken)}. Reinstall or remove what brings them."
        if check and broken
        else "",
    )

    def draw(columns: int, _: int, colored: bool) -> str:
        if messages.is_terminal(results.stdout()):
            return list_parts(statuses, columns, colored=colored)
        return "".join(f"{line}\n" for line in markdown(table))  # one line for each, for grep

    return Drawing(table=table, draw=draw)


def _is_usable_command(status: Status) -> bool:
    return status.kind == PartKind.COMMAND and status.state != "quarantined"
