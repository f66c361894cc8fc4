"""`xt plugins`."""

from typing import Annotated

from attrs import astuple, evolve, fields
from cyclopts import Parameter
from cyclopts.validators import Number

from xetrack.interfaces.component import PartKind
from xetrack.plugins.registry import registry
from xetrack.plugins.status import Status
from xetrack_cli.checks.plugins import SECONDS, checked
from xetrack_cli.commandline.plugin_commands import refusals
from xetrack_cli.render.model import Table


def plugins(
    *,
    check: Annotated[
        bool,
        Parameter(
            help="Import every part in a process of its own, and fail if one cannot be used.",
            negative="",
            show_default=False,
        ),
    ] = False,
    timeout: Annotated[
        float, Parameter(help="Seconds that --check gives each plugin.", validator=Number(gt=0))
    ] = SECONDS,
) -> Table:
    """Show what is installed, and what was left out and why.

    `xt plugins new NAME --kind engine` writes a new one.
    """
    statuses = checked(timeout) if check else registry().statuses()
    refused = refusals([each.name for each in statuses if _is_usable_command(each)])
    statuses = [
        evolve(each, state="quarantined", reason=refused[each.name])
        if _is_usable_command(each) and each.name in refused
        else each
        for each in statuses
    ]
    broken = [f"{each.kind} {each.name!r}" for each in statuses if each.state == "quarantined"]
    return Table(
        names=tuple(field.name for field in fields(Status)),
        rows=[astuple(each) for each in statuses],
        whole=True,
        failure=f"Cannot be used: {', '.join(broken)}. Reinstall or remove what brings them."
        if check and broken
        else "",
    )


def _is_usable_command(status: Status) -> bool:
    return status.kind == PartKind.COMMAND and status.state != "quarantined"
