"""Every example says what it teaches, and leaves what it says."""

from __future__ import annotations

import bz2
import encodings
import json
import re
import zlib
from pathlib import Path

import pytest

from tests.examples.conftest import EXAMPLES
from xetrack import Reader

BUSY = pytest.mark.timeout(150)
"""Several processes one after the other take their time on a busy machine."""


def rows(folder, name="runs.db", **options):
    """All rows of a database."""
    with Reader(folder / name, **options) as reader:
        return reader.select().dicts()


def test_the_first_rows(example, tmp_path):
    """Two runs in one file, the better of which is found; a second table lies beside them."""
    said = example("01_quickstart.py")
    assert "10 rows of 2 runs; the best rate is 0.001" in said
    assert "Tables: default, data" == said[-1]
    first, *_, last = rows(tmp_path)
    weight = 0.0005 * 2 * sum(x * y for x, y in CARS) / len(CARS)
    loss = sum((weight * x - y) ** 2 for x, y in CARS) / len(CARS)
    assert (1, pytest.approx(loss)) == (first["epoch"], first["loss"])
    assert last["loss"] == last["final_loss"] < first["final_loss"]
    assert CARS == [(row["speed"], row["distance"]) for row in rows(tmp_path, table="data")]


CARS = [(4, 2), (8, 16), (12, 24), (16, 32), (20, 48), (24, 70)]


def test_functions_whose_calls_are_rows(example, tmp_path):
    """Their results, whatever they are, and their errors, whoever gets them."""
    said = example("02_track_functions.py")
    text = (EXAMPLES / "02_track_functions.py").read_bytes()
    assert f"count: {len(text.splitlines())} lines" in said
    assert "Or the loop goes on: None" in said
    assert said[-2].split()[-1] == said[-1].split()[-1] == "FileNotFoundError"
    found = rows(tmp_path)
    assert [len(zlib.compress(text, level)) for level in (1, 9)] == [r["after"] for r in found[:2]]
    assert ["", "", "", "", "FileNotFoundError", "FileNotFoundError"] == [
        row["error"].partition(":")[0] for row in found
    ]


def test_what_a_call_cost_the_machine(example, tmp_path):
    """The example shows what a call cost the machine: processor, network, and the commit, edited or
    not.
    """
    said = example("03_measure_calls.py")
    assert "Primes below five millions: 348513" == said[0]  # as in any table of the function pi(x)
    assert "Received over the call: at least 8 MB: True" in said
    compute, send, edited = rows(tmp_path)
    assert compute["cpu"] > 0 < compute["memory_percent"] < 100
    assert 8 * 2**20 == send["function_result"]
    assert [None, None, True] == [row["git_dirty"] for row in (compute, send, edited)]
    assert compute["git_commit"] == edited["git_commit"]


def test_configurations_as_arguments(example, tmp_path):
    """Fields of nested models are columns, by which SQL sorts."""
    said = example("04_unpack_configs.py")
    assert "config_optimizer_rate: float" in said
    assert "Of a Pydantic model: experiment_name=first, experiment_seed=42" == said[-2]
    assert "Logged: adam, 0.2" == said[-1]
    assert [0.9**50, 0.9**100, 0.8**50, None, None] == [row["distance"] for row in rows(tmp_path)]
    assert f"0 adam 1 {0.8**50:.6f}" in said


def test_objects_beside_rows(example, tmp_path):
    """Each is stored once, loaded, exported and removed."""
    assert [
        "The row holds the id of the model: 16 digits",
        "Loaded by its id: 1",
        "Loaded by its key: (2, 3)",
        "pickle 1 reference",
        "numpy 1 reference",
        "pandas 1 reference",
        "Exported: [[0.0, 1.0, 2.0], [3.0, 4.0, 5.0]]",
        "Removed: 2 are left",
    ] == example("05_track_assets.py")
    assert [0.98, None] == [row["accuracy"] for row in rows(tmp_path)]


def test_results_that_are_computed_once(example, tmp_path):
    """Results are computed once, and once more where it is asked for; each row says who
    computed.
    """
    said = example("06_caching.py")
    assert ["0.1", "0.2", "0.1"] == re.findall(r"training with Config\(rate=(0\.\d)", str(said))
    assert "The nearest call in the cache differs in argument seed: 1 instead of 0." in said
    assert "2 0.1 0.95 first-run second-run" in said
    assert "Of the first run, 1 deleted" == said[-1]
    assert ["", "", "first-run", "first-run", ""] == [row["cache"] for row in rows(tmp_path)]


