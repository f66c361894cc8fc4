"""What those are told who follow a table: new rows, and when something else has happened."""

from __future__ import annotations

import asyncio
import threading
import time

import pytest

from tests.ui.pages import fill, opened
from xetrack import Reader, Tracker
from xetrack_ui.answers.question import Question
from xetrack_ui.live.following import Follower, Wish, new_rows
from xetrack_ui.live.marks import is_continued, read_mark
from xetrack_ui.server import events
from xetrack_ui.server.events import describe_changes
from xetrack_ui.server.threads import Threads
from xetrack_ui.server.watching import Subscriber, Watchers


@pytest.fixture(params=["runs.db", "runs.duckdb", "runs.journal"])
def followed(request, tmp_path, journal):
    """A page on a database of each engine, with a tracker that has logged two rows."""
    location = tmp_path / request.param
    tracker = Tracker(location, track_id="a")
    tracker.log_batch([{"step": step, "loss": 1.0} for step in range(2)])
    with tracker, opened(location) as page:
        yield page, tracker, location


def follower_of(page, wish, token=""):
    """Return a follower that has begun, and what it said first."""
    follower = Follower(page.workspace.states, page.workspace.databases.numbered("0"), "default")
    return follower, follower.begin(wish, token)


def rows_of(page, news, wish):
    """Return the new rows of news."""
    with page.workspace.databases.numbered("0").reading() as reader:
        return new_rows(reader, news, wish)


class CountedThen:
    """An engine with something that happens as soon as rows were counted."""

    def __init__(self, engine, then):
        self._engine = engine
        self._then = then

    def __getattr__(self, name):
        return getattr(self._engine, name)

    def count(self, table):
        """Count the rows, and let it happen."""
        rows = self._engine.count(table)
        self._then(table)
        return rows


def test_a_mark_counts_and_names_the_same_row(followed):
    """Also where a row comes between the count and the look at the last row."""
    page, tracker, _ = followed
    with page.workspace.databases.numbered("0").reading() as reader:
        engine = reader.engine
        before = read_mark(engine, "default", "before")
        busy = CountedThen(engine, lambda table: table == "default" and tracker.log({"step": 2}))
        assert before.last == read_mark(busy, "default", "then").last
        after = read_mark(engine, "default", "after")
        assert (2, 3) == (before.rows, after.rows)
        assert before.last != after.last
        assert is_continued(engine, "default", before, after)


def test_only_new_rows_are_told(followed):
    """With their place in the run, and how many the run has."""
    page, tracker, _ = followed
    wish = Wish(("loss",))
    follower, news = follower_of(page, wish, page.json("runs")["token"])
    assert not news.is_other
    assert follower.step([wish]) is None
    tracker.log({"step": 2, "loss": float("nan")})
    tracker.log({"step": 3})
    news = follower.step([wish])
    assert {"a": {"x": [2.0, 3.0], "y": {"loss": ["nan", None]}, "count": 4}} == rows_of(
        page, news, wish
    )
    assert ["a"] == [*news.changed]
    assert follower.step([wish]) is None
    assert {} == rows_of(page, news, Wish(("loss",), None, ("b",)))
    assert [2.0, 3.0] == rows_of(page, news, Wish(("loss",), "step"))["a"]["x"]


def test_rows_since_the_answer_that_a_page_shows_are_told_first(followed):
    """Those that came between the answer and the stream; nothing is missing, nothing told twice."""
    page, tracker, _ = followed
    wish = Wish(("loss",), "step")
    token = page.json("runs")["token"]
    tracker.log({"step": 2, "loss": 0.5})
    follower, news = follower_of(page, wish, token)
    assert {"a": {"x": [2.0], "y": {"loss": [0.5]}, "count": 3}} == rows_of(page, news, wish)
    tracker.log({"step": 3, "loss": 0.25})
    assert [3.0] == rows_of(page, follower.step([wish]), wish)["a"]["x"]


def test_runs_that_changed_since_the_answer_are_told_first(followed):
    """One has new rows, one ended, one is new, and what happened to other tables is no news."""
    page, tracker, location = followed
    wish = Wish(("loss",))
    with Tracker(location, track_id="b") as other:
        other.log({"step": 0, "loss": 2.0})
        token = page.json("runs")["token"]
    with Tracker(location, track_id="c", name="third") as third:
        third.log({"step": 0, "loss": 3.0})
    with Tracker(location, table="another", track_id="z") as elsewhere:
        elsewhere.log({"x": 1})
    tracker.run.add_tags("kept")
    _, news = follower_of(page, wish, token)
    assert not news.is_other
    lines = {run["track_id"]: run for run in describe_changes(news, wish)}
    assert {"a", "b", "c"} == lines.keys()
    assert ("finished", "third", ["kept"]) == (
        lines["b"]["status"],
        lines["c"]["name"],
        lines["a"]["tags"],
    )
    assert 3.0 == lines["c"]["values"]["loss"]["last"]


