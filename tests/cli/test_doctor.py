"""`xt doctor` and `xt completion`."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import ALONE, XT, environment
from tools.workspace import distributions
from xetrack import Reader, Tracker
from xetrack_cli.checks.database import find_file_system
from xetrack_cli.checks.installation import check_sqlite, is_safe


@pytest.fixture
def xt(xt):
    """Run `xt` without plugins, unless the test is about them."""
    return lambda *words, **changes: xt(*words, **{**ALONE, **changes})


def findings(done):
    return {row["check"]: (row["state"], row["found"]) for row in json.loads(done.out)}


def test_a_healthy_installation_is_exit_code_0(xt, tmp_path):
    """Versions, SQLite, plugins and the key of pickles; nothing is made."""
    done = xt(
        "doctor",
        "--json",
        XDG_CONFIG_HOME=str(tmp_path / "config"),
        XETRACK_DISABLE_PLUGINS="",
    )
    assert (0, "") == (done.code, done.err)
    found = findings(done)
    assert ["python", "versions", "sqlite", "plugins", "configuration", "trust key"] == list(found)
    assert ("ok", "no file") == found["configuration"]
    ours = [f"{one.name} {one.version}" for one in distributions()]
    assert ("ok", sorted(ours)) == (found["versions"][0], sorted(found["versions"][1].split(", ")))
    assert found["sqlite"][1].startswith("SQLite 3.")
    assert str(tmp_path / "config") in found["trust key"][1]
    assert [] == list(tmp_path.iterdir())


def test_the_configuration_that_counts_is_named(xt, tmp_path):
    """And a file that does not, with the reason: the user would look for it in vain."""
    used = tmp_path / "xetrack.toml"
    used.write_text('[parts]\nsinks = ["stdout"]\n')
    done = xt("doctor", "--json")
    assert ("ok", str(used)) == findings(done)["configuration"]
    assert (1, "problem") == _of_broken(xt, used)
    used.unlink()
    other = tmp_path / "pyproject.toml"
    other.write_text("[tool.xetrack.parts]\n")
    other.chmod(0o666)
    state, told = findings(xt("doctor", "--json"))["configuration"]
    assert "note" == state
    assert f"Not used: {other}: everybody may write to it" in told
    assert "XETRACK_CONFIG=path" in told
    done = xt("doctor", "--json", XETRACK_CONFIG="0")
    assert ("ok", "no file") == findings(done)["configuration"]


@pytest.mark.parametrize(
    ("variable", "value", "problem"),
    [
        ("XETRACK_SINKS", "jsonll", "no sink named 'jsonll'. Did you mean 'jsonl'"),
        ("XETRACK_SINKS", "jsonl?paht=x", "the option 'paht' of XETRACK_SINKS"),
        ("XETRACK_RECORDERS", "gti", "no recorder named 'gti'. Did you mean 'git'"),
        ("XETRACK_RECORDERS", "git?limti=3", "the option 'limti' of XETRACK_RECORDERS"),
        (
            "XETRACK_OPTIONS",
            '{"jsonll": {"path": "x"}}',
            "no part named 'jsonll'. Did you mean",
        ),
        ("XETRACK_OPTIONS", '{"jsonl": {"paht": "x"}}', "the option 'paht' of XETRACK_OPTIONS"),
        ("XETRACK_OPTIONS", '{"sqlite": {"x": 1}}', "the option 'x' of XETRACK_OPTIONS"),
    ],
)
def test_a_slip_in_the_configuration_is_a_problem(xt, variable, value, problem):
    """In options of a part that no tracker has as well, which every tracker passes over."""
    done = xt("doctor", "--json", **{variable: value})
    state, told = findings(done)["configuration"]
    assert (1, "problem") == (done.code, state)
    assert problem in told
    assert variable in told


def test_recorders_that_are_switched_off_are_no_problem(xt):
    """`XETRACK_RECORDERS=0` names none."""
    state, _ = findings(xt("doctor", "--json", XETRACK_RECORDERS="0"))["configuration"]
    assert "ok" == state


def _of_broken(xt, path):
    """Exit code and state where the file is broken."""
    path.write_text("[parts]\nsink = 3\n")
    done = xt("doctor", "--json")
    state, told = findings(done)["configuration"]
    assert f"{path}, line 2" in told
    return done.code, state


def test_a_healthy_database_is_exit_code_0(xt, db):
    """Its size, file system, tables, and whether it is whole; the file stays as it is."""
    before = db.read_bytes()
    done = xt("doctor", db, "--json")
    assert (0, "") == (done.code, done.err)
    found = findings(done)
    assert ("ok", "default (8 rows)") == found["tables"]
    assert ("ok", "SQLite finds nothing wrong") == found["integrity"]
    assert ("ok", "wal") == found["journal"]
    assert found["held open by"][1].startswith("nobody else")
    assert before == db.read_bytes()


def test_who_holds_a_database_is_named(xt, db):
    """Who holds a database is named, by number and name; a link to the file is the same file."""
    (db.parent / "link.db").symlink_to(db)
    with Tracker(db) as tracker:
        tracker.log({"epoch": 1})
        state, told = findings(xt("doctor", "link.db", "--json"))["held open by"]
    assert "note" == state
    assert f"{os.getpid()} (" in told


def test_a_damaged_database_is_a_problem(xt, db):
    """Exit code 1, what SQLite finds, and how to save the rows."""
    with Tracker(db) as tracker:
        tracker.log_batch([{"text": "x" * 500, "epoch": at} for at in range(500)])
    Reader(db).close()
    assert not db.with_name("runs.db-wal").exists()
    with db.open("r+b") as file:
        file.seek(20 * 4096)
        file.write(b"\xff" * 4096)
    done = xt("doctor", db, "--json")
    assert 1 == done.code
    assert "Error: There are problems: " in done.err
    assert "problem" in {state for state, _ in findings(done).values()}
    assert "Traceback" not in done.err


def test_what_is_no_database_is_a_problem_and_what_is_missing_an_error(xt, tmp_path):
    """Neither changes, nor comes into being."""
    (tmp_path / "notes.txt").write_text("notes")
    done = xt("doctor", "notes.txt", "--json")
    assert (1, "problem") == (done.code, findings(done)["database"][0])
    assert "notes" == (tmp_path / "notes.txt").read_text()
    done = xt("doctor", "nope.db")
    assert 1 == done.code
    assert "There is no database at 'nope.db'." in done.err
    assert not (tmp_path / "nope.db").exists()


def test_a_key_that_others_may_read_is_a_problem(xt, tmp_path):
    """A key that others may read is a problem, and the text says what to type."""
    key = tmp_path / "config" / "xetrack" / "trust.key"
    key.parent.mkdir(parents=True)
    key.write_bytes(b"x" * 32)
    key.chmod(0o644)
    done = xt("doctor", "--json", XDG_CONFIG_HOME=str(tmp_path / "config"))
    state, told = findings(done)["trust key"]
    assert (1, "problem") == (done.code, state)
    assert "chmod 600" in told


@pytest.mark.parametrize(
    ("version", "safe"),
    [
        ((3, 6, 23), True),
        ((3, 40, 1), False),
        ((3, 44, 5), False),
        ((3, 44, 6), True),
        ((3, 45, 0), False),
        ((3, 50, 4), False),
        ((3, 50, 7), True),
        ((3, 51, 2), False),
        ((3, 51, 3), True),
        ((3, 52, 0), True),
    ],
)
def test_versions_with_the_wal_reset_bug_are_known(version, safe):
    """Versions with the WAL reset bug are known, as SQLite's own page lists them."""
    assert safe == is_safe(version)
    assert ("ok" if safe else "note") == check_sqlite(version).state


