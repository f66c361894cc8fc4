"""What happened to a table since it was last looked at, for those who follow it live."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from xetrack.interfaces.engines.series import SeriesQuery
from xetrack.interfaces.engines.series.axis import number_of
from xetrack_ui.live.marks import (
    count_appended,
    count_rows,
    is_continued,
    is_described_alike,
    list_described,
)
from xetrack_ui.numbers.smoothing import read_points
from xetrack_ui.tables.state import read_token
from xetrack_ui.values.cells import number

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from xetrack import Reader
    from xetrack_ui.live.marks import Mark
    from xetrack_ui.tables.databases import Database
    from xetrack_ui.tables.state import TableState, TableStates

_SECONDS = 3.0
"""After so long a table is looked at again while runs go on: one may have ended without a word."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What one page follows."""

    y: tuple[str, ...] = ()
    x: str | None = None
    runs: tuple[str, ...] | None = None
    """Of these the rows are wanted; None for all."""
    figures: tuple[str, ...] = ()
    """Further metrics whose figures are wanted of runs that have changed, without their rows."""


@dataclass(slots=True)
class News:
    """What happened to a table."""

    token: str
    is_other: bool = False
    """Something else happened than appending: whoever shows the table has to read it anew."""
    before: Mark | None = None
    after: Mark | None = None
    counts: Mapping[str, int] = field(default_factory=dict)
    """The rows of each run afterwards, of runs with new rows."""
    changed: Sequence[str] = ()
    """Runs whose lines in the list have changed."""
    state: TableState | None = None
    """What the list of runs is made from now."""


