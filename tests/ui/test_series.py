"""Series: what is drawn is what was logged, and no spike is lost."""

from __future__ import annotations

import math
import random
import sqlite3
from array import array
from contextlib import closing

import pytest

from tests.ui.pages import HOSTILE, opened
from xetrack import Tracker
from xetrack_ui.values.binary import Columns, precision


@pytest.fixture
def spiky(tmp_path):
    """A page on three runs of noise, each with spikes of which nobody may lose one."""
    location = tmp_path / "runs.db"
    chance = random.Random(7)
    for number in range(3):
        rows = [
            {"step": step, "loss": chance.random(), "acc": float(number)} for step in range(1000)
        ]
        for spike in (17, 500, 999):
            rows[spike]["loss"] = 50.0 * (number + 1)
        rows[333]["loss"] = -50.0
        rows[100]["loss"] = math.nan
        rows[101]["loss"] = math.inf
        rows[102]["loss"] = -math.inf
        rows[103]["loss"] = None
        with Tracker(location, track_id=f"run-{number}") as tracker:
            tracker.log_batch(rows)
    with opened(location) as page:
        yield page


def f32(numbers):
    """Return numbers as 32 bits have them."""
    return array("f", numbers)


@pytest.mark.parametrize("buckets", [1, 7, 40])
def test_buckets_are_what_sql_says(spiky, buckets):
    """Each column of each run, compared with a statement of SQL that knows nothing of buckets."""
    head, columns = spiky.series(y="loss", x="step", buckets=buckets)
    assert ["run-0", "run-1", "run-2"] == [run["track_id"] for run in head["runs"]]
    assert (0.0, 999.0, buckets, ["loss"]) == (*(head[n] for n in ("low", "high", "buckets", "y")),)
    location = spiky.workspace.databases.numbered("0").location
    query = """
        SELECT track_id, min(CAST(step * ? AS INTEGER) / 999, ? - 1) AS bucket, count(*),
               min(step), max(step),
               min(loss) FILTER (WHERE finite), max(loss) FILTER (WHERE finite),
               avg(loss) FILTER (WHERE finite)
        FROM (SELECT *, abs(loss) < 1e300 AS finite FROM "default")
        GROUP BY 1, 2 ORDER BY 1, 2
    """
    with closing(sqlite3.connect(location)) as connection:
        rows = connection.execute(query, (buckets, buckets)).fetchall()
    assert [row[2] for row in rows] == columns["rows"].tolist()
    assert [row[3] for row in rows] == columns["x_low"].tolist()
    assert [row[4] for row in rows] == columns["x_high"].tolist()
    assert f32(row[5] for row in rows) == columns["loss:min"]
    assert f32(row[6] for row in rows) == columns["loss:max"]
    assert [row[7] for row in rows] == pytest.approx(columns["loss:mean"].tolist(), rel=1e-5)
    # All four kinds of odd cells lie side by side.
    assert 3 == sum(bits == 15 for bits in columns["loss:odd"])
    for run in head["runs"]:
        part = slice(run["offset"], run["offset"] + run["length"])
        number = int(run["track_id"][-1])
        assert 50.0 * (number + 1) == max(columns["loss:max"][part])
        assert -50.0 == min(columns["loss:min"][part])
        assert 1000 == run["rows"] == sum(columns["rows"][part])


def test_a_zoom_has_the_rows_of_its_range(spiky):
    """Both ends are in it."""
    head, columns = spiky.series(y="loss", x="step", low=500, high=502, buckets=3, runs="run-1")
    assert (500.0, 502.0) == (head["low"], head["high"])
    assert [500.0, 501.0, 502.0] == columns["x_low"].tolist() == columns["x_high"].tolist()
    assert 100.0 == columns["loss:first"][0] == columns["loss:last"][0]
    head, columns = spiky.series(y="loss", x="step", low=5000, high=5002)
    assert ([], 0) == (head["runs"], len(columns["loss:min"]))


def test_conditions_choose_rows(spiky):
    """Comparisons joined by AND, for every engine."""
    head, columns = spiky.series(
        y="loss", where="step >= 10 AND step < 20 and acc = 1.0", buckets=100
    )
    assert ["run-1"] == [run["track_id"] for run in head["runs"]]
    assert 10 == sum(columns["rows"])
    _, columns = spiky.series(y="loss", where='"loss" IS NULL', buckets=1)
    assert [1, 1, 1] == columns["rows"].tolist()
    assert [8, 8, 8] == columns["loss:odd"].tolist()
    assert all(map(math.isnan, columns["loss:mean"]))