def test_a_stream_that_begins_with_a_state_of_before_is_told_what_came_since(followed):
    """A state that took long to make is served for a while, though the table has changed."""
    page, first, location = followed
    first.close()  # while runs go on, a table is looked at now and then
    token = page.json("runs")["token"]
    database = page.workspace.databases.numbered("0")
    with database.reading() as reader:
        old = page.workspace.states.state(database, reader)
        assert {"a"} == old.runs.keys()
    old.cost = 3_600.0
    with Tracker(location, track_id="b") as tracker:
        tracker.log({"step": 0, "loss": 2.0})
    follower, news = follower_of(page, Wish(), token)
    assert "b" not in news.changed
    old.cost = 0.0
    assert "b" in follower.step([Wish()]).changed


@pytest.mark.parametrize("what", ["column", "goal"])
def test_a_stream_with_an_older_token_says_that_columns_are_others(followed, what):
    """A new column, or a goal: the page reads anew."""
    page, tracker, _ = followed
    token = page.json("runs")["token"]
    if what == "column":
        tracker.log({"other": 1.0})
    else:
        tracker.define("loss", goal="min")
    assert follower_of(page, Wish(("loss",)), token)[1].is_other


def test_an_unknown_token_means_to_read_anew(followed):
    """As that of a server that was started before."""
    page, _, _ = followed
    assert follower_of(page, Wish(), "unknown")[1].is_other


def test_a_new_run_is_told(followed):
    """By its rows and its line in the list."""
    page, _, location = followed
    wish = Wish(("loss",))
    follower, _ = follower_of(page, wish)
    with Tracker(location, track_id="b", name="second") as other:
        other.log({"loss": 3.0})
        news = follower.step([wish])
        assert {"b": {"x": [0.0], "y": {"loss": [3.0]}, "count": 1}} == rows_of(page, news, wish)
        assert "b" in news.changed
        lines = {run["track_id"]: run for run in describe_changes(news, wish)}
        assert ("second", {"last": 3.0, "min": 3.0, "max": 3.0}) == (
            lines["b"]["name"],
            lines["b"]["values"]["loss"],
        )
    ended = follower.step([wish])
    assert "finished" == describe_changes(ended, wish)[-1]["status"]
    assert not ended.is_other


@pytest.mark.parametrize("what", ["set", "delete", "column", "goal"])
def test_what_is_no_new_row_means_to_read_anew(followed, what):
    """A cell that was set in place, a run that was deleted, a new column, a goal."""
    page, tracker, location = followed
    wish = Wish(("loss",))
    follower, _ = follower_of(page, wish)
    if what == "set":
        tracker.set_value("loss", 9.0)
    elif what == "delete":
        tracker.close()
        Reader(location).delete_run("a")
    elif what == "column":
        tracker.log({"other": 1.0})
    else:
        tracker.define("loss", goal="min")
    deadline = time.monotonic() + 10
    while (news := follower.step([wish])) is None or not news.is_other:
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_writes_to_other_tables_are_no_news(followed):
    """A file may change without a change of the table."""
    page, _, location = followed
    wish = Wish(("loss",))
    follower, _ = follower_of(page, wish)
    with Tracker(location, table="another", track_id="z") as other:
        other.log({"x": 1})
    news = follower.step([wish])
    assert news is None or not (news.is_other or news.counts)


def test_watchers_look_only_while_somebody_follows(tmp_path):
    """One for each table, however many pages; none when the last one has gone."""
    location = tmp_path / "runs.db"
    fill(location)
    with opened(location) as page:
        looks = []

        async def follow():
            watchers = Watchers(page.workspace, Threads(2), describe_changes)
            database = page.workspace.databases.numbered("0")
            step = Follower.step

            def counted(self, wishes):
                looks.append([name for wish in wishes for name in wish.y])
                return step(self, wishes)

            Follower.step = counted
            try:
                first = await watchers.subscribe(database, "default", Wish(("loss",)), "")
                second = await watchers.subscribe(database, "default", Wish(("step",)), "")
                await asyncio.sleep(0.7)
                assert 1 == watchers.number
                watchers.unsubscribe(database, "default", first)
                watchers.unsubscribe(database, "default", second)
                assert 0 == watchers.number
                before = len(looks)
                await asyncio.sleep(0.6)
                assert before == len(looks)
            finally:
                Follower.step = step

        asyncio.run(follow())
        assert {"loss", "step"} == {*looks[0]}
        assert 1 <= len(looks) <= 4


