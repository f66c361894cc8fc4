"""`xt demo`: the main job on real files."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from types import SimpleNamespace

import pytest

from tests.cli.conftest import XT, environment
from xetrack import Reader, Tracker
from xetrack.errors import InvalidArgumentError
from xetrack_cli import messages
from xetrack_cli.commands.setup import demo as command
from xetrack_cli.demo import compressors, report
from xetrack_cli.demo.compressors import SETTINGS, Compressor, RoundTripError, compress
from xetrack_cli.demo.corpus import BYTES, FILES, choose_corpus


@pytest.fixture
def folder(tmp_path):
    """Three files of data, an empty one, and a link that leads nowhere."""
    home = tmp_path / "data"
    (home / "inner").mkdir(parents=True)
    (home / "a.txt").write_text("the same again and again\n" * 400)
    (home / "inner" / "b [red].bin").write_bytes(bytes(range(256)) * 20)
    (home / "c.json").write_text(json.dumps(list(range(2_000))))
    (home / "empty").touch()
    (home / "lost").symlink_to(home / "nowhere")
    return home


def test_each_call_is_a_row_with_its_configuration_time_ratio_and_error(xt, folder, tmp_path):
    """A row for every file and setting; a file that cannot be read is a row with its error."""
    assert 0 == xt("demo", folder, "--db", "d.db").code
    rows = Reader(tmp_path / "d.db").select().dicts()
    assert 4 * len(SETTINGS) == len(rows)
    assert {(one.codec, one.level) for one in SETTINGS} == {
        (row["config_codec"], row["config_level"]) for row in rows
    }
    for row in rows:
        if row["file"] == "lost":
            assert "FileNotFoundError" in row["error"]
            assert row["ratio"] is None
        else:
            assert "" == row["error"]
            assert row["bytes_in"] == (folder / row["file"]).stat().st_size
            assert row["ratio"] == row["bytes_in"] / row["bytes_out"]
            assert row["function_time"] >= row["pack_seconds"] + row["unpack_seconds"] > 0


def test_the_leaderboard_is_read_from_the_database(xt, folder, tmp_path):
    """Means, throughput and errors of each setting are those of the stored rows."""
    done = xt("demo", folder, "--db", "d.db", "--json")
    leaders = json.loads(done.out)
    assert len(SETTINGS) == len(leaders)
    assert sorted(leaders, key=lambda row: -row["mean_ratio"]) == leaders
    rows = Reader(tmp_path / "d.db").select().dicts()
    for leader in leaders:
        mine = [
            row
            for row in rows
            if (row["config_codec"], row["config_level"]) == (leader["codec"], leader["level"])
        ]
        good = [row for row in mine if row["ratio"]]
        assert (3, 1) == (leader["files"], leader["errors"])
        assert leader["mean_ratio"] == pytest.approx(
            sum(row["ratio"] for row in good) / 3, abs=1e-3
        )
        speed = sum(row["bytes_in"] for row in good) / sum(row["pack_seconds"] for row in good)
        assert leader["pack_mb_s"] == pytest.approx(speed / 1e6, abs=0.06)


def test_a_second_run_adds_a_second_set_of_rows(xt, folder, tmp_path):
    """Both runs are kept apart, each leaderboard is its own run's, and the file says how many."""
    first, second = xt("demo", folder), xt("demo", folder)
    calls = 4 * len(SETTINGS)
    assert f"holds {calls} rows of 1 run." in first.out
    assert f"holds {2 * calls} rows of 2 runs." in second.out
    runs = [re.search(r"Leaderboard of the run (\S+):", one.out)[1] for one in (first, second)]
    reader = Reader(tmp_path / "xetrack-demo.db")
    assert [calls, calls] == [len(reader.select(track_id=run)) for run in runs]
    assert runs[0] != runs[1]


