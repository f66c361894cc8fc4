"""Judges: what says of two runs whether they come to the same."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from xetrack.interfaces.engine import Engine
    from xetrack.interfaces.runs.record import RunRecord


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a judge says of two runs.

    Examples
    --------
    >>> Verdict(False, "loss differs from row 3 on").is_same
    False
    """

    is_same: bool | None
    """Whether the second run comes to the same as the first; None where that cannot be said."""
    summary: str
    """The reason, in one line of plain text."""


class Judge(ABC):
    """Compares two runs, for whoever looks at them side by side.

    **Reading.** It reads the rows from the engine, changes nothing, and keeps neither engine nor
    records. Somebody waits for it: what would take more than a second says so, by a verdict with
    None.

    **Errors.** An exception costs its verdict, and is shown in the place of it.

    **Threads.** It is called in any thread, and by several at once.

    Examples
    --------
    >>> class Lengths(Judge):
    ...     def judge(self, engine, first, second):
    ...         is_same = first.duration == second.duration
    ...         return Verdict(is_same, "as long" if is_same else "not as long")
    >>> from xetrack import Reader, Tracker
    >>> for name in ("first", "second"):
    ...     with Tracker("runs.db", track_id=name) as tracker:
    ...         row = tracker.log({"loss": 0.5})
    >>> reader = Reader("runs.db")
    >>> Lengths({}).judge(reader.engine, reader.run("first"), reader.run("first")).summary
    'as long'
    """

    def __init__(self, options: Mapping[str, Any]) -> None:
        """Prepare to judge.

        Parameters
        ----------
        options
            The options of this judge.
        """
        self.options = options

    @abstractmethod
    def judge(self, engine: Engine, first: RunRecord, second: RunRecord) -> Verdict | None:
        """Return what there is to say of two runs; None for nothing.

        Parameters
        ----------
        engine
            The open database, which has the rows of both.
        first
            The run to which the other is compared; the table of its rows is `RunRecord.table`.
        second
            The other run.
        """
