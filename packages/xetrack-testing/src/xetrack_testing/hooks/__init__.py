"""The contracts of what acts on runs and rows: run hooks, recorders, filters, formats, judges."""

from __future__ import annotations

from xetrack_testing.hooks.formats import FormatContract
from xetrack_testing.hooks.judges import JudgeContract
from xetrack_testing.hooks.recorders import RecorderContract
from xetrack_testing.hooks.row_filters import RowFilterContract
from xetrack_testing.hooks.run_hooks import RunHooksContract

__all__ = [
    "FormatContract",
    "JudgeContract",
    "RecorderContract",
    "RowFilterContract",
    "RunHooksContract",
]
