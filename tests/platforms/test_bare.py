"""xetrack on a system without what only POSIX has, such as Windows: see `bare.py`.

The locks of Windows are stood in for by locks on the same bytes; that they are so there, a run on
Windows has to show.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tools.workspace import ROOT

HERE = Path(__file__).parent
PATIENCE = 200
"""Seconds for a process, which takes five of them on a machine that has nothing else to do."""

pytestmark = pytest.mark.timeout(300)
BARE = "import sys; sys.path.append(sys.argv[1]); from tests.platforms.bare import bare; bare()\n"


def start(code, *arguments, folder):
    """Start a bare interpreter."""
    command = [sys.executable, "-c", BARE + code, ROOT, *arguments]
    return subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, text=True)


def ended(process):
    """What a process printed; it must have ended well."""
    output, _ = process.communicate(timeout=PATIENCE)
    assert 0 == process.returncode
    return output


@pytest.mark.parametrize("how", [[], ["bare"]], ids=["here", "bare"])
def test_everything_works(tmp_path, how):
    """Every module is imported; rows, calls, objects, logs and `xt` do as they do elsewhere."""
    command = [sys.executable, HERE / "everything.py", tmp_path, *how]
    env = {**os.environ, "XDG_CONFIG_HOME": str(tmp_path / "configuration")}
    env.pop("XETRACK_RECORDERS", None)
    done = subprocess.run(
        command, env=env, capture_output=True, text=True, timeout=PATIENCE, check=False
    )
    assert ("all of it works\n", "") == (done.stdout, done.stderr)


LOCKING = """
import os
from xetrack.process.file_access import lock_descriptor, unlock_descriptor
file = os.open("locked", os.O_RDWR | os.O_CREAT)
"""
HOLD = LOCKING + "print(lock_descriptor(file), flush=True)\nsys.stdin.read()"
TRY = LOCKING + "print(lock_descriptor(file), os.read(file, 3) if lock_descriptor(file) else None)"
WAIT = LOCKING + "print(lock_descriptor(file, wait=True)); unlock_descriptor(file)"


def test_a_lock_keeps_others_out_until_its_holder_ends(tmp_path):
    """Whoever waits has it as soon as the holder is killed; the content can be read meanwhile."""
    (tmp_path / "locked").write_bytes(b"abc")
    command = [sys.executable, "-c", BARE + HOLD, ROOT]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen(command, cwd=tmp_path, text=True, **pipes) as holder:
        assert "True\n" == holder.stdout.readline()
        assert "False None\n" == ended(start(TRY, folder=tmp_path))
        assert b"abc" == (tmp_path / "locked").read_bytes()
        waiting = start(WAIT, folder=tmp_path)
        with pytest.raises(subprocess.TimeoutExpired):
            waiting.wait(0.5)
        holder.kill()
    assert "True\n" == ended(waiting)


COMPUTE = """
import time
from xetrack import Tracker
def slowly(number):
    with open("computed", "a") as file:
        file.write("x")
    time.sleep(1)
    return number
with Tracker(f"{sys.argv[2]}.db", cache="cache") as tracker:
    assert 3 == tracker.track(slowly, args=[3])
"""


def test_two_processes_compute_a_cached_call_once(tmp_path):
    """The second waits for the first, by the locks of Windows; no lock file is left."""
    (tmp_path / "script.py").write_text(BARE + COMPUTE)
    processes = [
        subprocess.Popen([sys.executable, "script.py", ROOT, name], cwd=tmp_path) for name in "ab"
    ]
    assert [0, 0] == [process.wait(PATIENCE) for process in processes]
    assert "x" == (tmp_path / "computed").read_text()
    assert [] == [*tmp_path.glob("cache/**/*.lock")]


WRITE = """
from xetrack import Tracker
with Tracker("rows.db", {"worker": sys.argv[2]}, jsonl="rows.jsonl") as tracker:
    for number in range(50):
        tracker.log({"number": number, sys.argv[2]: True})
"""


def test_many_processes_write_to_one_file(tmp_path):
    """No row is lost, in the database or in the file of lines, also while columns are added."""
    from xetrack import Reader  # noqa: PLC0415 - for this test alone

    for process in [start(WRITE, name, folder=tmp_path) for name in ("one", "two", "three")]:
        ended(process)
    rows = Reader(tmp_path / "rows.db").select(["worker", "number"]).dicts()
    expected = {(name, number) for name in ("one", "two", "three") for number in range(50)}
    assert expected == {(row["worker"], row["number"]) for row in rows}
    assert 150 == len(rows) == len((tmp_path / "rows.jsonl").read_text().splitlines())


def test_the_configuration_of_a_project_is_found_below_any_root(tmp_path):
    """The way up ends where no folder is above, and owners, which nobody can ask, refuse none."""
    code = """
from xetrack.configuration.files import find_files
print([source.name for source in find_files()])
"""
    (tmp_path / "xetrack.toml").write_text("[options.sqlite]\ntimeout = 5\n")
    inner = tmp_path / "inner"
    inner.mkdir()
    assert "[]\n" == ended(start(code, folder="/"))
    assert str(tmp_path / "xetrack.toml") in ended(start(code, folder=inner))


def test_positions_do_not_depend_on_each_other(tmp_path):
    """Reading and writing at a position gives what the system's own calls give."""
    code = """
import os
from xetrack.process.file_access import read_at, write_at
file = os.open("bytes", os.O_RDWR | os.O_CREAT)
assert 6 == write_at(file, b"abcdef", 0)
assert 2 == write_at(file, b"XY", 2)
assert (b"XYe", b"ab", b"") == (read_at(file, 3, 2), read_at(file, 2, 0), read_at(file, 5, 6))
"""
    assert "" == ended(start(code, folder=tmp_path))
    assert b"abXYef" == (tmp_path / "bytes").read_bytes()
