"""The run: what sinks and run hooks are told of the rows that belong together."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from xetrack.model.kinds import Value


class Run(NamedTuple):
    """The description of a run, which begins with the first row of a tracker."""

    track_id: str
    """The name of the run, which is in each of its rows."""

    table: str
    """The table that its rows are stored in."""

    location: str
    """The database: a path, ``:memory:``, or a URL whose secrets are masked."""

    params: Mapping[str, Value]
    """A copy of the values that every row gets, as of the moment of the call."""

    started: datetime
    """The moment at which the run began, with the offset from UTC."""

    process: Mapping[str, Value] = MappingProxyType({})
    """The process and its machine, by the names of the fields of `RunRecord`: ``host``, ``pid``,
    ``argv`` and the like."""
