"""The command ``xt journal``. It is imported when it is called, so it may import what it likes."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003 - xt reads the types of the parameters
from typing import Any

from xetrack.interfaces.engine import Settings
from xetrack.model.names import RUNS_TABLE
from xetrack_example.journal_engine import JournalEngine


def journal(db: Path) -> list[dict[str, Any]]:
    """Show how much of a journal is history.

    Parameters
    ----------
    db
        The file of a journal.

    Returns
    -------
    list of dict
        A line for each table: its rows, and how many were ever logged.
    """
    engine = JournalEngine(str(db), Settings(read_only=True))
    try:
        return [
            {"table": name, "rows": engine.count(name), "logged": engine.known[name].logged}
            for name in engine.tables()
            if name != RUNS_TABLE
        ]
    finally:
        engine.close()
