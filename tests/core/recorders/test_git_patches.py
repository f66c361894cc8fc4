"""The patch of the work that is not committed."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from contextlib import closing

import pytest

from tests.core.recorders.repositories import (
    FILES,
    change,
    facts_of,
    git,
    make_repository,
    restored,
    write_files,
)
from xetrack import Tracker
from xetrack.builtin.recorders.git import MOST_NAMES, GitRecorder
from xetrack.errors import InvalidArgumentError


def test_the_patch_of_a_dirty_tree_gives_the_same_files_in_a_clone(tmp_path, calls):
    """Texts, binary files, other encodings, what is gone, staged, executable or a link."""
    folder = make_repository(tmp_path / "repository", FILES)
    change(folder)
    write_files(folder, {"staged.bin": b"\0\1\2" * 99, "run.sh": "#!/bin/sh\n"})
    (folder / "run.sh").chmod(0o755)
    git(folder, "add", "staged.bin", "run.sh")
    (folder / "run.sh").write_text("#!/bin/sh\n# changed since\n")
    facts = facts_of(folder)
    here, there = restored(folder, tmp_path, facts)
    assert here == there
    assert facts["dirty"] is True
    assert "left_out" not in facts
    assert 2 == len(calls)


BEGIN = """
import sqlite3, sys
try:
    sqlite3.connect(sys.argv[1], timeout=0).execute("BEGIN IMMEDIATE")
except sqlite3.OperationalError as error:
    print(error)
