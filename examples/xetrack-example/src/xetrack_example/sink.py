"""The example sink: a line of text for each row."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xetrack.errors import InvalidArgumentError
from xetrack.interfaces.sinks import Sink
from xetrack.model.kinds import TO_TEXT, Kind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from xetrack.model.kinds import Value

VARIABLE = "XETRACK_EXAMPLE"
"""The variable of the environment that names the file."""


class ExampleSink(Sink):
    """Appends ``LEVEL {row as JSON}`` to a file.

    The file is the option ``path``, or what the environment's ``XETRACK_EXAMPLE`` names.
    """

    def __init__(self, options: Mapping[str, Any]) -> None:
        super().__init__(options)
        path = options.get("path") or os.environ.get(VARIABLE)
        if not path:
            raise InvalidArgumentError("path", path, f"a file, or set the variable {VARIABLE}")
        self._path = Path(path)

    def emit(self, row: Mapping[str, Value], level: str) -> None:
        """Write one line, at once; slow work would belong into a thread of the sink's own."""
        text = f"{level} {TO_TEXT[Kind.JSON](dict(row))}\n"
        with self._path.open("ab") as file:
            file.write(text.encode("utf-8", "backslashreplace"))
