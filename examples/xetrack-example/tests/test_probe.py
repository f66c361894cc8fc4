"""The probe keeps every promise of its kind."""

from __future__ import annotations

from xetrack_example.probe import LoadProbe

from xetrack_testing import ProbeContract


class TestProbe(ProbeContract):
    """Declare what cannot hold: test_x = gap(ProbeContract.test_x, 'the reason')."""

    probe_class = LoadProbe
