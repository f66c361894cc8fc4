"""What the distribution offers, and when it is imported."""

from __future__ import annotations

from xetrack_testing import PluginContract, ProductContract


class TestPlugin(PluginContract):
    """The command, announced as any plugin's."""

    distribution = "xetrack-ui"


class TestProduct(ProductContract):
    """Everything else is as it is without it."""

    distribution = "xetrack-ui"
