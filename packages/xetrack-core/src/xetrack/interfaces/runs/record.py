"""The record of a run: who ran what, where, when, and how it ended."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime, timedelta

    from xetrack.model.kinds import Value


_LONGEST = 200
"""Characters of a value that are shown."""


class RunStatus(StrEnum):
    """How far a run has come."""

    RUNNING = "running"
    """It has begun. On another machine nobody can see whether its process is still there: the time
    of its last row says more."""
    FINISHED = "finished"
    """Its tracker was closed, or its program ended."""
    FAILED = "failed"
    """An exception ended it."""
    INTERRUPTED = "interrupted"
    """Ctrl-C ended it."""
    LOST = "lost"
    """Its process is gone, without a word: killed, or the machine went down."""
    UNKNOWN = "unknown"
    """It has rows and no record: an earlier version wrote them, or another program."""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class RunRecord:
    """What is known of one run beside its rows.

    Examples
    --------
    >>> from xetrack import Reader, Tracker
    >>> with Tracker("runs.db", track_id="first", tags=["baseline"]) as tracker:
    ...     row = tracker.log({"loss": 0.5})
    >>> record = Reader("runs.db").run("first")
    >>> record.status, record.tags
    (<RunStatus.FINISHED: 'finished'>, ('baseline',))
    """

    track_id: str
    """The run, as its rows name it."""
    status: RunStatus
    """How far it has come. Of several processes that share the run, the worst counts."""
    table: str
    """The table of its rows."""
    name: str | None = None
    """A name for people."""
    group: str | None = None
    """The name that the runs of one sweep share."""
    parent: str | None = None
    """The run that this one came from."""
    tags: tuple[str, ...] = ()
    """Words to find it by, in the order they were added."""
    notes: str | None = None
    """A free text."""
    started: datetime | None = None
    """The moment at which it began first, with an offset from UTC."""
    ended: datetime | None = None
    """The moment at which it ended; None while it runs, and where nobody knows."""
    host: str | None = None
    """The machine on which it ran last."""
    user: str | None = None
    """Who ran it."""
    pid: int | None = None
    """The number of the process that began it last."""
    argv: tuple[str, ...] = ()
    """The command line, as Python saw it."""
    cwd: str | None = None
    """The folder in which it ran."""
    python: str | None = None
    """The version of Python."""
    platform: str | None = None
    """The operating system and the processor."""
    error_type: str | None = None
    """The class of the exception that ended it."""
    error_message: str | None = None
    """The text of that exception."""
    params: Mapping[str, Value] = field(default_factory=dict)
    """The values that every row got, as they were given to the tracker."""
    facts: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """What each recorder wrote down, by the name of the recorder."""

    def __repr__(self) -> str:
        """Return what is known, in a line each, without what recorders wrote down in full."""
        lines = [f"  {name}: {value}" for name, value in self._described().items()]
        return "\n".join([f"RunRecord of {self.track_id!r}", *lines])

    def _repr_html_(self) -> str:
        from html import escape  # noqa: PLC0415 - in notebooks

        return f"<pre>{escape(repr(self))}</pre>"

    def _described(self) -> dict[str, str]:
        from xetrack.errors.escapes import escaped  # noqa: PLC0415 - for eyes only

        values = {each.name: getattr(self, each.name) for each in fields(self)}
        values["duration"], values["facts"] = self.duration, ", ".join(self.facts)
        values["params"] = dict(self.params)
        return {
            name: escaped(str(value))[:_LONGEST]
            for name, value in values.items()
            if value not in (None, "", (), {}) and name != "track_id"
        }

    @property
    def duration(self) -> timedelta | None:
        """The time from the begin to the end; None while it runs."""
        if self.started is None or self.ended is None:
            return None
        return self.ended - self.started