def test_pandas_and_sql_agree(example, tmp_path):
    """pandas and SQL agree on ratios that are those of the codec."""
    said = example("07_pandas_and_sql.py")
    files = sorted(Path(encodings.__file__).parent.glob("cp12*.py"))
    ratios = [len(one.read_bytes()) / len(bz2.compress(one.read_bytes())) for one in files]
    mean = f"bz2 {sum(ratios) / len(ratios):.3f}"
    assert 2 == said.count(mean)
    assert ratios == [row["ratio"] for row in rows(tmp_path) if row["codec"] == "bz2"]
    assert f"A tracker is its run: {len(files)} rows of {3 * len(files)}" == said[0]


def test_rows_as_logs(example, tmp_path):
    """Text and JSON lines are read back, with a nan and a value that looks like a delimiter."""
    said = example("08_logs_and_jsonl.py")
    assert 2 == sum(" | TRACKING | " in line for line in said)
    assert "1 NaN a | b" in said
    assert "Any other program reads it: ['taxes', 'dance']" == said[-1]
    lines = (tmp_path / "data" / "train.jsonl").read_text().splitlines()
    assert ["made up"] * 2 == [json.loads(line)["source"] for line in lines]
    assert 2 == len(rows(tmp_path))


def test_drift_is_found_in_logs(example, tmp_path):
    """The feature that moves is named, one that does not is not; no database on the server."""
    said = example("09_monitor_model.py")
    assert "601 records, of which 1 tells of the model" == said[0]
    (row,) = rows(tmp_path, "drift.db")
    assert row["age"] > 3 > row["income"]
    assert f"age {row['age']:.1f} drifts" in said
    assert f"income {row['income']:.1f} holds" in said
    assert {"logs", "drift.db"} == {path.name.split("-")[0] for path in tmp_path.iterdir()}


@BUSY
def test_the_command_line(example, tmp_path):
    """Every command answers, and the last ones changed what they say."""
    said = example("10_command_line.py")
    assert 10 == sum(line.startswith("$ xt ") for line in said)
    assert "| loss | True | 0.135335 | 0.00247875 |" in said
    assert "Set winner to True in 20 rows." in said
    assert "| default | 40 | 6 |" == said[-1]
    assert [None] * 20 + [True] * 20 == [row["winner"] for row in rows(tmp_path, "all.db")]


@BUSY
def test_many_processes(example, tmp_path):
    """All rows of all of them are there, those of one that was killed too."""
    said = example("11_many_processes.py")
    assert [
        "4 runs at once: 200 rows",
        "One run, shared by 4 processes: 200 rows of 200",
        "Columns that came in mid-run: 4",
        "Killed after `log` had returned for 51 rows: all there: True",
    ] == said
    found = rows(tmp_path)
    killed = [row["step"] for row in found if row["track_id"] == "victim"]
    assert 400 == len(found) - len(killed)
    assert list(range(len(killed))) == killed


def test_duckdb(example, tmp_path):
    """Its SQL gives the same over its own file and over SQLite's."""
    said = example("12_duckdb.py")
    assert "epoch BIGINT, loss DOUBLE, rate DOUBLE" in said
    assert said[-1].split()[-1] == said[-2].split()[-1] == "2.18e-08"
    assert 6_000 == len(Reader(tmp_path / "runs.db")) == len(Reader(tmp_path / "runs.duckdb"))


@BUSY
def test_postgresql(example, tmp_path, monkeypatch):
    """Rows of several machines on a server that the example starts, and at home."""
    monkeypatch.delenv("XETRACK_POSTGRES_URL", raising=False)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path / "runtime"))
    said = example("13_postgresql.py")
    assert "3 3 1.2" in said
    assert "Taken home: 100 rows in runs.db" == said[-1]
    found = rows(tmp_path)
    assert {0, 1, 2, 3} == {row["machine"] for row in found}
    assert 4 * sum(range(25)) == sum(row["step"] for row in found)


def test_coroutines(example, tmp_path):
    """Each is timed by itself, though they run at once; one error costs no other."""
    said = example("14_async.py")
    assert "Answers: 9, and an error: None" == said[0]
    assert "The calls overlapped: True" == said[1]
    assert "0 answer 10 1" in said
    found = rows(tmp_path)
    assert {None, *range(1, 10)} == {row["characters"] for row in found}
    assert all(row["function_time"] > 0.09 for row in found if row["characters"])


def test_parts_of_your_own(example, tmp_path):
    """A sink hears, a probe measures, one that fails costs no row, and a plugin is written."""
    said = example("15_plugin.py")
    assert "The sink heard of 3 rows; the best loss is 0.25" == said[0]
    told = "The sink 'Broken' failed: ConnectionError: nobody listens to TRACKING of 0.1."
    assert f"{told} Storing rows goes on all the same." in said
    assert [0.75, 0.25, 0.5, 0.1] == [row["loss"] for row in rows(tmp_path)]
    assert "xetrack-best/tests/test_sink.py" == said[-1]
