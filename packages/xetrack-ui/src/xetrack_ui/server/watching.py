"""One watcher for each table that a page follows, which looks at it while anybody does."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from xetrack_ui.live.following import Follower, new_rows
from xetrack_ui.values.failures import to_failure

if TYPE_CHECKING:
    from collections.abc import Callable

    from xetrack_ui.live.following import News, Wish
    from xetrack_ui.server.threads import Threads
    from xetrack_ui.tables.databases import Database
    from xetrack_ui.tables.workspace import Workspace

PAUSE = 0.25
"""Seconds between two looks at a table."""

QUIET_PAUSE = 0.5
"""The same where nothing has happened for a while; a row is to be on the page within a second."""

_QUIET = 20
"""Looks without news from which on it is quiet."""

_FAILED = 2.0
"""Seconds until a table is looked at again that could not be read."""

_MOST_EVENTS = 64
"""Events that wait for a page; one that is slower reads everything anew."""

Event = tuple[str, dict[str, Any]]
"""The name of an event, and what it says."""


class Subscriber:
    """A page that follows a table.

    Parameters
    ----------
    wish
        What it follows.
    """

    def __init__(self, wish: Wish) -> None:
        self.wish = wish
        self.events: asyncio.Queue[Event | None] = asyncio.Queue()

    def put(self, event: Event | None) -> None:
        """Add an event; None is the end.

        Parameters
        ----------
        event
            The event; where too many wait for a slow page, ``reset`` takes the place of all.
        """
        if event is not None and self.events.qsize() >= _MOST_EVENTS:
            while not self.events.empty():
                self.events.get_nowait()
            event = ("reset", {})
        self.events.put_nowait(event)


class Watcher:
    """Looks at one table, and tells its subscribers what happened.

    Parameters
    ----------
    workspace
        Has what is known of the table.
    database, table
        The table.
    threads
        Where reading takes place.
    describe
        Returns lines of the list of runs, for `News` and a `Wish`.
    """

    def __init__(
        self,
        workspace: Workspace,
        database: Database,
        table: str,
        threads: Threads,
        describe: Callable[[News, Wish], list[dict[str, Any]]],
    ) -> None:
        self._database = database
        self._table = table
        self._threads = threads
        self._describe = describe
        self._workspace = workspace
        self._follower = Follower(workspace.states, database, table)
        self._lock = asyncio.Lock()
        self._task: asyncio.Task[None] | None = None
        self._joining = 0
        """Subscribers that are about to be added; a page that zooms leaves before it is back."""
        self.subscribers: list[Subscriber] = []

    async def add(self, subscriber: Subscriber, token: str) -> None:
        """Add a subscriber, and tell it what happened since a token.

        Parameters
        ----------
        subscriber
            The page.
        token
            What it got with the answer that it shows.
        """
        self._joining += 1
        try:
            async with self._lock:
                events = await self._threads.run(self._begin, subscriber.wish, token)
                for event in events:
                    subscriber.put(event)
                self.subscribers.append(subscriber)
        finally:
            self._joining -= 1
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._watch())

    def remove(self, subscriber: Subscriber) -> bool:
        """Remove a subscriber, and return True if it was the last one; then nobody looks on.

        Parameters
        ----------
        subscriber
            The page; nothing is done if it does not follow the table.
        """
        if subscriber in self.subscribers:
            self.subscribers.remove(subscriber)
        is_last = not self.subscribers and not self._joining
        if is_last and self._task is not None:
            self._task.cancel()
            self._task = None
        return is_last

    def close(self) -> None:
        """End all streams."""
        for subscriber in [*self.subscribers]:
            subscriber.put(None)

    async def _watch(self) -> None:
        pause, quiet = PAUSE, 0
        while True:
            await asyncio.sleep(pause)
            async with self._lock:
                subscribers = [*self.subscribers]
                wishes = [each.wish for each in subscribers]
                try:
                    events = await self._threads.run(self._step, wishes)
                    quiet = 0 if any(events) else quiet + 1
                    pause = PAUSE if quiet < _QUIET else QUIET_PAUSE
                except Exception as error:  # noqa: BLE001 - told, and looked at again
                    failure = ("failure", {"error": to_failure(error)})
                    events = [[] if pause == _FAILED else [failure] for _ in subscribers]
                    pause = _FAILED
                    self._follower = Follower(self._workspace.states, self._database, self._table)
                    # When it is there again, it may be another one.
                    self._was_gone = True
                for subscriber, some in zip(subscribers, events, strict=True):
                    for event in some:
                        subscriber.put(event)

    _was_gone = False

    def _begin(self, wish: Wish, token: str) -> list[Event]:
        return self._events(self._follower.begin(wish, token), wish)

    def _step(self, wishes: list[Wish]) -> list[list[Event]]:
        news = self._follower.step(wishes)
        if self._was_gone:
            self._was_gone = False
            return [[("reset", {})] for _ in wishes]
        return [[] if news is None else self._events(news, wish) for wish in wishes]

    def _events(self, news: News, wish: Wish) -> list[Event]:
        if news.is_other:
            return [("reset", {"token": news.token})]
        events: list[Event] = []
        if news.counts:
            with self._database.reading(self._table) as reader:
                rows = new_rows(reader, news, wish)
            if rows:
                events.append(("rows", {"token": news.token, "runs": rows}))
        if news.changed:
            changed = self._describe(news, wish)
            events.append(("runs", {"token": news.token, "changed": changed}))
        return events


class Watchers:
    """The watchers of a server, one for each table that is followed.

    Parameters
    ----------
    workspace
        Has the databases.
    threads
        Where reading takes place.
    describe
        See `Watcher`.
    """

    def __init__(
        self,
        workspace: Workspace,
        threads: Threads,
        describe: Callable[[News, Wish], list[dict[str, Any]]],
    ) -> None:
        self._workspace = workspace
        self._threads = threads
        self._describe = describe
        self._watchers: dict[tuple[int, str], Watcher] = {}
        self.is_closed = False

    @property
    def number(self) -> int:
        """How many tables are looked at."""
        return len(self._watchers)

    async def subscribe(self, database: Database, table: str, wish: Wish, token: str) -> Subscriber:
        """Return a new subscriber of a table.

        Parameters
        ----------
        database, table
            The table.
        wish
            What the page follows.
        token
            What it got with the answer that it shows; empty for none.

        Raises
        ------
        XetrackError
            The table cannot be read.
        """
        place = database.number, table
        if place not in self._watchers:
            self._watchers[place] = Watcher(
                self._workspace, database, table, self._threads, self._describe
            )
        subscriber = Subscriber(wish)
        watcher = self._watchers[place]
        try:
            await watcher.add(subscriber, token)
        except BaseException:
            if watcher.remove(subscriber) and self._watchers.get(place) is watcher:
                del self._watchers[place]
            raise
        return subscriber

    def unsubscribe(self, database: Database, table: str, subscriber: Subscriber) -> None:
        """Remove a subscriber, and its watcher if nobody else follows the table.

        Parameters
        ----------
        database, table
            The table.
        subscriber
            Who leaves.
        """
        place = database.number, table
        watcher = self._watchers.get(place)
        if watcher is not None and watcher.remove(subscriber):
            del self._watchers[place]

    def close(self) -> None:
        """End all streams, and take no others."""
        self.is_closed = True
        for watcher in self._watchers.values():
            watcher.close()
