"""What people type: the default database, values that begin with -, SQL as it lies in files."""

from __future__ import annotations

import pytest

from tests.cli.conftest import RUN, XT, environment
from tests.preloaded import run_command
from xetrack import Reader, Tracker


def piped(words, text, cwd, **changes):
    """Run `xt` with a text on stdin."""
    return run_command(
        [*XT, *map(str, words)],
        check=False,
        cwd=cwd,
        env=environment(**changes),
        input=text if isinstance(text, bytes) else text.encode(),
        capture_output=True,
    )


@pytest.mark.parametrize("name", ["runs.db", "~/runs.db"])
@pytest.mark.parametrize(
    "words",
    [["head"], ["runs"], ["tables"], ["columns"], ["top", "accuracy"], ["sql", "SELECT 1"]],
)
def test_a_line_may_leave_out_the_database(xt, db, tmp_path, words, name):
    """One word is enough, and `~` is the home where no shell expands it."""
    changes = {"XETRACK_DB": name, "HOME": str(tmp_path)}
    default = xt(*words, **changes)
    assert (0, "") == (default.code, default.err)
    assert xt(words[0], db, *words[1:]) == default


def test_one_word_that_is_a_group_shows_its_help(xt):
    """The commands of a group are listed, with a default database and without."""
    for changes in ({}, {"XETRACK_DB": "runs.db"}):
        done = xt("stats", **changes)
        assert 0 == done.code
        assert "describe" in done.out


@pytest.fixture
def dashes(tmp_path):
    """Rows whose runs and values begin with -, as those of options do."""
    path = tmp_path / "dashes.db"
    for run in ("-1", "--json", "plain"):
        with Tracker(path, track_id=run, warnings=False) as tracker:
            tracker.log({"k": -1, "name": run})
    return path


@pytest.mark.parametrize(
    ("words", "rows"),
    [
        (["--where", "name", "eq", "--json"], 1),
        (["--where", "name", "ne", "-1"], 2),
        (["--where", "k", "eq", "-1"], 3),
        (["--where", "k", "lt", "-1"], 0),
        (["--track-id", "--json"], 1),
        (["--track-id=-1"], 1),
        (["--columns", "k,name"], 3),
        (["--sort", "k"], 3),
    ],
)
def test_the_value_of_an_option_may_begin_with_a_dash(xt, dashes, words, rows):
    """The word behind an option that takes one is its value, whatever it looks like."""
    done = xt("head", dashes, *words, "--csv")
    assert (0, rows) == (done.code, len(done.out.splitlines()) - 1)


def test_set_takes_dashes_everywhere(xt, dashes):
    """Values, conditions and runs."""
    words = ("--where-key", "k", "--where-value", "-1", "--track-id", "--json")
    assert "in 1 row." in xt("set", dashes, "name", "-x", *words).out
    assert ["-1", "-x", "plain"] == Reader(dashes).select(["name"]).cells[0]
    assert "in 3 rows." in xt("set", dashes, "v", "-5").out
    assert [-5] * 3 == Reader(dashes).select(["v"]).cells[0]


def test_what_is_no_option_is_said_to_follow_two_dashes(xt, dashes):
    """An argument that begins with - is taken for an option; the message says how to give it."""
    done = xt("show", dashes, "-1x")
    assert 2 == done.code
    assert "What begins with - and is no option follows a --." in done.err
    assert 0 == xt("show", dashes, "--", "-1").code


@pytest.mark.parametrize(
    "query",
    ["-- why\nSELECT 1 AS a", "/* why */ SELECT 1 AS a", "\n  --x\n-- y\nSELECT 1 AS a -- z\n"],
)
@pytest.mark.parametrize("ending", ["db", "duckdb"])
def test_sql_may_begin_with_a_comment_and_come_from_stdin(xt, tmp_path, query, ending):
    """As the files of editors do: `xt sql runs.db - < query.sql`."""
    path = tmp_path / f"c.{ending}"
    with Tracker(path) as tracker:
        tracker.log({"a": 1})
    assert (0, "a\n1\n", "") == xt("sql", path, query, "--csv")
    done = piped(["sql", path, "-", "--csv"], query, tmp_path)
    assert (0, b"a\n1\n", b"") == (done.returncode, done.stdout, done.stderr)


def test_sql_of_an_empty_stdin_is_an_error(xt, db):
    """Nothing is asked, so nothing is answered; and it is exit code 1."""
    done = xt("sql", db, "-")
    assert (1, "", 1) == (done.code, done.out, len(done.err.splitlines()))


def test_setting_no_row_fails_and_adds_no_column(xt, db):
    """Exit code 1, so that a script notices; and no trace is left in the table."""
    before = Reader(db).columns
    for words in (("--where-key", "epoch", "--where-value", "99"), ("--track-id", "nobody")):
        done = xt("set", db, "fresh", "1", *words)
        assert (1, "", 1) == (done.code, done.out, len(done.err.splitlines()))
    words = ("--where-key", "epoch", "--where-value", "3", "--track-id", "other-1")
    done = xt("set", db, "fresh", "1", *words)
    assert "No row of the table 'default' fits, so that 'fresh' was set nowhere" in done.err
    assert before == Reader(db).columns
    assert (
        0 == xt("set", db, "fresh", "1", *words[:2], "--where-value", "3", "--track-id", RUN).code
    )