def test_the_file_system_is_that_of_the_deepest_mount(tmp_path):
    """The file system is that of the deepest mount, also where a blank in its path is written as a
    number.
    """
    (tmp_path / "a b").mkdir()
    mounts = tmp_path / "mounts"
    place = str(tmp_path).replace(" ", r"\040")
    mounts.write_text(f"none / ext4 rw 0 0\nserver:/x {place}/a\\040b nfs4 rw 0 0\n")
    assert ("nfs4", f"{tmp_path}/a b") == find_file_system(tmp_path / "a b" / "runs.db", mounts)
    assert ("ext4", "/") == find_file_system(tmp_path / "runs.db", mounts)
    assert ("", "") == find_file_system(tmp_path, tmp_path / "none")


def completed(script, words):
    """What bash offers for a line whose last word is being typed."""
    quoted = " ".join(f"'{word}'" for word in words)
    code = f"{script}\nCOMP_WORDS=({quoted}); COMP_CWORD={len(words) - 1}; _xt_with_runs; "
    done = subprocess.run(
        ["bash", "-c", code + 'printf "%s\\n" "${COMPREPLY[@]}"'],
        capture_output=True,
        check=True,
        text=True,
    )
    return done.stdout.split()


def test_bash_completes_commands_options_and_paths(xt, db, monkeypatch):
    """bash completes commands, options and paths with what `xt completion bash` prints."""
    done = xt("completion", "bash")
    assert (0, "") == (done.code, done.err)
    assert ["plot", "plugins"] == completed(done.out, ["xt", "pl"])
    assert ["--track-id"] == completed(done.out, ["xt", "head", "runs.db", "--tr"])
    assert ["hist"] == completed(done.out, ["xt", "plot", "h"])
    monkeypatch.chdir(db.parent)
    assert ["runs.db"] == completed(done.out, ["xt", "head", "ru"])


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("show runs.db calm", "calm-fox-1"),
        ("show runs.db nope", ""),
        ("compare runs.db x calm", "calm-fox-1"),
        ("tag runs.db x calm", ""),
        ("head runs.db --track-id calm", "calm-fox-1"),
        ("head runs.db calm", ""),
        ("show gone.db calm", ""),
    ],
)
def test_ids_of_runs_are_completed(xt, db, monkeypatch, words, expected):
    """Behind the database of a command that takes a run, and behind `--track-id`."""
    monkeypatch.chdir(db.parent)
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    script = xt("completion", "bash").out
    assert expected.split() == completed(script, ["xt", *words.split()])
    monkeypatch.setenv("XETRACK_DB", "runs.db")
    assert ["calm-fox-1"] == completed(script, ["xt", "show", "calm"])


