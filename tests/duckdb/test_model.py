"""Many processes of many threads do all there is on one file, and a model says what it holds.

By default a few of each for seconds; with ``XETRACK_TEST_MODEL=10`` 8 processes of 4 threads each,
10 times for a minute.
"""

from __future__ import annotations

import json
import os

import duckdb
import pytest

from tests.engines import opened, read, start

RUNS = int(os.environ.get("XETRACK_TEST_MODEL", "0"))
PROCESSES, THREADS, SECONDS = (8, 4, 60) if RUNS else (3, 3, 3)

WORKER = """
import json, random, sys, threading, time, traceback
from pathlib import Path
from xetrack import Reader, Tracker
from xetrack.errors import DatabaseBusyError, InterruptedReadError

path, number, threads, seconds = sys.argv[1], *map(int, sys.argv[2:5])
end = time.monotonic() + seconds
failures, models, doubtful = [], [], []


def work(at):
    chance = random.Random(1_000 * number + at)
    rows = {}  # id: value; what this thread acknowledged and did not delete
    models.append(rows)
    tracker, ids, n = None, [], 0

    def new():
        nonlocal n
        n += 1
        return f"{number}.{at}.{n}"

    def check(stored):
        stored = [one for one in stored if one.startswith(f"{number}.{at}.")]
        assert len(set(stored)) == len(stored), "twice"
        wrong = (set(stored) ^ set(rows)) - set(doubtful)
        assert not wrong, (len(stored), len(rows), wrong)

    while time.monotonic() < end:
        do, trying = 1.0, []
        try:
            if tracker is None:
                tracker, ids = Tracker(path, {"who": at}, warnings=False), []
            do = chance.random()
            if do < 0.6:
                trying = [one := new()]
                tracker.log({"id": one, "value": n})
                rows[one] = n
                ids.append(one)
            elif do < 0.68:
                trying = more = [new() for _ in range(chance.choice([3, 2_500]))]
                tracker.log_batch([{"id": one, "value": 1} for one in more])
                rows |= dict.fromkeys(more, 1)
                ids += more
            elif do < 0.74 and ids:
                value = chance.randrange(1_000)
                tracker.set_value("value", value)
                rows |= dict.fromkeys(ids, value)
            elif do < 0.78 and ids:
                over, tracker = tracker, None
                with Reader(path) as reader:
                    reader.delete_run(over.track_id)
                for one in ids:
                    del rows[one]
                over.close()
            elif do < 0.84:
                with Reader(path) as reader:
                    frame = reader.to_df()
                    # The table is there before anybody's first row.
                    check(frame["id"].tolist() if "id" in frame else [])
            elif do < 0.88:
                assert len(tracker) >= len(ids), (len(tracker), len(ids))
            elif do < 0.92:
                sql = "SELECT id FROM events WHERE id LIKE ?"
                with Reader(path) as reader:
                    check(reader.sql(sql, [f"{number}.{at}.%"])["id"].tolist())
            elif do < 0.96:
                over, tracker = tracker, None
                over.close()
            else:
                for _ in range(5):
                    Reader(path).close()
        except (DatabaseBusyError, FileNotFoundError):  # the latter: nobody has logged yet
            if do < 0.78:  # stored, set or deleted, or not
                doubtful.extend([*ids, *trying])
        except BaseException:
            failures.append(traceback.format_exc()[-1_500:])
            return
    if tracker is not None:
        tracker.close()


workers = [threading.Thread(target=work, args=[at]) for at in range(threads)]
for one in workers:
    one.start()
for one in workers:
    one.join()
model = {key: value for rows in models for key, value in rows.items()}
Path(sys.argv[5]).write_text(json.dumps([model, failures, doubtful]))
"""


@pytest.mark.timeout(60 + 5 * SECONDS)
@pytest.mark.parametrize("number", range(max(RUNS, 1)))
def test_what_many_processes_of_many_threads_do_is_what_the_file_holds(path, tmp_path, number):
    """No row is lost, doubled or mixed, and DuckDB itself reads the file from end to end."""
    outs = [tmp_path / f"{number}.{at}.json" for at in range(PROCESSES)]
    started = [start(WORKER, path, at, THREADS, SECONDS, out) for at, out in enumerate(outs)]
    ended = [(*one.communicate(timeout=50 + 4 * SECONDS), one.returncode) for one in started]
    assert [("", "", 0)] * PROCESSES == ended
    model, failures, doubtful = {}, [], set()
    for out in outs:
        more, failed, doubt = json.loads(out.read_text())
        doubtful.update(doubt)
        model |= more
        failures += failed
    assert [] == failures
    engine = opened(path)
    stored = [(row["id"], row["value"]) for row in read(engine)]
    engine.close()
    assert len(dict(stored)) == len(stored)
    certain = {key: value for key, value in model.items() if key not in doubtful}
    assert certain
    assert certain == {key: value for key, value in stored if key not in doubtful}
    assert not path.with_name(path.name + ".lock").exists()
    with duckdb.connect(path) as connection:
        assert [(len(stored),)] == connection.execute("SELECT count(id) FROM events").fetchall()
        connection.execute("CHECKPOINT")
    with duckdb.connect(path, read_only=True) as connection:
        assert len(stored) == len(connection.execute("FROM events").fetchall())
