"""What this distribution offers: the command ``xt report``."""

from __future__ import annotations

from xetrack.plugins import Component, hookimpl


@hookimpl
def xetrack_commands() -> list[Component]:
    """Offer the command."""
    return [
        Component(
            name="report",
            target="xetrack_report.command:report",
            summary="Write a report of a run, in Markdown or HTML.",
        )
    ]
