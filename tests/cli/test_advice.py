"""What an error says to type has the database that was asked, so that it can be typed as it is."""

import shlex

import pytest

from xetrack import Tracker


@pytest.fixture
def path(tmp_path):
    """A database with a run, in a file whose name a shell needs quoted."""
    with Tracker(tmp_path / "my runs.db", track_id="calm-fox-1") as tracker:
        tracker.log({"loss": 0.5})
    return "my runs.db"


@pytest.mark.parametrize(
    ("words", "command"),
    [
        (["head", "DB", "--columns", "lost"], "xt columns DB"),
        (["top", "DB", "lost"], "xt columns DB"),
        (["show", "DB", "clam"], "xt runs DB"),
        (["sql", "DB", "select lost from events"], "xt columns DB"),
        (["sql", "DB", "select 1 from losses"], "xt tables DB"),
        (
            ["set", "DB", "loss", "1", "--where-key", "loss", "--where-value", "7"],
            "xt ls DB COLUMN",
        ),
        (["assets", "export", "DB", "abc", "out"], "xt assets ls DB"),
    ],
)
def test_the_database_stands_in_the_commands_to_type(xt, path, words, command):
    """Quoted as the shell needs it; where XETRACK_DB names it, too."""
    shown = command.replace("DB", shlex.quote(path))
    done = xt(*[path if word == "DB" else word for word in words])
    assert (1, "") == (done.code, done.out)
    assert shown in done.err
    done = xt(*[word for word in words if word != "DB"], XETRACK_DB=path)
    assert shown in done.err


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("-x.db", "./-x.db"),
        ("a b'c$HOME.db", shlex.quote("a b'c$HOME.db")),
        ("l\u00f6ss.db", shlex.quote("l\u00f6ss.db")),
        ("new\nline.db", "DB"),
        ("\x1b[31m.db", "DB"),
    ],
)
def test_only_what_can_be_typed_is_shown(xt, tmp_path, name, shown):
    """A shell gives it back as it is, and `xt` does not take it for an option."""
    Tracker(tmp_path / name).log({"loss": 0.5})
    done = xt("head", "--columns", "lost", "--", name)
    assert (1, "") == (done.code, done.out)
    assert done.err.endswith(f"List them with: xt columns {shown}\n")
    if shown != "DB":
        done = xt(*shlex.split(done.err.rpartition("with: xt ")[2]))
        assert (0, "") == (done.code, done.err)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["runs", "--where", "status", "eq", "failed"], "--status failed"),
        (["top", "duration"], "--sort duration"),
        (["head", "--columns", "loss,name"], "--columns name"),
    ],
)
def test_what_is_known_of_runs_is_found_among_them(xt, path, words, said):
    """Rows have no status and no name; who asks for one is told where it is."""
    done = xt(words[0], path, *words[1:])
    assert 1 == done.code
    assert f"and what is known of runs with: xt runs 'my runs.db' {said}\n" in done.err
    (typed,) = (line for line in done.err.splitlines() if "xt runs" in line)
    assert 0 == xt(*shlex.split(typed.partition("with: xt ")[2].rpartition("with: xt ")[2])).code


@pytest.mark.parametrize("engine", ["sqlite", "duckdb"])
def test_a_query_for_runs_is_told_of_the_command(xt, path, engine):
    """There is no table of this name, on any engine."""
    done = xt("sql", path, "select * from runs", "--engine", engine)
    assert 1 == done.code
    assert "xt tables 'my runs.db', and the runs with: xt runs 'my runs.db'\n" in done.err
    assert "the runs with" not in xt("sql", path, "select * from runners").err


def test_a_function_that_sqlite_lacks_is_one_of_duckdbs(xt, path):
    """What is said to be added works."""
    words = ["sql", path, "select median(loss) as m from events", "--csv"]
    done = xt(*words)
    assert done.err.endswith("DuckDB has more functions: add --engine duckdb\n")
    assert "m\n0.5\n" == xt(*words, "--engine", "duckdb").out


def test_logs_and_copies_of_a_file_are_not_suggested(xt, path, tmp_path):
    """Only the database itself is what was meant."""
    for ending in ("-wal", "-shm", ".lock", ".bak"):
        (tmp_path / f"{path}{ending}").touch()
    done = xt("head", "my run.db")
    assert "Did you mean 'my runs.db'? Check" in done.err