"""


def test_a_database_that_is_open_keeps_its_locks(tmp_path):
    """A database that git does not track is read without closing it, which would drop the locks
    that this process has on it.
    """
    folder = make_repository(tmp_path / "repository", FILES)
    for mode in ("wal", "delete"):
        path = folder / f"{mode}.db"
        with closing(sqlite3.connect(path, isolation_level=None)) as connection:
            connection.execute(f"PRAGMA journal_mode = {mode}")
            connection.execute("CREATE TABLE cells (x)")
            connection.execute("BEGIN IMMEDIATE")
            facts = facts_of(folder)
            assert "no text" in facts["left_out"][path.name]
            command = [sys.executable, "-c", BEGIN, str(path)]
            done = subprocess.run(command, capture_output=True, text=True, check=True)
            assert "database is locked\n" == done.stdout, mode


NAMES = [
    "plain.txt",
    "with space.txt",
    'with "quotes".txt',
    "with\\backslash",
    "tab\there",
    "line\nbreak",
    "umlaut-ä.txt",
    os.fsdecode(b"bytes-\xff.txt"),
    "-dash",
    ":(top)magic",
    "a b/c d/e",
    "b/a",
    "ends in space ",
]


TEXTS = [
    "",
    "text\n",
    "no end",
    "\n\n",
    "a\r\nb\r\n",
    b"caf\xe9\n",
    "-- \n+++ b\ndiff --git a/x b/x\n",
]


def test_new_files_are_in_the_patch(tmp_path):
    """Of any name, and of any content that is text."""
    folder = make_repository(tmp_path / "repository", FILES)
    for at, text in enumerate(TEXTS):
        write_files(folder, {f"{at}/{name}": text for name in NAMES})
    write_files(folder, dict.fromkeys(NAMES, "text\n"))
    here, there = restored(folder, tmp_path)
    assert here == there


def test_changed_files_of_any_name_are_in_the_patch(tmp_path):
    """And those that are too large are left out by their names."""
    folder = make_repository(tmp_path / "repository", {**dict.fromkeys(NAMES, "text\n"), "c": ""})
    write_files(folder, {**dict.fromkeys(NAMES, "other, longer text\n"), "c": "2"})
    here, there = restored(folder, tmp_path)
    assert here == there
    assert {*NAMES, "c"} == facts_of(folder, limit=0)["left_out"].keys()
    assert {*NAMES} < facts_of(folder, limit=10)["left_out"].keys() | {"c"}


def test_new_scripts_and_links_are_in_the_patch(tmp_path):
    """With their modes."""
    folder = make_repository(tmp_path / "repository", FILES)
    write_files(folder, {"new/run.sh": "#!/bin/sh\n"})
    (folder / "new/run.sh").chmod(0o755)
    (folder / "link").symlink_to("nowhere/at all")
    (folder / "gone.txt").unlink()
    (folder / "gone.txt").symlink_to("train.py")
    here, there = restored(folder, tmp_path)
    assert here == there


def test_what_a_patch_leaves_out_is_said(tmp_path):
    """New files that are no texts, those that are too large, and those that hold secrets."""
    folder = make_repository(tmp_path / "repository", FILES)
    token = "ghp_" + "a1B2" * 9
    write_files(
        folder,
        {
            "runs.db": b"SQLite format 3\0",
            "large.txt": "x" * 5000,
            ".env": "A=1",
            "keys/server.pem": "x",
            "settings.py": f"TOKEN = '{token}'\n",
            "train.py": "password = 'correct-horse'\n",
            "fine.py": "tokens = tokenizer(text, pad_token='[padding]')\n",
            "other/.git/HEAD": "",
        },
    )
    facts = facts_of(folder, limit=4000)
    assert {
        "runs.db": "it is not tracked, and no text",
        "large.txt": "the patch would have more than 4,000 bytes",
        ".env": "such files hold secrets",
        "keys/server.pem": "such files hold secrets",
        "settings.py": "it has what looks like a secret",
        "train.py": "it has what looks like a secret",
    } == {path: why for path, why in facts["left_out"].items() if "other" not in path}
    assert ["fine.py"] == [
        line.rpartition("/")[2] for line in facts["patch"].splitlines() if line.startswith("diff")
    ]


def test_the_largest_files_are_left_out_first(tmp_path):
    """So that many small ones are there."""
    folder = make_repository(tmp_path / "repository", FILES)
    write_files(folder, {f"{size}.txt": "x" * size for size in (10, 400, 300)})
    facts = facts_of(folder, limit=700)
    assert ["400.txt"] == [*facts["left_out"]]
    assert 700 >= len(facts["patch"])


def test_not_every_file_that_is_left_out_is_named(tmp_path):
    """A folder of results may have thousands."""
    folder = make_repository(tmp_path / "repository", FILES)
    write_files(folder, {f"{at}.bin": b"\0" for at in range(MOST_NAMES + 5)})
    left_out = facts_of(folder)["left_out"]
    assert (MOST_NAMES + 1, "and 5 more") == (len(left_out), left_out["..."])


@pytest.mark.parametrize("form", ["sha1", "sha256"])
def test_a_repository_without_commits_has_a_patch(tmp_path, form):
    """Of all its files."""
    folder = tmp_path / "repository"
    folder.mkdir()
    git(folder, "init", "-q", "-b", "main", f"--object-format={form}")
    write_files(folder, FILES)
    git(folder, "add", "train.py", "sub")
    git(folder, "rm", "-q", "--cached", "sub/data.bin")
    write_files(folder, {"train.py": "changed\n"})
    (folder / "sub/data.bin").unlink()
    facts = facts_of(folder)
    here, there = restored(folder, tmp_path, facts)
    assert here == there
    assert (None, "main", True) == (facts["commit"], facts["branch"], facts["dirty"])


def test_a_submodule_is_named_by_its_commit(tmp_path):
    """A change within it cannot be in the patch, which is said; a new commit of it can."""
    inner = make_repository(tmp_path / "inner", FILES)
    folder = make_repository(tmp_path / "repository", FILES)
    git(folder, "submodule", "add", "-q", str(inner), "module")
    git(folder, "commit", "-q", "-m", "with submodule")
    assert "patch" not in facts_of(folder)
    module = folder / "module"
    assert str(module) == facts_of(module / "sub")["root"]
    write_files(module, {"train.py": "changed\n"})
    facts = facts_of(folder)
    assert {"module": "files in this submodule are changed"} == facts["left_out"]
    git(module, "commit", "-q", "-a", "-m", "changed")
    change(folder)
    facts = facts_of(folder)
    assert f"+Subproject commit {git(module, 'rev-parse', 'HEAD')}\n" in facts["patch"]
    clone = tmp_path / "clone"
    git(tmp_path, "clone", "-q", "--recurse-submodules", str(folder), str(clone))
    git(clone, "apply", "-", data=facts["patch"].encode("utf-8", "surrogateescape"))
    assert (clone / "train.py").read_text() == (folder / "train.py").read_text()


def test_a_conflict_is_in_the_patch(tmp_path):
    """With its marks, as they are in the file."""
    folder = make_repository(tmp_path / "repository", FILES)
    git(folder, "checkout", "-q", "-b", "other")
    write_files(folder, {"train.py": "other\n"})
    git(folder, "commit", "-q", "-a", "-m", "other")
    git(folder, "checkout", "-q", "main")
    write_files(folder, {"train.py": "mine\n"})
    git(folder, "commit", "-q", "-a", "-m", "mine")
    with pytest.raises(AssertionError):
        git(folder, "merge", "-q", "other")
    here, there = restored(folder, tmp_path)
    assert here == there
    assert b"<<<<<<<" in there["train.py"][1]


def test_settings_change_no_patch(tmp_path):
    """Neither those of the user, nor those of the repository."""
    folder = make_repository(tmp_path / "repository", FILES)
    change(folder)
    write_files(folder, {"new file.txt": "new\n"})
    expected = facts_of(folder)
    for name, value in {
        "diff.noprefix": "true",
        "diff.mnemonicPrefix": "true",
        "diff.context": "0",
        "diff.renames": "copies",
        "color.ui": "always",
        "color.diff": "always",
        "core.quotePath": "false",
        "diff.submodule": "log",
        "status.showUntrackedFiles": "no",
        "status.relativePaths": "true",
        "diff.relative": "true",
        "core.abbrev": "4",
        "diff.algorithm": "patience",
    }.items():
        git(folder, "config", name, value)
    assert expected == facts_of(folder / "sub")


def test_a_patch_of_any_encoding_is_stored_with_the_run(tmp_path):
    """And comes back as it was, short or long."""
    folder = make_repository(tmp_path / "repository", FILES)
    for count in (1, 500):
        write_files(folder, {"latin.txt": "caf\xe9s\n".encode("latin-1") * count})
        expected = facts_of(folder)
        db = str(tmp_path / f"{count}.db")
        with Tracker(db, track_id="first", record=[("git", {"root": folder})]) as tracker:
            tracker.log({"loss": 0.5})
        assert expected == Tracker(db, track_id="first").run.record.facts["git"]


@pytest.mark.parametrize("limit", [-1, 1.5, "many", True])
def test_a_limit_is_a_number_of_bytes(limit):
    """Anything else is an error for who gives it."""
    with pytest.raises(InvalidArgumentError, match="limit"):
        GitRecorder({"limit": limit})
