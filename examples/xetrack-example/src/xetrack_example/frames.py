"""The example frame backend: frames that are dicts, with a list of cells for each column."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xetrack.interfaces.frames import FrameBackend

if TYPE_CHECKING:
    from xetrack.interfaces.frames import Columnar
    from xetrack.model.kinds import Value


class ExampleBackend(FrameBackend):
    """``reader.to_df(backend="example")``; put your library in the place of the dict."""

    def frame(self, answer: Columnar) -> dict[str, list[Value]]:
        """Return the cells of each column, None where one is missing."""
        frame: dict[str, list[Value]] = {column.name: [] for column in answer.columns}
        for batch in answer.batches:
            for cells, more in zip(frame.values(), batch, strict=True):
                cells.extend(more)
        return frame
