"""Spans: how many rows each run has, from when to when, where an engine need not group them all."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping


class RunSpan(NamedTuple):
    """The rows of one run."""

    rows: int
    """How many there are."""
    first: str | None
    """The least of their timestamps, as texts; None where there is none."""
    last: str | None
    """The greatest of them."""
    offset: str | None
    """The least of their offsets from UTC, as texts; None where there is none."""


class ReadsSpans(ABC):
    """The capability of an engine to know the rows of each run without grouping them.

    Examples
    --------
    ::

        spans = engine.read_spans("default") if isinstance(engine, ReadsSpans) else None
        if spans is None:
            spans = group(engine.read("default", Query(columns=("track_id", "timestamp"))))
    """

    @abstractmethod
    def read_spans(self, table: str) -> Mapping[str, RunSpan] | None:
        """Return the rows of all runs, from one moment.

        Parameters
        ----------
        table
            Name of the table.

        Returns
        -------
        mapping or None
            By track id, of rows that have a text as such. None where it is quicker to group, or
            where a timestamp is no text.

        Raises
        ------
        TableNotFoundError
            The table does not exist.
        """
