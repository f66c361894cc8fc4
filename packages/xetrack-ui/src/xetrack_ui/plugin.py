"""What this distribution offers: the command ``xt ui``.

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
            name="ui",
            target="xetrack_ui.commands:ui",
            summary="Show runs as a page on this machine, or write them as one file to share.",
        )
    ]
