"""`xt` or code in a process of its own, forked from one that has imported what they import.

Most of a short command is the start of the interpreter and its imports, and there are hundreds of
them here. What is forked is a process like any other, with its own standard streams, environment
and folder, and it ends as Python ends. What depends on the start itself is tested by starting one.

Run as a program, with the names of modules to import beside, this reads requests as JSON, a line
for each, and answers with exit codes.
"""

from __future__ import annotations

import atexit
import gc
import importlib
import json
import os
import pkgutil
import runpy
import subprocess
import sys
import threading
import warnings
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import xetrack_cli

ROOT = Path(__file__).parents[2]
MODULES = (
    "cyclopts",
    "rich.console",
    "rich.markdown",
    "rich.table",
    "sqlite3",
    "xetrack.builtin.sqlite.engine",
    "xetrack.reader",
    "xetrack.tracker",
)
"""What most commands import; of larger libraries, to end the process takes longer than to start."""


def _preload():
    packages = [xetrack_cli]
    for package in packages:
        for one in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
            if not one.name.endswith("__main__"):
                module = importlib.import_module(one.name)
                packages += [module] if one.ispkg else []
    for name in (*MODULES, *sys.argv[1:]):
        importlib.import_module(name)
    gc.freeze()  # the garbage collector would touch, and so copy, what all processes share


class Done(NamedTuple):
    """How a process ended."""

    code: int
    out: str
    err: str


class Preloaded:
    """A process to fork from."""

    def __init__(self, *modules, **environment):
        command = [sys.executable, "-W", "error", "-m", "tests.cli.preloaded", *modules]
        streams = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
        env = {**os.environ, **environment}
        self._process = subprocess.Popen(command, text=True, cwd=ROOT, env=env, **streams)

    def run(self, words, *, cwd, env, streams, timeout=50.0, code=""):
        """Run `xt`, or code, to its end and return the exit code; standard streams are paths."""
        request = {
            "code": code,
            "words": [*map(str, words)],
            "cwd": str(cwd),
            "env": env,
            "streams": list(map(str, streams)),
        }
        self._process.stdin.write(json.dumps(request) + "\n")
        self._process.stdin.flush()
        pid = int(self._process.stdout.readline())
        late = threading.Timer(timeout, os.kill, (pid, 9))
        late.start()
        try:
            return int(self._process.stdout.readline())
        finally:
            late.cancel()

    def xt(self, words, *, cwd, env=None, **options):
        """Run `xt`, or code, with its output in files, and return what is in them."""
        with TemporaryDirectory() as folder:
            out, err = Path(folder, "out"), Path(folder, "err")
            env = dict(os.environ) if env is None else env
            streams = (os.devnull, out, err)
            ended = self.run(words, cwd=cwd, env=env, streams=streams, **options)
            return Done(ended, out.read_text("utf-8"), err.read_text("utf-8"))

    def close(self):
        """End the process."""
        self._process.stdin.close()
        self._process.stdout.close()
        self._process.wait()


@cache
def _with_pandas():
    # Each thread would reserve addresses, of which the code may have few.
    few = {"OMP_NUM_THREADS": "1", "MALLOC_ARENA_MAX": "2"}
    one = Preloaded("pandas", "numpy", "tests.bounded", **few)
    atexit.register(one.close)
    return one


def run_code(code, *arguments, cwd, env, timeout):
    """Run code as ``python -c`` does, where pandas is imported already.

    The code may set limits of its own: what it has of memory and addresses is what an import takes.
    """
    return _with_pandas().xt(arguments, cwd=cwd, env=env, timeout=timeout, code=code)


def _serve():
    """Fork for each request; only the forked process returns, with its request."""
    for line in sys.stdin:
        pid = os.fork()
        if not pid:
            return json.loads(line)
        _answer(pid)
        _, status = os.waitpid(pid, 0)
        _answer(os.waitstatus_to_exitcode(status))
    os._exit(0)


def _answer(number):
    sys.stdout.write(f"{number}\n")
    sys.stdout.flush()


def _become(request):
    """Be the process that was asked for."""
    os.setsid()
    os.chdir(request["cwd"])
    os.environ.clear()
    os.environ.update(request["env"])
    written = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
    ways = (os.O_RDONLY, written, written)
    for number, (path, way) in enumerate(zip(request["streams"], ways, strict=True)):
        opened = os.open(path, way)
        os.dup2(opened, number)
        os.close(opened)
    encoding = os.environ.get("PYTHONIOENCODING", "utf-8")
    sys.stdin, sys.stdout, sys.stderr = (
        open(number, mode, buffering, encoding=encoding, closefd=False)  # noqa: SIM115 - to its end
        for number, mode, buffering in ((0, "r", -1), (1, "w", -1), (2, "w", 1))
    )
    sys.__stdin__, sys.__stdout__, sys.__stderr__ = sys.stdin, sys.stdout, sys.stderr
    if os.environ.get("PYTHONWARNINGS") == "":
        warnings.simplefilter("default")
    sys.argv = ["-c" if request["code"] else "xt", *request["words"]]
    more = request["env"].get("PYTHONPATH", "")
    sys.path[:1] = [request["cwd"], *filter(None, more.split(os.pathsep))]


if __name__ == "__main__":
    _preload()
    _request = _serve()
    _become(_request)
    if _request["code"]:
        exec(_request["code"], {"__name__": "__main__"})
    else:
        runpy.run_module("xetrack_cli", run_name="__main__", alter_sys=True)