def test_smoothing_is_computed_from_every_point(spiky):
    """The smoothed number of a bucket is that after its last row, whatever the buckets are."""
    weight = 0.9
    _, points = spiky.series(y="loss", x="step", buckets=1000, runs="run-0")
    total, rest, smoothed = 0.0, 1.0, []
    for number in points["loss:mean"]:
        if math.isfinite(number):
            total, rest = weight * total + (1 - weight) * number, rest * weight
            smoothed.append(total / (1 - rest))
        else:
            smoothed.append(math.nan)
    _, columns = spiky.series(y="loss", x="step", buckets=1000, runs="run-0", smooth=weight)
    assert smoothed == pytest.approx(columns["loss:smooth"].tolist(), rel=1e-4, nan_ok=True)
    _, columns = spiky.series(y="loss", x="step", buckets=10, runs="run-0", smooth=weight)
    assert smoothed[99::100] == pytest.approx(columns["loss:smooth"].tolist(), rel=1e-4)
    _, zoomed = spiky.series(
        y="loss", x="step", buckets=1, runs="run-0", smooth=weight, low=990, high=999
    )
    assert smoothed[-1] == pytest.approx(zoomed["loss:smooth"][0], rel=1e-4)


def test_columns_of_hostile_names_are_read(tmp_path):
    """By their names and by the keys that were logged."""
    location = tmp_path / "runs.db"
    with Tracker(location, track_id="a") as tracker:
        tracker.log({text: float(number) for number, text in enumerate(HOSTILE)})
    with opened(location) as page:
        for number, text in enumerate(HOSTILE):
            head, columns = page.series(y=[text])
            assert [number] == columns[f"{head['y'][0]}:mean"].tolist()


def test_the_axis_is_a_time_or_the_place_of_a_row(spiky):
    """Without a column, rows are counted within their run."""
    head, columns = spiky.series(y="acc", buckets=1000)
    assert (None, 0.0, 999.0) == (head["x"], head["low"], head["high"])
    assert [*map(float, range(1000))] == columns["x_low"].tolist()[:1000]
    head, columns = spiky.series(y="acc", x="timestamp", buckets=5)
    first = spiky.json("runs", sort="started")["runs"][0]["first"]
    assert "timestamp" == head["x"]
    assert 1.7e9 < head["low"] <= head["high"] < 1e11
    assert first.startswith("20")


def test_numbers_that_32_bits_would_bend_have_64(tmp_path):
    """Too large, too small, or steps on top of a large number."""
    location = tmp_path / "runs.db"
    with Tracker(location, track_id="a") as tracker:
        tracker.log_batch(
            [
                {"large": 1e300 * n, "small": 1e-300 * n, "steps": 1e9 + n, "plain": n / 7}
                for n in range(10)
            ]
        )
    with opened(location) as page:
        head, columns = page.series(y=["large", "small", "steps", "plain"], buckets=10)
        types = {column["name"]: column["type"] for column in head["columns"]}
        assert ["f64", "f64", "f64", "f32"] == [
            types[f"{name}:mean"] for name in ("large", "small", "steps", "plain")
        ]
        assert [1e9 + n for n in range(10)] == columns["steps:mean"].tolist()
        assert 9 * 1e300 == columns["large:max"][-1]


def test_columns_that_are_the_same_are_sent_once():
    """Where each bucket has one row, five of them are."""
    columns = Columns()
    for name in ("min", "max", "mean"):
        columns.add(name, "f32", [0.5, None, 2.0])
    columns.add("x", "f64", [1.0])
    content = columns.pack({"a": 1})
    length = int.from_bytes(content[:4], "little")
    assert 4 + length + 12 + 4 + 8 == len(content)
    assert 0 == (4 + length) % 8
    assert "f32" == precision([[0.0, None, 1.0]])


def test_wanted_parts_are_sent_alone(spiky):
    """For who draws an envelope, and nothing else."""
    _, columns = spiky.series(y="loss", parts=["min", "max"])
    assert {"x_low", "x_high", "rows", "loss:min", "loss:max", "loss:odd"} == {*columns}
