"""Work in a child that has little memory and little time, as what strangers name needs."""

from __future__ import annotations

import json
import os
import socket
from pathlib import Path

from tests.preloaded import run_code

ROOT = Path(__file__).parents[1]
MOST = 500
"""Megabytes that a piece of work may take."""
SECONDS = 40
"""For a whole child; a busy machine takes some of them to import pandas."""
ROOM = 1_500_000_000
"""Bytes of addresses: what takes all memory fails at once, and not when the machine has none."""

GIANT = 100 << 30
"""Bytes of a file of which none lies on the disk."""

_BEFORE = """
import json, os, resource, socket, sys, warnings
from pathlib import Path
from xetrack import Reader, Tracker
from xetrack.errors import XetrackError
from tests.bounded import lay

warnings.simplefilter("ignore")
resource.setrlimit(resource.RLIMIT_AS, (ROOM, ROOM))
ended = {}

def attempt(name, work):
    try:
        work()
        ended[name] = "ok"
    except XetrackError as error:
        ended[name] = type(error).__name__
    except BaseException as error:
        ended[name] = f"untyped {type(error).__name__}: {error}"
"""
_AFTER = """
# Not by getrusage, which begins with what the process was that started this one.
status = Path("/proc/self/status").read_text()
ended["peak"] = int(status.split("VmHWM:")[1].split()[0]) // 1024
print(json.dumps(ended))
"""

READ = ("pipe", "pipe by a link", "zeros", "socket", "folder", "loop", "nowhere", "memory", "giant")
WRITTEN = ("pipe", "pipe by a link", "socket", "folder")
"""Without devices, as whoever replaced one would have broken the machine."""


def lay(kind, path):
    """Put something else than a file of rows at a path."""
    path.parent.mkdir(parents=True, exist_ok=True)
    links = {"zeros": "/dev/zero", "loop": path.name, "memory": "/proc/self/mem"}
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "pipe by a link":
        os.mkfifo(f"{path}.pipe")
        path.symlink_to(f"{path.name}.pipe")
    elif kind == "socket":
        there, _ = Path.cwd(), os.chdir(path.parent)  # a socket's path is short
        with socket.socket(socket.AF_UNIX) as made:
            made.bind(path.name)
        os.chdir(there)
    elif kind == "folder":
        path.mkdir()
    elif kind == "giant":
        with path.open("wb") as file:
            file.truncate(GIANT)
    else:
        path.symlink_to(links.get(kind, "nothing/there"))
    return path


def bounded(folder, code, **environment):
    """Run code in a folder, and return how each `attempt` in it ended.

    No attempt may end in an untyped error, and all of them have to end.
    """
    child = run_code(
        _BEFORE.replace("ROOM", str(ROOM)) + code + _AFTER,
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
        timeout=SECONDS,
    )
    assert 0 == child.code, child.err
    ended = json.loads(child.out.splitlines()[-1])
    assert MOST > ended.pop("peak")
    untyped = [f"{name}: {how}" for name, how in ended.items() if "untyped" in how]
    assert not untyped, untyped
    return ended
