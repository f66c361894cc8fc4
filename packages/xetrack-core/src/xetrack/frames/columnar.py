"""What becomes a frame: columns, and their cells batch by batch."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from xetrack.interfaces.engine import Column
    from xetrack.model.kinds import Value


class Columnar(Protocol):
    """A `Selection` of an engine, or a `Result`."""

    @property
    def columns(self) -> tuple[Column, ...]:
        """The columns, in order."""

    @property
    def batches(self) -> Iterable[Sequence[Sequence[Value]]]:
        """Some rows at a time: the cells of each column."""
