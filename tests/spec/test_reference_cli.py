"""The commands of `xt`, as the guide and the reference list them."""

from __future__ import annotations

import shlex

import pytest

from tests.preloaded import run_xt
from xetrack import Reader, Tracker


@pytest.fixture
def xt(tmp_path):
    """Run a command line as it is typed, in the folder of the databases."""

    def run(line, err=""):
        done = run_xt(shlex.split(line)[1:], cwd=tmp_path)
        assert (0, err) == (done.code, done.err), line
        return done.out

    return run


@pytest.fixture
def db(tmp_path):
    """Three runs, one of them `cool-name-1234`."""
    path = tmp_path / "db.db"
    for name in ("cool-name-1234", "ebony-loon-6720", "last-name-1"):
        with Tracker(path, track_id=name, params={"params": "1b5b2294fc521d12"}) as tracker:
            tracker.log_batch([{"epoch": at, "accuracy": at / 10, "loss": 1 / at} for at in (1, 2)])
    return path


def test_rows_columns_and_sql(xt, db):
    """Each line of the reference answers."""
    assert 6 + 2 == len(xt("xt head db.db --n=10").splitlines())
    assert 1 + 2 == len(xt("xt tail db.db --n=1").splitlines())
    assert "| accuracy " in xt("xt columns db.db")
    assert "accuracy" in xt("xt ls db.db").splitlines()
    names = ["cool-name-1234", "ebony-loon-6720", "last-name-1"]
    assert names == xt("xt ls db.db track_id --unique").splitlines()
    for name in (r"\"default\"", "db.events;"):
        assert names[0] in xt(f'xt sql db.db "SELECT * FROM {name}"')
    assert names[0] in xt(r'xt sql db.db "SELECT * FROM \"default\" LIMIT 5"')


def test_options_of_all_commands(xt, db):
    """All commands have options for the engine, the table and JSON."""
    answer = xt("xt head db.db --engine sqlite --table default --json")
    assert answer.startswith("[\n{")
    assert "last-name-1" in xt("xt tail db.db --json")


def test_values_are_set_and_runs_deleted(xt, db):
    """Values are set and runs deleted, as both documents show it."""
    xt(
        "xt set db.db accuracy 0.8 --where-key params --where-value 1b5b2294fc521d12 "
        "--track-id ebony-loon-6720"
    )
    xt("xt set db.db key value --track-id=cool-name-1234")
    rows = Reader(db).select(["accuracy", "key"]).rows()
    assert [(0.1, "value"), (0.2, "value"), (0.8, None), (0.8, None)] == rows[:4]
    xt("xt delete db.db ebony-loon-6720")
    assert 4 == len(Reader(db))


def test_databases_are_copied(xt, db):
    """Databases are copied: table by table."""
    Tracker(db, table="other").log({"v": 1})
    xt("xt copy db.db target.db --table=default --table=other")
    assert ["default", "other"] == Reader(db.parent / "target.db").tables


def test_statistics(xt, db):
    """Columns are described by their statistics, and the best row of one is found."""
    lines = xt("xt stats describe db.db --columns=accuracy,loss").splitlines()
    assert ["accuracy", "loss"] == [line.split()[1] for line in lines[2:]]
    ties = "2 rows not shown have the same {!r}. Show them with: -n 3\n"
    best = xt("xt stats top db.db accuracy", ties.format("accuracy"))
    assert " 0.2 " in best.splitlines()[2]
    assert " 0.5 " in xt("xt stats bottom db.db loss", ties.format("loss")).splitlines()[2]


def test_plots(xt, db):
    """Plots are a histogram with its summary, and points."""
    drawn = xt("xt plot hist db.db accuracy --bins=20")
    assert "accuracy histogram" in drawn
    assert "|             Summary             |" in drawn
    assert "|         observations: 6         |" in drawn
    assert "loss" in xt("xt plot scatter db.db epoch loss")
