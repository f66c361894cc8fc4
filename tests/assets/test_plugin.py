"""The distribution keeps the promises of plugins."""

from __future__ import annotations

from xetrack.testing import PluginContract


class TestPlugin(PluginContract):
    distribution = "xetrack-assets"
