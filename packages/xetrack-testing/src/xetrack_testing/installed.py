"""Tests of what is installed, which are skipped until it is."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, distribution

import pytest

from xetrack_testing.declared import Contract


class InstalledContract(Contract):
    """Tests of the distribution `distribution`, whose parts are found by its entry points."""

    distribution: str
    """The name of the distribution, as after ``pip install``."""

    @pytest.fixture(autouse=True)
    def _installed(self) -> None:
        """Skip the tests as long as the distribution is not installed."""
        try:
            distribution(self.distribution)
        except PackageNotFoundError:
            pytest.skip("not installed yet; type: pip install -e .")
