"""The probe keeps every promise of its kind."""

from __future__ import annotations

import pytest
from xetrack_example.probe import LoadProbe

from xetrack_testing import ProbeContract, ProductContract


class TestProbe(ProbeContract):
    """Declare what cannot hold: test_x = gap(ProbeContract.test_x, 'the reason')."""

    probe_class = LoadProbe


class TestProduct(ProductContract):
    """All of xetrack works with the probe."""

    distribution = "xetrack-example"

    @pytest.fixture
    def options(self):
        """What a tracker is made with."""
        return {"probes": [LoadProbe({})]}
