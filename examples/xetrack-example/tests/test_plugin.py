"""The distribution keeps the promises of a plugin."""

from __future__ import annotations

from xetrack_testing import PluginContract


class TestPlugin(PluginContract):
    """What the distribution says of itself."""

    distribution = "xetrack-example"
