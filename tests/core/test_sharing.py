"""Promise 22: trackers that share a file, and threads that share a tracker."""

from __future__ import annotations

import threading

from xetrack import Reader, Tracker


def test_promise_22_two_trackers_on_one_database_see_each_others_columns(db):
    """Both add the same column, and each other's."""
    with Tracker(db) as one, Tracker(db) as other:
        for at in range(3):
            one.log({"both": at, f"one_{at}": at})
            other.log({"both": at, f"other_{at}": at})
        assert (3, 3, 6) == (len(one), len(other), one.count_all())
        assert set(one.columns) == set(other.columns)
        assert [0, 0, 1, 1, 2, 2] == one.to_df(all=True)["both"].tolist()


def test_promise_22_threads_share_a_tracker(tracker):
    """All rows are there, and lie in the order of their timestamps."""
    ready = threading.Barrier(8)
    failures: list[BaseException] = []

    def work(number: int) -> None:
        try:
            ready.wait()
            for at in range(50):
                row = tracker.log({"thread": number, "at": at, f"own_{number}": at})
                assert (number, at) == (row["thread"], row["at"])
                last = tracker.log_batch([{"thread": number, "at": -1}] * 2)
                assert number == last["thread"]
        except BaseException as error:  # noqa: BLE001 - reported by the test
            failures.append(error)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [] == failures
    rows = list(tracker)
    stamps = [row["timestamp"] for row in rows]
    assert 8 * 50 * 3 == len(rows)
    assert sorted(set(stamps)) == stamps
    for number in range(8):
        assert list(range(50)) == [
            row["at"] for row in rows if row["thread"] == number and row["at"] >= 0
        ]


def test_promise_22_threads_with_trackers_of_their_own_start_on_a_missing_file(db):
    """All at once, each with a column of its own, and into two tables."""
    ready = threading.Barrier(8)
    failures: list[BaseException] = []

    def work(number: int) -> None:
        try:
            ready.wait()
            with Tracker(db, table=f"table{number % 2}") as tracker:
                for at in range(10):
                    tracker.log({"at": at, f"own_{number}": at})
        except BaseException as error:  # noqa: BLE001 - reported by the test
            failures.append(error)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [] == failures
    for table in range(2):
        rows = Reader(db, table=f"table{table}").select().dicts()
        assert 40 == len(rows)
        for number in range(table, 8, 2):
            own = [row[f"own_{number}"] for row in rows if row[f"own_{number}"] is not None]
            assert list(range(10)) == own