def test_who_comes_while_the_last_one_leaves_is_followed_and_let_go(tmp_path, monkeypatch):
    """A page that zooms closes its stream, and opens another one at once."""
    location = tmp_path / "runs.db"
    fill(location)
    begun, may_go_on = threading.Event(), threading.Event()
    begin = Follower.begin

    def slowly(self, wish, token):
        if wish.y:
            begun.set()
            assert may_go_on.wait(10)
        return begin(self, wish, token)

    monkeypatch.setattr(Follower, "begin", slowly)
    with opened(location) as page:

        async def follow():
            watchers = Watchers(page.workspace, Threads(2), describe_changes)
            database = page.workspace.databases.numbered("0")
            first = await watchers.subscribe(database, "default", Wish(), "")
            joining = asyncio.create_task(
                watchers.subscribe(database, "default", Wish(("loss",)), "")
            )
            await asyncio.to_thread(begun.wait, 10)
            watchers.unsubscribe(database, "default", first)
            may_go_on.set()
            second = await joining
            assert 1 == watchers.number
            with Tracker(location, track_id="new") as tracker:
                tracker.log({"loss": 1.0})
                event = await asyncio.wait_for(second.events.get(), 10)
            assert "rows" == event[0]
            watchers.unsubscribe(database, "default", second)
            assert 0 == watchers.number
            await asyncio.sleep(0)
            assert [asyncio.current_task()] == [*asyncio.all_tasks()]

        asyncio.run(follow())


def test_a_client_that_is_gone_before_its_stream_begins_is_let_go(tmp_path):
    """Nobody looks at the table for it."""
    location = tmp_path / "runs.db"
    fill(location)
    with opened(location) as page:

        async def follow():
            question = Question(page.workspace, {}, [("db", "0"), ("table", "default")])
            watchers = Watchers(page.workspace, Threads(2), describe_changes)
            response = await events.follow(question, watchers, Threads(2))
            assert 1 == watchers.number

            async def gone(*_):
                raise OSError("the client is gone")

            with pytest.raises((OSError, ExceptionGroup)):
                await response({"type": "http", "asgi": {"spec_version": "2.3"}}, gone, gone)
            assert 0 == watchers.number

        asyncio.run(follow())


def test_a_table_that_goes_away_is_told_and_looked_for(tmp_path):
    """The stream stays; when the table is there again, it is read anew."""
    location = tmp_path / "runs.db"
    fill(location)
    with opened(location) as page:

        async def follow():
            watchers = Watchers(page.workspace, Threads(2), describe_changes)
            database = page.workspace.databases.numbered("0")
            subscriber = await watchers.subscribe(database, "default", Wish(("loss",)), "")
            for path in tmp_path.glob("runs.db*"):
                path.unlink()
            names = []
            while "failure" not in names:
                names.append((await asyncio.wait_for(subscriber.events.get(), 10))[0])
            fill(location)
            while "reset" not in names:
                names.append((await asyncio.wait_for(subscriber.events.get(), 10))[0])
            watchers.close()
            assert await asyncio.wait_for(subscriber.events.get(), 10) is None
            watchers.unsubscribe(database, "default", subscriber)

        asyncio.run(follow())


def test_a_page_that_is_too_slow_reads_anew():
    """Events that wait are thrown away, as memory is not."""

    async def fill_up():
        subscriber = Subscriber(Wish())
        for number in range(200):
            subscriber.put(("rows", {"number": number}))
        assert subscriber.events.qsize() <= 65
        events = [subscriber.events.get_nowait() for _ in range(subscriber.events.qsize())]
        assert "reset" in {name for name, _ in events}

    asyncio.run(fill_up())


def test_threads_are_few_and_keep_nobody_waiting():
    """A function that nobody waits for any more counts until it ends."""

    async def work():
        threads = Threads(2)
        running, most = [], []

        def block(seconds):
            running.append(1)
            most.append(len(running))
            time.sleep(seconds)
            running.pop()
            return seconds

        results = await asyncio.gather(*(threads.run(block, 0.05) for _ in range(6)))
        assert ([0.05] * 6, 2) == (results, max(most))
        task = asyncio.create_task(threads.run(block, 0.3))
        await asyncio.sleep(0.05)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        with pytest.raises(ZeroDivisionError):
            await threads.run(lambda: 1 / 0)

    asyncio.run(work())
