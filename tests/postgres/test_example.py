"""The example runs on a server that its user names."""

from __future__ import annotations

import runpy
import sys

from tests.engines import ROOT

EXAMPLE = ROOT / "examples" / "13_postgresql.py"


def test_the_example_takes_the_server_that_is_named(server, tmp_path, monkeypatch, capsys):
    """Twice with the same outcome, because it takes away what it left the first time."""
    monkeypatch.syspath_prepend(EXAMPLE.parent)
    monkeypatch.setenv("XETRACK_POSTGRES_URL", server.url)
    for folder in ("first", "second"):
        monkeypatch.setattr(sys, "argv", [str(EXAMPLE), str(tmp_path / folder)])
        runpy.run_path(str(EXAMPLE), run_name="__main__")
        assert "Taken home: 100 rows in runs.db" in capsys.readouterr().out