def test_every_command_that_it_shows_works_when_pasted(xt, folder, tmp_path):
    """A shell runs each of them, and the query gives the result that was shown."""
    done = xt("demo", folder, "--db", "it's mine.db")
    shown = re.findall(r"^(?:\$ |  )(.*)$", done.out, re.MULTILINE)
    assert 4 == len(shown)
    for line in shown:
        pasted = subprocess.run(
            ["bash", "-c", line],
            check=False,
            cwd=tmp_path,
            env=environment(),
            capture_output=True,
            text=True,
        )
        assert (0, "") == (pasted.returncode, pasted.stderr)
        assert not line.startswith("$") or pasted.stdout in done.out
        assert len(pasted.stdout.splitlines()) > 2


def test_it_ends_by_naming_the_page(xt, folder, monkeypatch):
    """With what to install, where that is not there."""
    line = "Or look at it in a browser: "
    done = xt("demo", folder, "--db", "it's mine.db")
    assert done.out.splitlines()[-1].startswith(line)
    assert done.out.rstrip().endswith(""" ui 'it'"'"'s mine.db'""")
    assert "" == report._install_page()
    monkeypatch.setattr(report, "registry", lambda: SimpleNamespace(components=lambda _: ()))
    assert "pip install 'xetrack[ui]', then " == report._install_page()


def test_results_are_on_stdout_and_progress_on_stderr(xt, folder):
    """A pipe gets Markdown tables; how far it is goes to stderr, in plain lines."""
    done = xt("demo", folder)
    assert 2 == done.out.count("|:--")
    assert "\x1b" not in done.out + done.err
    calls = 4 * len(SETTINGS)
    assert f"{calls} of {calls} calls\n" in done.err


def test_on_a_terminal_the_results_are_drawn(screen, folder):
    """On a terminal the results are drawn: two tables, none wider than the terminal."""
    done = screen("demo", folder)
    assert 0 == done.code
    assert 2 == done.out.count("╭")
    tables = [line for line in done.out.splitlines() if line.startswith(("│", "╭", "\x1b[2m"))]
    assert tables


@pytest.mark.parametrize(
    ("name", "said"), [("missing", "a folder that exists"), ("bare", "files that hold data")]
)
def test_a_folder_that_is_missing_or_empty_is_an_error(xt, tmp_path, name, said):
    """Exit code 1, a line that says what to give, and no database."""
    (tmp_path / "bare").mkdir()
    done = xt("demo", name)
    assert (1, "", 1) == (done.code, done.out, len(done.err.splitlines()))
    assert said in done.err
    assert not (tmp_path / "xetrack-demo.db").exists()


def test_a_folder_where_nothing_can_be_read_is_an_error_with_its_rows(xt, tmp_path):
    """The rows say why; the message says how to see them."""
    (tmp_path / "links").mkdir()
    (tmp_path / "links" / "lost").symlink_to(tmp_path / "nowhere")
    done = xt("demo", "links")
    assert (1, "") == (done.code, done.out)
    assert "xt head xetrack-demo.db --columns file,error" in done.err
    assert len(SETTINGS) == len(Reader(tmp_path / "xetrack-demo.db"))


def test_a_file_that_is_no_database_is_not_overwritten(xt, folder, tmp_path):
    """Exit code 1, and the file is as it was."""
    (tmp_path / "notes.txt").write_text("mine")
    assert 1 == xt("demo", folder, "--db", "notes.txt").code
    assert "mine" == (tmp_path / "notes.txt").read_text()


