"""The command reports, and all of xetrack works beside it."""

from __future__ import annotations

import math

import pytest
from xetrack_report.command import report

from xetrack import Tracker
from xetrack.errors import RunNotFoundError
from xetrack_testing import PluginContract, ProductContract


class TestPlugin(PluginContract):
    """What the distribution says of itself."""

    distribution = "xetrack-report"


class TestProduct(ProductContract):
    """The command adds nothing to a tracker."""

    distribution = "xetrack-report"


@pytest.fixture
def db(tmp_path):
    """A run of three rows, and another."""
    with Tracker(tmp_path / "runs.db", {"model": "small|<b>"}, track_id="first") as tracker:
        rows = [{"epoch": n, "loss": 1 / 2**n, "big": 10**400 + n} for n in range(3)]
        tracker.log_batch([*rows, {"epoch": 3, "loss": math.nan}])
    with Tracker(tmp_path / "runs.db", track_id="second") as tracker:
        tracker.log({"epoch": 100, "other": "of another run"})
    return str(tmp_path / "runs.db")


def test_a_report_in_markdown(db):
    """Params, numbers and the last rows; texts that mean something in Markdown are escaped."""
    text = report(db, "first", last=1)
    assert text.startswith("# Run first\n\n## Values of all rows\n")
    assert "| model | small\\|\\<b> |" in text
    assert "| loss | 1.0 | 0.25 | 0.25 | 0.583333 | 1 |" in text
    assert "| epoch | 0 | 3 | 0 | 1.5 | 3 |" in text
    assert "\n| big |" not in text
    assert "## The last of 4 rows" in text
    assert 1 == text.count("| nan |")
    assert "another" not in text


def test_a_report_in_html(db):
    """The same; texts that mean something in HTML are escaped."""
    text = report(db, "first", html=True)
    assert "<h1>Run first</h1>" in text
    assert "<tr><td>model</td><td>small|&lt;b&gt;</td></tr>" in text
    assert "<tr><td>epoch</td><td>0</td><td>3</td><td>0</td><td>1.5</td><td>3</td></tr>" in text


def test_a_run_that_there_is_not(db):
    """The error names the run that was meant."""
    with pytest.raises(RunNotFoundError, match="'first'"):
        report(db, "frist")
