"""What this distribution offers: the command ``xt reproduce``, and a judge of two runs.

Only announcements belong here. xetrack imports this module to list plugins.
"""

from __future__ import annotations

from xetrack.interfaces.component import Component
from xetrack.plugins.markers import hookimpl


@hookimpl
def xetrack_commands() -> list[Component]:
    """Offer the command."""
    return [
        Component(
            name="reproduce",
            target="xetrack_reproduce.commands:reproduce",
            summary="Run a run again as it was recorded, and compare the rows.",
        )
    ]


@hookimpl
def xetrack_judges() -> list[Component]:
    """Offer the judge."""
    return [
        Component(
            name="results",
            target="xetrack_reproduce.comparison.judge:ResultsJudge",
            summary="Whether the rows of two runs are equal, but for params.",
        )
    ]
