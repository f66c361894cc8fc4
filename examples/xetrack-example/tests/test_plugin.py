"""The distribution keeps the promises of a plugin."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version

import pytest

from xetrack_testing import PluginContract

try:
    version("xetrack-example")
    installed = True
except PackageNotFoundError:
    installed = False


@pytest.mark.skipif(not installed, reason="not installed yet; type: pip install -e .")
class TestPlugin(PluginContract):
    """What the distribution says of itself."""

    distribution = "xetrack-example"
