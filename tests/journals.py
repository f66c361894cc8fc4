"""The example's journal, an engine of a stranger, as if its distribution were installed."""

from __future__ import annotations

from contextlib import contextmanager

from tests.engines import ROOT
from xetrack.plugins.registry import registry

EXAMPLE = ROOT / "examples" / "xetrack-example"


@contextmanager
def installed_journal(folder, monkeypatch):
    """Install the example as far as entry points say; yields the path of a journal."""
    about = folder / "site" / "xetrack_example-0.1.0.dist-info"
    about.mkdir(parents=True)
    (about / "METADATA").write_text(
        "Metadata-Version: 2.1\nName: xetrack-example\nVersion: 0.1.0\n"
    )
    (about / "entry_points.txt").write_text("[xetrack.plugins]\nexample = xetrack_example.plugin\n")
    monkeypatch.syspath_prepend(str(about.parent))
    monkeypatch.syspath_prepend(str(EXAMPLE / "src"))
    registry().refresh()
    yield folder / "runs.journal"
    monkeypatch.undo()
    registry().refresh()
