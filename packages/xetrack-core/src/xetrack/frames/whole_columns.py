"""Whole columns of a large SQLite table, read by the backend `arrow` for every backend."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from xetrack.errors import XetrackError
from xetrack.interfaces.component import PartKind
from xetrack.interfaces.engines.capabilities import HasArrow
from xetrack.interfaces.engines.snapshots import CopiesSQLite
from xetrack.interfaces.frames import ReadsColumns
from xetrack.plugins.registry import registry

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from xetrack.interfaces.engine import Selection
    from xetrack.interfaces.frames import Columnar
    from xetrack.model.kinds import Value


def with_arrays(answer: Columnar) -> Columnar:
    """Return an answer that may have Arrow arrays, if its database lends a copy; else as it is.

    Parameters
    ----------
    answer
        A result, a selection or another answer of an engine.
    """
    return WholeColumns(answer) if isinstance(answer, CopiesSQLite) else answer


class WholeColumns(HasArrow):
    """An answer of SQLite whose columns the backend `arrow` may read, whichever makes the frame."""

    def __init__(self, answer: CopiesSQLite) -> None:
        self.columns = answer.columns
        self._answer = answer

    @property
    def batches(self) -> Iterable[Sequence[Sequence[Value]]]:
        """The batches of the answer."""
        return self._answer.batches

    def arrow(self) -> tuple[dict[str, Any], Selection] | None:
        """Return columns as Arrow arrays, and the selection of all others; see `HasArrow.arrow`."""
        table = self._answer.stored()
        if table is None:  # before plugins are looked for
            return None
        try:
            reader = registry().make(PartKind.FRAME_BACKEND, "arrow")
        except XetrackError:  # not installed, left out or broken
            return None
        if not isinstance(reader, ReadsColumns):
            return None
        arrays = reader.columns(table, self._answer)
        if arrays is None:
            return None
        others = [column.name for column in self.columns if column.name not in arrays]
        return arrays, self._answer.rest(others)