def test_ctrl_c_leaves_a_readable_database(xt, tmp_path):
    """Exit code 130; the message says what is kept, and what is kept can be read."""
    path = tmp_path / "stopped.db"
    with subprocess.Popen(
        [*XT, "demo", "--db", str(path)],
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline and not (path.exists() and len(Reader(path)) > 20):
            time.sleep(0.05)
        os.killpg(process.pid, signal.SIGINT)
        out, err = process.communicate(timeout=20)
    assert (130, "") == (process.returncode, out)
    assert "Traceback" not in err
    kept, run = re.search(
        r"What was measured is kept: (\d+) rows? of the run (\S+) in", err
    ).groups()
    assert len(Reader(path).select(track_id=run)) == int(kept) > 20
    assert 5 == len(json.loads(xt("head", path, "--track-id", run, "--json").out))


def test_it_stops_by_itself_on_a_slow_machine(folder, tmp_path, monkeypatch, capsys):
    """After its time is up no further file is begun, and it says so; what is done is shown."""
    monkeypatch.setattr(command, "LONGEST", -1.0)
    shown = command.demo(str(folder), db=tmp_path / "d.db")
    assert "Stopped after" in capsys.readouterr().err
    assert {1} == {row[2] for row in shown.table.rows}


def test_the_standard_library_is_a_bounded_sample_that_is_always_the_same(tmp_path):
    """Without a folder the files are Python's own sources: many, small enough, and no surprise."""
    first, second = (choose_corpus(None, tmp_path / "d.db") for _ in range(2))
    assert first == second
    assert 50 < len(first.files) <= FILES
    assert 0 < first.size <= BYTES
    assert {".py"} == {path.suffix for path in first.files}


def test_the_database_and_what_cannot_be_a_file_of_data_are_left_out(folder):
    """Neither the database, nor a pipe, nor hidden folders, nor an empty file is compressed."""
    with Tracker(folder / "d.db") as tracker:
        tracker.log({"a": 1})
        os.mkfifo(folder / "pipe")
        (folder / ".git").mkdir()
        (folder / ".git" / "config").write_text("x")
        found = choose_corpus(str(folder), folder / "d.db")
    names = {str(path.relative_to(folder)) for path in found.files}
    assert {"a.txt", "inner/b [red].bin", "c.json", "lost"} == names


def test_a_folder_of_large_files_is_cut_to_size(tmp_path):
    """Of a large file the beginning counts, and at least one file is taken."""
    for number in range(20):
        with (tmp_path / f"{number}.bin").open("wb") as file:
            file.truncate(50_000_000)
    found = choose_corpus(str(tmp_path), tmp_path / "d.db")
    assert found.size <= BYTES
    assert found.files
    assert compressors.LONGEST == compress(Compressor("zlib", 1), found.files[0])["bytes_in"]


def test_no_folder_is_an_error_of_its_own():
    """The error is typed, for whoever calls it from Python."""
    with pytest.raises(InvalidArgumentError, match="a folder that exists"):
        choose_corpus("/nonexistent", report.Path("d.db"))


@pytest.mark.parametrize("setting", SETTINGS, ids=str)
def test_every_setting_really_compresses(setting, tmp_path):
    """The sizes are those of the codec itself, on data that it can shrink."""
    (tmp_path / "data").write_bytes(b"abc" * 10_000)
    measured = compress(setting, tmp_path / "data")
    assert 30_000 == measured["bytes_in"]
    assert measured["ratio"] > 50


def test_a_round_trip_that_changes_the_data_is_an_error(tmp_path, monkeypatch):
    """A codec that gives back something else has failed, however small its output."""
    (tmp_path / "data").write_bytes(b"abc")
    monkeypatch.setattr(compressors, "_codec", lambda _: (lambda data: b"x", lambda data: b"y"))
    with pytest.raises(RoundTripError, match="changed the data"):
        compress(Compressor("zlib", 1), tmp_path / "data")


def test_it_names_itself_as_it_was_called(tmp_path, monkeypatch):
    """What is shown to be typed is `xt` only where that is this very `xt`."""
    script = tmp_path / "bin" / "xt"
    script.parent.mkdir()
    script.write_text("#!/bin/sh\n")
    script.chmod(0o755)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", [str(script)])
    monkeypatch.setenv("PATH", "/nowhere")
    assert "bin/xt" == report.program()
    monkeypatch.setenv("PATH", str(script.parent))
    assert "xt" == report.program()
    monkeypatch.setattr(sys, "argv", ["/x/xetrack_cli/__main__.py"])
    assert f"{sys.executable} -m xetrack_cli" == report.program()


def test_nothing_measured_is_a_typed_error():
    """It is one of xetrack's, with its facts as attributes."""
    error = messages.NothingMeasuredError("data", "d.db")
    assert ("data", "d.db") == (error.folder, error.database)