@pytest.mark.parametrize("shell", ["zsh", "fish"])
def test_other_shells_have_completions_of_their_own(xt, shell):
    """`SHELL` says which, if nothing else does."""
    done = xt("completion", SHELL=f"/usr/bin/{shell}")
    assert (0, "") == (done.code, done.err)
    assert "xt" in done.out.splitlines()[0] or "Fish" in done.out.splitlines()[0]
    wrong = xt("completion", SHELL="/bin/tcsh")
    assert (2, "") == (wrong.code, wrong.out)
    assert "give bash, zsh or fish" in wrong.err


def test_a_plugin_that_is_broken_is_a_problem(tmp_path):
    """The doctor names its part, and where to see why."""
    package = tmp_path / "site" / "xetrack_bad"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("raise RuntimeError('kaput')")
    info = tmp_path / "site" / "xetrack_bad-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: xetrack-bad\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[xetrack.plugins]\nbad = xetrack_bad\n")
    done = subprocess.run(
        [*XT, "doctor", "--json"],
        env=environment(PYTHONPATH=str(tmp_path / "site"), PYTHONWARNINGS="", **ALONE),
        capture_output=True,
        check=False,
        text=True,
    )
    assert 1 == done.returncode
    assert (
        "plugin bad" in {row["check"]: row["found"] for row in json.loads(done.stdout)}["plugins"]
    )
