"""The example run hooks: a line in a file when a run begins and ends."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xetrack.errors import InvalidArgumentError
from xetrack.interfaces.runs.hooks import RunHooks

if TYPE_CHECKING:
    from collections.abc import Mapping

    from xetrack.interfaces.runs import Run

VARIABLE = "XETRACK_EXAMPLE_RUNS"
"""The variable of the environment that names the file."""


class ExampleHooks(RunHooks):
    """Appends ``started``, ``finished`` or ``failed`` with the name of the run.

    The file is the option ``path``, or what the environment's ``XETRACK_EXAMPLE_RUNS`` names.
    """

    def __init__(self, options: Mapping[str, Any]) -> None:
        super().__init__(options)
        path = options.get("path") or os.environ.get(VARIABLE)
        if not path:
            raise InvalidArgumentError("path", path, f"a file, or set the variable {VARIABLE}")
        self._path = Path(path)

    def started(self, run: Run) -> None:
        """Note that a run began."""
        self._append(f"started {run.track_id} in {run.table} of {run.location}")

    def finished(self, run: Run) -> None:
        """Note that a run ended well."""
        self._append(f"finished {run.track_id}")

    def failed(self, run: Run, error: BaseException) -> None:
        """Note what ended a run."""
        self._append(f"failed {run.track_id}: {type(error).__name__}")

    def _append(self, line: str) -> None:
        with self._path.open("a", encoding="utf-8", errors="backslashreplace") as file:
            file.write(f"{line}\n")
