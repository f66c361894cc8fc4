"""What the distribution offers, and when it is imported."""

from __future__ import annotations

import pytest

from xetrack_testing import PluginContract, ProductContract


class TestPlugin(PluginContract):
    """The probe and the recorder, announced as any plugin's."""

    distribution = "xetrack-gpu"


class TestProduct(ProductContract):
    """Both are chosen by their name, on the machine that runs the tests."""

    distribution = "xetrack-gpu"

    @pytest.fixture
    def options(self):
        """What a tracker is made with."""
        return {"probes": ["gpu?interval=0.1"], "record": ["gpu"]}
