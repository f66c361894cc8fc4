"""The options of `xt runs` that choose runs by their records."""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

from attrs import frozen
from cyclopts import Parameter

from xetrack.errors import InvalidArgumentError, near
from xetrack.interfaces.runs.record import RunRecord, RunStatus
from xetrack.model.durations import seconds_in
from xetrack_cli.options import Filter
from xetrack_cli.queries.run_list import ListedRun

_EXPECTED = (
    "a number with s, m, h, d or w for seconds, minutes, hours, days or weeks, such as 2d, or a "
    "date, with a time or without, such as 2026-01-31"
)


def _moment(_: Any, tokens: Any) -> datetime:
    """Return the moment that a text means: so long ago, or a date, local without a zone."""
    text = tokens[0].value
    try:
        ago = timedelta(seconds=seconds_in("--since", text))
    except InvalidArgumentError:
        with suppress(ValueError, OverflowError):  # the latter where the clock has no such year
            return datetime.fromisoformat(text).astimezone(UTC)
        raise ValueError(f"Give {_EXPECTED}.") from None
    now = datetime.now(UTC)
    return now - min(ago, now - _FIRST)


_FIRST = datetime.min.replace(tzinfo=UTC)


@Parameter(name="*")
@frozen(kw_only=True)
class RunFilter(Filter):
    """Which runs of a table."""

    status: Annotated[
        tuple[RunStatus, ...],
        Parameter(
            metavar="STATUS",
            help=f"Only runs of this status: {', '.join(RunStatus)}. May be repeated.",
            negative="",
            show_default=False,
            show_choices=False,
        ),
    ] = ()
    tag: Annotated[
        tuple[str, ...],
        Parameter(
            metavar="TAG",
            help="Only runs with this tag. May be repeated.",
            negative="",
            show_default=False,
            allow_leading_hyphen=True,
        ),
    ] = ()
    group: Annotated[
        str | None,
        Parameter(metavar="GROUP", help="Only runs of this group.", allow_leading_hyphen=True),
    ] = None
    since: Annotated[
        datetime | None,
        Parameter(
            metavar="AGE",
            help=f"Only runs that began since then: {_EXPECTED}.",
            converter=_moment,
            n_tokens=1,
            allow_leading_hyphen=True,  # of what is wrong, so that the error says what is right
        ),
    ] = None

    @property
    def is_empty(self) -> bool:
        """Return True if every run is chosen."""
        return not self.status and not self.tag and self.group is None and self.since is None

    def matches(self, run: ListedRun) -> bool:
        """Return True if a run is chosen.

        Parameters
        ----------
        run
            The run.
        """
        record = run.record
        if self.status and record.status not in self.status:
            return False
        if self.group is not None and record.group != self.group:
            return False
        if not set(self.tag) <= set(record.tags):
            return False
        if self.since is None:
            return True
        begun = run.started
        return begun is not None and begun >= self.since

    def unknown(self, records: Iterable[RunRecord]) -> Iterator[str]:
        """Say of the group and each tag whether no run has it, and which there are.

        Parameters
        ----------
        records
            Those of all runs of the table.

        Yields
        ------
        str
            A sentence or two for each.
        """
        records = [*records]
        groups = {record.group for record in records if record.group is not None}
        tags = {tag for record in records for tag in record.tags}
        asked = () if self.group is None else (self.group,)
        for what, names, known in (("group", asked, groups), ("tag", self.tag, tags)):
            for name in names:
                if name not in known:
                    hint = near(name, known) or f"No run has a {what}."
                    yield f"There is no {what} {name!r}. {hint}".rstrip()


ALL_RUNS = RunFilter()
"""What `xt runs` takes where nothing else is typed."""
