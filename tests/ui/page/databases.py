"""Databases that the tests of the page look at."""

import math
import sqlite3

from xetrack import Tracker

STEPS = 300
SPIKE = 5.5
SPIKE_AT = 137

EVIL = (
    '<img src=x onerror="window.hacked=1"><svg onload="window.hacked=1"></svg>'
    "<script>window.hacked=1</script>\"'`${window.hacked=1}</textarea>javascript:window.hacked=1"
)


def log_sweep(path, runs=6, steps=STEPS):
    """Log runs whose loss falls, with a spike in the first and a gap in the second."""
    for number in range(runs):
        rate = (0.1, 0.03, 0.01)[number % 3]
        params = {"optimizer": ("adam", "sgd")[number % 2], "lr": rate, "seed": number}
        with Tracker(path, params=params, name=f"sweep {number}") as tracker:
            for step in range(steps):
                base = math.exp(-step / steps * 40 * rate) + 0.1
                loss = base + 0.02 * math.sin(step * 1.7 + number)
                if number == 0 and step == SPIKE_AT:
                    loss = SPIKE
                if number == 1 and steps // 2 <= step < steps // 2 + 20:
                    loss = math.nan
                tracker.log({"step": step, "loss": loss, "accuracy": 1 - base / 2})
    return path


def log_evil(path):
    """Log runs whose names, params, columns and values are HTML, SVG and scripts."""
    for number in range(3):
        params = {EVIL: EVIL, "kind": EVIL}
        with Tracker(path, params=params, name=EVIL, tags=[EVIL], notes=EVIL) as tracker:
            for step in range(20):
                row = {"step": step, "loss": step / (1 + number), EVIL[:40]: step, "text": EVIL}
                tracker.log(row)
    with Tracker(path, name="huge") as tracker:
        tracker.log({"step": 0, "loss": 1.0, "text": "x" * 300_000})
    return path


def log_many(path, runs=10_000):
    """Log many short runs, quickly: the rows of the first are copied for all others."""
    with Tracker(path, track_id="run-00000", params={"lr": 0.1}) as tracker:
        tracker.log({"step": 0, "loss": 0.0})
    with sqlite3.connect(path) as connection:
        names = [row[1] for row in connection.execute('PRAGMA table_info("default")')]
        first = dict(
            zip(names, connection.execute('SELECT * FROM "default"').fetchone(), strict=True)
        )
        marks = ", ".join("?" * len(names))
        rows = (
            [*{**first, "track_id": f"run-{number:05}", "loss": number / 7}.values()]
            for number in range(1, runs)
        )
        connection.executemany(f'INSERT INTO "default" VALUES ({marks})', rows)
    connection.close()
    return path
