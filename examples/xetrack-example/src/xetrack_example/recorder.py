"""The example recorder: the disk that a run writes to."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xetrack.interfaces.runs.recorders import Recorder

if TYPE_CHECKING:
    from collections.abc import Mapping

    from xetrack.interfaces.runs import Run

MEGABYTE = 1_000_000


class ExampleRecorder(Recorder):
    """Records the free megabytes of a disk, when a run begins and when it ends.

    The disk is that of the option ``folder``, else that of the working directory.
    """

    def __init__(self, options: Mapping[str, Any]) -> None:
        super().__init__(options)
        self._folder = Path(options.get("folder") or ".")

    def begin(self, run: Run) -> Mapping[str, Any]:  # noqa: ARG002 - it is the same for each run
        """Return what is free when a run begins."""
        return {"folder": str(self._folder.absolute()), "free_mb": self._free()}

    def end(self, run: Run) -> Mapping[str, Any]:  # noqa: ARG002 - it is the same for each run
        """Return what is free when it ends."""
        return {"free_mb_at_end": self._free()}

    def _free(self) -> int:
        return shutil.disk_usage(self._folder).free // MEGABYTE
