"""R26: readers without rights, of other users, on read-only media; what they leave behind."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path

import pytest

from xetrack import Reader, Tracker

OWNER, OTHER = 12_345, 54_321
"""Users that need not exist."""

pytestmark = pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root may become other users"
)

WORKER = """
import json, os, sys, tempfile, warnings
warnings.simplefilter("ignore")
from xetrack import Reader, Tracker
from xetrack.interfaces.query import Query

# Whatever is imported late is imported while there is a right to read it.
with tempfile.TemporaryDirectory() as folder:
    path = folder + "/warm.db"
    with Tracker(path) as tracker:
        tracker.log({"n": 1})
        len(tracker)
    with Reader(path) as reader:
        len(reader), reader.select().rows(), reader.engine.sql("SELECT 1")
    try:
        Reader("/none/such.db")
    except Exception as error:
        str(error)
import pwd, shlex
tracker = None
for line in sys.stdin:
    what, uid, path = json.loads(line)
    if uid:
        os.setegid(uid), os.seteuid(uid)
    try:
        if what == "read":
            with Reader(path) as reader:
                found = reader.select().rows(), reader.engine.sql("SELECT * FROM events").rows
                answer = [len(reader), *map(len, found)]
        elif what == "log":
            with Tracker(path) as one:
                one.log({"n": 1})
                answer = "logged"
        elif what == "open":
            tracker = Tracker(path)
            tracker.log({"n": 1})
            tracker.log({"n": 2})
            answer = "opened"
        elif what == "close":
            answer = tracker.close()
        elif what == "die":
            print(json.dumps("dead"), flush=True)
            os._exit(9)
        elif what == "die reading":
            answer = next(iter(Reader(path).engine.read("default", Query()).batches))
            print(json.dumps("dead"), flush=True)
            os._exit(9)
    except Exception as error:
        answer = [type(error).__name__, str(error)]
    finally:
        os.seteuid(0), os.setegid(0)
    print(json.dumps(answer, default=str), flush=True)
"""


class Worker:
    """A process that becomes other users."""

    def __init__(self):
        self.process = subprocess.Popen(
            [sys.executable, "-c", WORKER],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "HOME": "/nonexistent"},
            extra_groups=[],
        )

    def ask(self, what, uid, path):
        self.process.stdin.write(json.dumps([what, uid, str(path)]) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def end(self):
        self.process.stdin.close()
        self.process.wait(20)
        self.process.stdout.close()


@contextmanager
def worker():
    one = Worker()
    try:
        yield one
    finally:
        one.end()


@pytest.fixture(scope="module")
def others():
    """One process for all that ends well."""
    with worker() as one:
        yield one


@pytest.fixture
def shared():
    """A folder of the owner's that others can reach, as those of pytest cannot be."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        os.chown(folder, OWNER, OWNER)
        yield Path(folder)


def listing(folder):
    return sorted((one.name, one.stat().st_uid, one.stat().st_size) for one in folder.iterdir())


@pytest.mark.parametrize("folder_mode", [0o755, 0o777], ids=oct)
@pytest.mark.parametrize("mode", [0o644, 0o666, 0o444], ids=oct)
def test_a_finished_database_is_read_by_all_and_nothing_is_left(others, shared, mode, folder_mode):
    path = shared / "track.db"
    shared.chmod(folder_mode)
    assert others.ask("log", OWNER, path) == "logged"
    path.chmod(mode)
    before = listing(shared)
    assert others.ask("read", OTHER, path) == [1, 1, 1]
    assert listing(shared) == before
    path.chmod(0o644)
    assert others.ask("log", OWNER, path) == "logged"


@pytest.mark.parametrize("ends", ["close", "die"])
@pytest.mark.parametrize("folder_mode", [0o755, 0o777], ids=oct)
@pytest.mark.parametrize("mode", [0o644, 0o666], ids=oct)
def test_rows_in_the_log_are_read_and_the_owner_goes_on(others, shared, mode, folder_mode, ends):
    path = shared / "track.db"
    shared.chmod(folder_mode)
    with worker() as owner:
        assert owner.ask("open", OWNER, path) == "opened"
        for one in shared.iterdir():
            one.chmod(mode)
        before = listing(shared)
        assert others.ask("read", OTHER, path) == [2, 2, 2]
        assert listing(shared) == before
        owner.ask(ends, OWNER, path)
    assert others.ask("read", OTHER, path) == [2, 2, 2]
    assert others.ask("log", OWNER, path) == "logged"
    assert others.ask("read", OTHER, path) == [3, 3, 3]


