"""Assets, as the guide and the reference show them."""

from __future__ import annotations

import sys
from pathlib import Path

import cloudpickle
import pandas as pd
import pytest

from tests.preloaded import run_command
from tests.spec.shown import Like
from xetrack import Reader, Tracker
from xetrack.errors import AssetNotFoundError


@pytest.fixture
def fitted():
    """The model of the guide, and its data."""
    from sklearn.datasets import load_iris  # noqa: PLC0415 - takes a second, and few tests need it
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415

    x, y = load_iris(return_X_y=True)
    return LogisticRegression(max_iter=1_000).fit(x, y), x, y


def xt(*words):
    """Run a command line."""
    done = run_command(
        [sys.executable, "-m", "xetrack_cli", *words], capture_output=True, text=True, check=False
    )
    assert 0 == done.returncode
    return done.stdout


def test_the_guide_tracks_assets(fitted, here):
    """The guide tracks assets: a model in a row, back by its hash, and exported for production."""
    lr, x, y = fitted
    tracker = Tracker("database_db", params={"model": "logistic regression", "dataset": "iris"})
    row = tracker.log({"accuracy": float(lr.score(x, y)), "lr": lr})
    assert {
        "accuracy": lr.score(x, y),
        "lr": Like("[0-9a-f]{16}"),
        "dataset": "iris",
        "model": "logistic regression",
        "timestamp": Like(r"\d{4}-\d\d-\d\d .*"),
        "track_id": Like(r"\w+-\w+-\d{4}"),
    } == row
    model = tracker.get(row["lr"])
    assert lr.score(x, y) == model.score(x, y)
    # The tip: afterwards, insert the hash.
    tracker.log({"accuracy": 0.5, "lr": row["lr"]})
    tracker.close()
    xt("assets", "export", "database_db", row["lr"], "model.cloudpickle")
    with Path("model.cloudpickle").open("rb") as file:
        model = cloudpickle.loads(file.read())
    assert (lr.predict(x) == model.predict(x)).all()
    assert row["lr"] in xt("assets", "ls", "database_db")
    xt("assets", "delete", "database_db", row["lr"])
    assert row["lr"] not in xt("assets", "ls", "database_db")


def test_a_model_loads_in_another_process(fitted, here):
    """A model loads in another process, by what stands in its row."""
    lr, x, _ = fitted
    with Tracker("database_db") as tracker:
        asset = tracker.log({"lr": lr})["lr"]
    code = (
        "import sys; from xetrack import Reader\n"
        "print(Reader('database_db').assets[sys.argv[1]].predict([[5.1, 3.5, 1.4, 0.2]]))"
    )
    done = run_command(
        [sys.executable, "-c", code, asset], capture_output=True, text=True, check=True
    )
    assert str(lr.predict(x[:1])) == done.stdout.strip()


def test_the_reference(here):
    """`tracker.get`, `tracker.assets`, `reader.assets`, `reader.remove_asset`."""
    from sklearn.linear_model import LinearRegression  # noqa: PLC0415 - takes a second

    tracker = Tracker("track.db")
    model = LinearRegression()
    row = tracker.log({"model_obj": model})
    assert isinstance(tracker.get(row["model_obj"]), LinearRegression)
    assert 1 == len(tracker.assets)
    reader = Reader("track.db")
    assert row["model_obj"] in reader.assets
    frame = reader.to_df()
    assert [row["model_obj"]] == frame["model_obj"].tolist()
    reader.remove_asset(row["model_obj"], column=None, remove_keys=True)
    assert 0 == len(reader.assets)
    with pytest.raises(AssetNotFoundError):
        tracker.get(row["model_obj"])
    after = reader.to_df()
    assert after["model_obj"].isna().all()
    pd.testing.assert_frame_equal(frame.drop(columns="model_obj"), after.drop(columns="model_obj"))


def test_gotcha_5_without_the_package_there_are_no_assets(here, monkeypatch):
    """`tracker.assets` is None."""
    code = (
        "from xetrack import Tracker, Reader; print(Tracker('x.db').assets, Reader('x.db').assets)"
    )
    monkeypatch.setenv("XETRACK_DISABLE_PLUGINS", "assets")
    done = run_command([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "None None" == done.stdout.strip()