class Follower:
    """Follows one table.

    **Threads.** One thread at a time may use it.

    Parameters
    ----------
    states
        Where states of tables are remembered.
    database, table
        The table.
    """

    def __init__(self, states: TableStates, database: Database, table: str) -> None:
        self._states = states
        self._database = database
        self._table = table
        self._mark: Mark | None = None
        self._counts: dict[str, int] = {}
        self._state: TableState | None = None
        self._is_due = False
        self._looked = 0.0

    def begin(self, wish: Wish, token: str) -> News:
        """Return what happened since a page read the table.

        Parameters
        ----------
        wish
            What the page follows.
        token
            What the page got with the answer that it shows; empty for none.
        """
        with self._database.reading(self._table) as reader:
            mark = self._look(reader)
            if self._state is not None:
                self._read(self._state, wish)
            if not token or token == mark.token:
                return News(mark.token)
            engine = reader.engine
            before = self._states.marks(self._database, self._table).known(token)
            if (
                before is None
                or not is_described_alike(before, mark)
                or not is_continued(engine, self._table, before, mark)
            ):
                return News(mark.token, is_other=True)
            appended = count_appended(engine, self._table, before, mark)
            counts = {run: self._counts.get(run, 0) for run in appended}
            ids = dict.fromkeys([*appended, *list_described(engine, before, mark)])
            known = {} if self._state is None else self._state.runs
            changed = [run for run in ids if run in known]
            return News(
                mark.token,
                before=before,
                after=mark,
                counts=counts,
                changed=changed,
                state=self._state,
            )

    def _look(self, reader: Reader) -> Mark:
        """Return the mark up to which news were told; now, for who has just begun."""
        if self._mark is None:
            engine = reader.engine
            token = read_token(engine, self._table)
            marks = self._states.marks(self._database, self._table)
            mark = marks.mark(engine, self._table, token)
            self._state = self._states.state(self._database, reader)
            self._read(self._state, Wish())
            # It may be an older one, where states cost much: what came since is told next.
            self._is_due = self._state.token != token
            self._counts = self._counted(reader, mark)
            self._mark = mark
        return self._mark

    def _counted(self, reader: Reader, mark: Mark) -> dict[str, int]:
        """Return how many rows each run had at a mark, as the state knows, if it is as old."""
        state = self._state
        if state is None or state.token != mark.token:
            return count_rows(reader.engine, self._table, mark)
        return {run: shown.span.rows for run, shown in state.runs.items()}

    def step(self, wishes: Sequence[Wish]) -> News | None:
        """Return what happened since the last step; None for nothing.

        Parameters
        ----------
        wishes
            What those follow who will be told.
        """
        with self._database.reading(self._table) as reader:
            before = self._look(reader)
            token = read_token(reader.engine, self._table)
            if token == before.token and not self._is_due and not self._must_look():
                return None
            news = (
                News(before.token)
                if token == before.token
                else self._compare(reader, before, token)
            )
            self._list_changes(reader, news, wishes)
            return news if news.is_other or news.counts or news.changed else None

    @staticmethod
    def _read(state: TableState, wish: Wish) -> None:
        """Read what is compared with the next state, as long as the table is as it is."""
        _ = state.runs, state.settings  # read when they are first asked for
        numbers = {each.name for each in state.columns if each.kind in {"number", "bool"}}
        state.figures((name for name in wish.y if name in numbers), wish.runs)

    def _must_look(self) -> bool:
        is_old = time.monotonic() - self._looked > _SECONDS
        return is_old and self._state is not None and self._state.has_running

    def _compare(self, reader: Reader, before: Mark, token: str) -> News:
        engine = reader.engine
        after = self._states.marks(self._database, self._table).mark(engine, self._table, token)
        self._mark, self._is_due = after, True
        if not is_continued(engine, self._table, before, after):
            self._counts = count_rows(engine, self._table, after)
            return News(token, is_other=True)
        appended = count_appended(engine, self._table, before, after)
        for run, count in appended.items():
            self._counts[run] = self._counts.get(run, 0) + count
        counts = {run: self._counts[run] for run in appended}
        return News(token, before=before, after=after, counts=counts)

    def _list_changes(self, reader: Reader, news: News, wishes: Sequence[Wish]) -> None:
        """Find the runs that have changed, and cells that were set in place."""
        self._looked = time.monotonic()
        old, new = self._state, self._states.state(self._database, reader)
        self._is_due = self._mark is not None and new.token != self._mark.token
        if new is old or old is None:
            return
        self._state = news.state = new
        for wish in wishes:
            self._read(new, wish)
        names = dict.fromkeys(name for wish in wishes for name in wish.y)
        pairs = [(old.known_figures(name), new.known_figures(name)) for name in names]
        changed = []
        for run, shown in new.runs.items():
            was = old.runs.get(run)
            # What was read on one side alone says nothing.
            read = [(earlier.get(run), later.get(run)) for earlier, later in pairs]
            is_same = all(None in pair or pair[0] == pair[1] for pair in read)
            if was != shown or not is_same:
                changed.append(run)
            if was is not None and was.span.rows == shown.span.rows and not is_same:
                news.is_other = True  # no row came, but a number is another
        news.changed = changed
        # A run is gone, or what is known of columns is something else.
        is_whole = old.runs.keys() <= new.runs.keys() and old.columns == new.columns
        news.is_other = news.is_other or not is_whole or old.settings != new.settings


def new_rows(reader: Reader, news: News, wish: Wish) -> dict[str, Any]:
    """Return the new rows that a page follows, by run: x, y of each column, and the count.

    Parameters
    ----------
    reader
        Has the table.
    news
        What happened.
    wish
        What the page follows.
    """
    if news.before is None or news.after is None or not wish.y:
        return {}
    known = {column.name for column in reader.engine.columns(reader.table)}
    y = tuple(name for name in wish.y if name in known)
    if not y or (wish.x is not None and wish.x not in known):
        return {}
    query = SeriesQuery(y=y, x=wish.x, runs=wish.runs)
    runs: dict[str, Any] = {}
    left = news.after.rows - news.before.rows
    points = read_points(reader.engine, reader.table, query, news.before.rows, left)
    for run, x, cells in points:
        into = runs.setdefault(run, {"x": [], "y": {name: [] for name in y}})
        into["x"].append(x)
        for name, cell in zip(y, cells, strict=True):
            into["y"][name].append(number(number_of(cell)))
    for run, into in runs.items():
        into["count"] = news.counts.get(run, len(into["x"]))
        if wish.x is None:
            first = into["count"] - len(into["x"])
            into["x"] = [float(first + at) for at in range(len(into["x"]))]
    return runs