def test_a_reader_that_is_killed_leaves_nothing(others, shared):
    path = shared / "track.db"
    shared.chmod(0o777)
    others.ask("log", OWNER, path)
    before = listing(shared)
    with worker() as reader:
        assert reader.ask("die reading", OTHER, path) == "dead"
    assert listing(shared) == before


def test_a_file_that_may_not_be_read_says_so(others, shared):
    path = shared / "track.db"
    others.ask("log", OWNER, path)
    path.chmod(0o600)
    kind, text = others.ask("read", OTHER, path)
    assert kind == "AccessDeniedError"
    assert "may not read" in text
    assert "chmod" in text


def test_a_log_that_cannot_be_seen_is_an_error_and_no_old_rows(others, shared):
    path = shared / "track.db"
    with worker() as owner:
        owner.ask("open", OWNER, path)
        owner.ask("die", OWNER, path)
    Path(f"{path}-shm").unlink()
    kind, text = others.ask("read", OTHER, path)
    assert kind == "AccessDeniedError"
    assert "Copy both files" in text
    assert sorted(one.name for one in shared.iterdir()) == ["track.db", "track.db-wal"]


@pytest.mark.parametrize("has_rows", [False, True], ids=["empty", "rows"])
def test_an_owner_beside_files_of_others_is_told_what_to_do(others, shared, has_rows):
    path = shared / "track.db"
    if has_rows:
        with worker() as owner:
            owner.ask("open", OWNER, path)
            owner.ask("die", OWNER, path)
    else:
        others.ask("log", OWNER, path)
    for part in ("-wal", "-shm"):
        beside = shared / f"track.db{part}"
        beside.touch()
        os.chown(beside, OTHER, OTHER)
        beside.chmod(0o644)
    assert others.ask("read", OWNER, path) == ([2, 2, 2] if has_rows else [1, 1, 1])
    kind, text = others.ask("log", OWNER, path)
    assert kind == "AccessDeniedError"
    assert f"user {OTHER}" in text
    assert ("chown" if has_rows else "rm ") in text
    assert str(path) + "-wal" in text


def test_a_read_only_folder_and_file_of_ones_own(others, shared):
    path = shared / "track.db"
    others.ask("log", OWNER, path)
    path.chmod(0o444)
    shared.chmod(0o555)
    before = listing(shared)
    assert others.ask("read", OWNER, path) == [1, 1, 1]
    kind, text = others.ask("log", OWNER, path)
    assert kind == "AccessDeniedError"
    assert "chmod u+w" in text
    assert listing(shared) == before


def test_a_read_only_mount(tmp_path):
    path, mount = tmp_path / "data" / "track.db", tmp_path / "mount"
    mount.mkdir()
    with Tracker(path) as tracker:
        tracker.log({"n": 1})
    for options in ("bind", "remount,ro,bind"):
        done = subprocess.run(
            ["mount", "-o", options, path.parent, mount], check=False, capture_output=True
        )
        if done.returncode:
            pytest.skip("this system lets nobody mount")
    try:
        with Reader(mount / "track.db") as reader:
            assert len(reader) == len(reader.select().rows()) == 1
            assert len(reader.engine.sql("SELECT * FROM events").rows) == 1
        with pytest.raises(PermissionError):
            Tracker(mount / "track.db")
    finally:
        subprocess.run(["umount", mount], check=True)


@pytest.mark.slow
def test_a_writer_that_comes_into_a_read_without_a_lock_is_noticed(others, shared):
    """The file changes while it is read, so the read is done again, or ends with an error."""
    path = shared / "track.db"
    others.ask("log", OWNER, path)
    copy = shared / "other.db"
    for _ in range(5):
        others.ask("log", OWNER, copy)
    with worker() as reader:
        assert reader.ask("read", OTHER, path) == [1, 1, 1]
        shutil.copyfile(copy, path)  # in place, as a sync tool may
        assert reader.ask("read", OTHER, path) == [5, 5, 5]
