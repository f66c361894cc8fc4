"""What holds for every command: help, wrong usage, streams, exit codes."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import pytest

from tests.cli.conftest import XT, environment
from xetrack import Tracker

COMMANDS = (
    "head,tail,watch,sql,runs,show,compare,tag,note,tables,columns,ls,"
    "stats describe,stats top,stats bottom,"
    "top,bottom,plot hist,plot scatter,plot line,set,delete,copy,backup,export,import,plugins,"
    "plugins show,plugins new,doctor,completion,demo"
).split(",")


SAYING = {
    *("tag", "note", "set", "delete", "copy", "backup", "export", "import"),
    *("plugins new", "completion"),
}
"""Commands that only say what they did."""


@pytest.mark.parametrize("words", [(), ("--help",), ("-h",)])
def test_help_lists_every_command(xt, words):
    """With nothing to do, `xt` says what it can do, on stdout, in plain text."""
    done = xt(*words)
    assert (0, "") == (done.code, done.err)
    lines = [line.strip() for line in done.out.splitlines() if re.match("  [a-z]", line)]
    assert max(map(len, done.out.splitlines())) <= 80
    listed = [re.split("  +", line)[0] for line in lines]
    assert COMMANDS == listed[: len(COMMANDS)]  # the rest are those of plugins
    assert "\x1b" not in done.out


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_explains_itself(xt, command):
    """`xt COMMAND --help` shows its arguments and the common options, without colour."""
    done = xt(*command.split(), "--help")
    assert (0, "") == (done.code, done.err)
    assert done.out.startswith(f"Usage: xt {command}")
    assert (command in SAYING) == ("--json: Print one JSON array." not in done.out)
    assert "\x1b" not in done.out
    assert max(len(line.rstrip()) for line in done.out.splitlines()) <= 80


def test_help_breaks_between_words(xt):
    """Of an option, too, whose text goes on below it; there is no option that undoes nothing."""
    out = xt("runs", "--help").out
    assert (
        "  --sort COLUMN: Show the first runs in the order of this column instead of the\n"
        "      latest. Where the metric has a goal, the best comes first.\n"
    ) in out
    assert "--no-desc" not in out
    assert "--header, --no-header:" in xt("import", "--help").out


def test_help_offers_what_a_command_does(xt):
    """Rows are exported to a file, and a plot is no table."""
    exporting = xt("export", "--help").out
    assert "--raw: In CSV, do not put ' before formulas." in exporting
    assert "--csv" not in exporting
    plotting = " ".join(xt("plot", "hist", "--help").out.split())
    assert "--format FORMAT: Print its numbers as json, csv, or a format that a" in plotting
    assert "Print as table" not in plotting


@pytest.mark.parametrize("words", [["tag", "x"], ["note", "text"]])
def test_options_that_say_nothing_are_taken_all_the_same(xt, db, words):
    """A script may give `--json` to every command."""
    command, word = words
    done = xt(command, db, "@1", word, "--json")
    assert (0, "[") == (done.code, done.out[:1])


def test_version_is_that_of_the_distribution(xt):
    """`xt --version` is one line."""
    try:
        expected = version("xetrack-cli")
    except PackageNotFoundError:
        expected = "(not installed)"
    assert (0, f"xt {expected}\n", "") == xt("--version")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["best", "x.db"], "There is no command 'best'. Did you mean 'top'? See: xt --help"),
        (["help"], "There is no command 'help'. See: xt --help"),
        (
            ["runs", "x.db", "--since", "-2d"],
            "Invalid value for --since: Give a number with s, m, h, d",
        ),
        (["hed", "x.db"], "There is no command 'hed'. Did you mean 'head'? See: xt --help"),
        (["hed", "--help"], "Did you mean 'head'?"),
        (["--hlep"], "There is no option '--hlep'. See: xt --help"),
        (["head", "x.db", "--jsn"], "Did you mean --json? See: xt head --help"),
        (["head"], "DB is missing, the path or URL of a database: give it, or set XETRACK_DB."),
        (["sql", "x.db"], "QUERY is missing."),
        (["head", "x.db", "y.db"], "'y.db' is too much"),
        (["ls", "x.db", "a", "b c"], "'b c' is too much, or needs quotes around it. See: xt ls"),
        (
            ["stats", "describe", "x.db", "val/loss"],
            "too much, or needs quotes around it. For columns type: --columns val/loss. See: xt",
        ),
        (
            ["head", "x.db", "loss", "top k"],
            "are too much, or need quotes around them. For columns type: --columns 'loss,top k'.",
        ),
        (
            ["export", "rows.csv", "my runs.db"],
            "DB comes first, then FILE. Type: xt export 'my runs.db' rows.csv",
        ),
        (
            ["import", "rows.parquet", "runs.db"],
            "DB comes first, then FILE. Type: xt import runs.db rows.parquet",
        ),
        (["head", "x.db", "-n"], "-n requires an argument"),
        (["head", "x.db", "-n", "many"], 'unable to convert "many" into int'),
        (["head", "x.db", "-n", "1.5"], 'unable to convert "1.5" into int'),
        (["runs", "x.db", "-n=2.0"], 'unable to convert "2.0" into int'),
        (["plot", "hist", "x.db", "y", "--bins", "2.5"], 'unable to convert "2.5" into int'),
        (["head", "x.db", "-n", "-1"], "Give 0 or more."),
        (["tail", "x.db", "--n=-1"], "Give 0 or more."),
        (["head", "x.db", "--columns"], "--columns requires an argument"),
        (["columns", "x.db", "--n=1"], "Unknown option: --n."),
    ],
)
def test_a_wrong_command_line_is_exit_code_2(xt, words, said):
    """One line on stderr says what is wrong and what to type, near misses among it."""
    done = xt(*words)
    assert (2, "", 1) == (done.code, done.out, len(done.err.splitlines()))
    assert said in done.err


def test_json_and_csv_exclude_each_other(xt, db):
    """Asking for both is wrong usage."""
    done = xt("head", db, "--json", "--csv")
    assert (2, "") == (done.code, done.out)
    assert "exclude each other" in done.err


def test_a_traceback_is_shown_with_debug_only(xt):
    """`--debug` shows where an error is from, wherever it stands on the line."""
    assert "Traceback" not in xt("head", "nope.db").err
    for words in (("--debug", "head", "nope.db"), ("head", "nope.db", "--debug")):
        done = xt(*words)
        assert 1 == done.code
        assert "Traceback" in done.err
        assert done.err.splitlines()[-1].startswith("Error: There is no database at 'nope.db'.")


def test_what_stands_behind_two_dashes_is_no_option(xt, tmp_path):
    """A file may be named like an option."""
    done = xt("head", "--", "--debug")
    assert 1 == done.code
    assert "There is no database at '--debug'" in done.err


@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_a_broken_pipe_ends_quietly(db, tmp_path, unbuffered):
    """When the reader has enough, `xt` stops without a word."""
    numbers = "SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 99999"
    query = f"WITH RECURSIVE n(i) AS ({numbers}) SELECT i FROM n"
    with subprocess.Popen(
        [*XT, "sql", str(db), query, "--csv"],
        env=environment(PYTHONUNBUFFERED=unbuffered),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert b"i\n" == process.stdout.readline()
        process.stdout.close()
        assert b"" == process.stderr.read()
    assert 0 == process.returncode


def test_a_full_disk_is_an_error(db):
    """What cannot be written is said, and is exit code 1; nothing is said twice."""
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [*XT, "head", str(db)],
            check=False,
            env=environment(),
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
        )
    assert (1, 1) == (done.returncode, len(done.stderr.splitlines()))
    assert "No space left on device" in done.stderr


@pytest.mark.parametrize("closed", [1, 2])
def test_closed_streams_are_no_failure(db, closed):
    """Closed streams are no failure: `xt ... >&-` and `2>&-` do what they can."""
    done = subprocess.run(
        [*XT, "head", str(db)],
        check=False,
        env=environment(),
        capture_output=True,
        preexec_fn=lambda: os.close(closed),
    )
    assert (0, b"") == (done.returncode, done.stderr)


def test_an_output_without_unicode_shows_escapes(xt, tmp_path):
    """A terminal that knows only ASCII gets escapes instead of an error."""
    with Tracker(tmp_path / "u.db") as tracker:
        tracker.log({"v": "é→שלום"})
    done = xt("head", "u.db", "--columns", "v", PYTHONUTF8="0", PYTHONIOENCODING="ascii")
    assert (0, "") == (done.code, done.err)
    assert r"\xe9\u2192\u05e9\u05dc\u05d5\u05dd" in done.out


@pytest.mark.parametrize(
    ("words", "never"),
    [
        (["--help"], {"pandas", "numpy", "duckdb", "rich", "cyclopts", "sqlite3", "loguru"}),
        (["head", "runs.db"], {"pandas", "numpy", "duckdb", "rich", "loguru", "psutil", "bz2"}),
    ],
)
def test_only_what_is_used_is_imported(db, tmp_path, words, never):
    """The commands that people type most load no heavy library."""
    done = subprocess.run(
        [sys.executable, "-X", "importtime", *XT[1:], *words],
        check=False,
        cwd=tmp_path,
        env=environment(),
        capture_output=True,
        text=True,
    )
    assert 0 == done.returncode
    imported = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}
    assert set() == imported & never
    assert "xetrack_cli.commandline.front" in imported
