"""``/api/events``: what happens to a table, as events of a stream."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from starlette.responses import StreamingResponse

from xetrack.model.names import DEFAULT_TABLE
from xetrack_ui.answers.runs import run_rows
from xetrack_ui.answers.series import number_column
from xetrack_ui.live.following import Wish
from xetrack_ui.values.cells import encode

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from starlette.responses import Response
    from starlette.types import Receive, Scope, Send

    from xetrack_ui.answers.question import Question
    from xetrack_ui.live.following import News
    from xetrack_ui.server.threads import Threads
    from xetrack_ui.server.watching import Event, Subscriber, Watchers

PING = 15.0
"""Seconds after which a stream without news says that it is there."""


async def follow(question: Question, watchers: Watchers, threads: Threads) -> Response:
    """Return a stream of events, which ends when the client goes or the server ends.

    Parameters
    ----------
    question
        The request.
    watchers
        Who looks at tables.
    threads
        Where reading takes place.
    """
    parameters = question.parameters("db", "table", "runs", "columns", "figures", "x", "after")
    database = question.workspace.databases.numbered(parameters.text("db", "0"))
    table = parameters.text("table", DEFAULT_TABLE)

    def read_wish() -> Wish:
        with question.workspace.opened(database, table) as (_, state):
            y = tuple(number_column(state, name) for name in parameters.names("columns"))
            x = parameters.text("x")
            axis = x if x == "timestamp" else number_column(state, x) if x else None
            runs = parameters.names("runs") or None
            return Wish(y, axis, runs, parameters.names("figures"))

    wish = await threads.run(read_wish)
    subscriber = await watchers.subscribe(database, table, wish, parameters.text("after"))
    return _Stream(
        _events(watchers, subscriber), lambda: watchers.unsubscribe(database, table, subscriber)
    )


class _Stream(StreamingResponse):
    """A stream whose end is told, also where the client was gone before it began.

    Parameters
    ----------
    events
        What is sent.
    finish
        Called at the end.
    """

    def __init__(self, events: AsyncIterator[bytes], finish: Callable[[], None]) -> None:
        super().__init__(events, media_type="text/event-stream")
        self._finish = finish

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the events; see the specification of ASGI."""
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._finish()


async def _events(watchers: Watchers, subscriber: Subscriber) -> AsyncIterator[bytes]:
    yield b": xetrack\n\n"
    while not watchers.is_closed:
        try:
            event = await asyncio.wait_for(subscriber.events.get(), PING)
        except TimeoutError:
            yield b": ping\n\n"
            continue
        if event is None:
            return
        yield _encode(event)


def _encode(event: Event) -> bytes:
    name, data = event
    return b"event: " + name.encode() + b"\ndata: " + encode(data) + b"\n\n"


def describe_changes(news: News, wish: Wish) -> list[dict[str, Any]]:
    """Return the lines of runs that have changed, as ``/runs`` has them.

    Parameters
    ----------
    news
        What happened.
    wish
        What a page follows.
    """
    state = news.state
    if state is None:
        return []
    numbers = {each.name for each in state.columns if each.kind in {"number", "bool"}}
    runs = [state.runs[run] for run in news.changed]
    wanted = dict.fromkeys([*wish.y, *wish.figures])
    return run_rows(state, runs, [name for name in wanted if name in numbers])
