"""What the distribution offers, and when it is imported."""

from __future__ import annotations

from xetrack_testing import PluginContract


class TestPlugin(PluginContract):
    """The command, announced as any plugin's."""

    distribution = "xetrack-reproduce"
