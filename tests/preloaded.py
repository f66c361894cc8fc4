"""Processes that are forked from one which has imported what they import, and options to start one.

Most of a short process is the start of the interpreter and its imports, and there are a thousand of
them here. What is forked is a process like any other, with its own standard streams, environment,
folder and ``__main__``; `tests.preloading` is what it is forked from. It shares the seed of hashes
and the layout of its memory with others. What depends on the start itself is tested by starting
one: by options, variables or arguments that only a start obeys, or by `subprocess`.
"""

from __future__ import annotations

import atexit
import json
import os
import socket
import struct
import subprocess
import sys
import threading
from functools import cache
from pathlib import Path
from select import select
from typing import NamedTuple

ROOT = Path(__file__).parents[1]
PIPE = subprocess.PIPE

STARTS = ("PYTHON", "LD_", "MALLOC_", "OMP_", "ARROW_")
"""How variables begin that are obeyed when an interpreter starts, or imports a library."""

OBEYED = {
    *("PYTHONDONTWRITEBYTECODE", "PYTHONFAULTHANDLER", "PYTHONIOENCODING", "PYTHONPATH"),
    *("PYTHONUTF8", "PYTHONWARNINGS"),
}
"""Those of them that a forked process obeys, too."""

FRUGAL = {
    "ARROW_DEFAULT_MEMORY_POOL": "system",
    "MALLOC_ARENA_MAX": "2",
    "OMP_NUM_THREADS": "1",
}
"""What the process to fork from was started with: others reserve addresses that they never use."""

STREAMS = {"cwd", "encoding", "env", "errors", "stderr", "stdin", "stdout", "text"}
"""Options of `subprocess.Popen` that a forked process has."""

_lock = threading.Lock()


class Done(NamedTuple):
    """How a process ended."""

    code: int
    out: str
    err: str


class Forked(subprocess.Popen):
    """A forked process, which is waited for, killed and read as one that was started."""

    def _execute_child(self, args, *others):
        _, _, _, _, cwd, env, _, _, _, *pipes = others[:15]
        read, _, _, *written, _, error = pipes
        streams = zip((read, written[0], error), range(3), strict=True)
        request = {
            "words": [*map(str, args[1:])],
            "cwd": os.fspath(cwd or Path.cwd()),
            "env": dict(os.environ if env is None else env),
        }
        answers, answer = os.pipe()
        self._answers = os.fdopen(answers, "rb", buffering=0)
        _ask(request, [*(own if given == -1 else given for given, own in streams), answer])
        os.close(answer)
        self._close_pipe_fds(*pipes)
        self.pid = self._answer()
        self._child_created = True

    def _answer(self):
        return struct.unpack("i", self._answers.read(4))[0]

    def _wait(self, timeout):
        if self.returncode is None:
            if not select([self._answers], [], [], timeout)[0]:
                raise subprocess.TimeoutExpired(self.args, timeout)
            self.returncode = self._answer()
            self._answers.close()
        return self.returncode

    def _internal_poll(self, *_, **__):
        try:
            return self._wait(0)
        except subprocess.TimeoutExpired:
            return None


def _ask(request, streams):
    content = json.dumps(request).encode()
    with _lock:
        server = _server()
        socket.send_fds(server, [struct.pack("i", len(content))], streams)
        server.sendall(content)


@cache
def _server():
    """The connection to a process to fork from, which ends with this one."""
    ours, theirs = socket.socketpair()
    command = [sys.executable, "-W", "error", "-m", "tests.preloading"]
    started = subprocess.Popen(command, stdin=theirs, cwd=ROOT, env={**os.environ, **FRUGAL})
    theirs.close()
    atexit.register(_end, ours, started)
    return ours


def _end(server, started):
    server.close()
    started.wait()


def start_command(command, *, fresh=False, **options):
    """Start a command as `subprocess.Popen` does, or fork it where that obeys the same.

    A fresh interpreter is started, too, for what is seen only where one starts or ends.
    """
    forks = not fresh and _forks(command, options.get("env") or {}) and options.keys() <= STREAMS
    return (Forked if forks else subprocess.Popen)(command, **options)


def _forks(command, env):
    first, *words = map(str, command)
    if words[:2] == ["-W", "error"]:
        words = words[2:]
    at_start = {
        name
        for name in env
        if name.startswith(STARTS)
        and name not in OBEYED
        and env[name] not in (os.environ.get(name), FRUGAL.get(name))
    }
    plain = words and (words[0] in {"-c", "-m"} or not words[0].startswith("-"))
    return first == sys.executable and plain and not at_start


def run_command(command, *, input=None, capture_output=False, timeout=55, check=False, **options):  # noqa: A002 - as of subprocess
    """Run a command to its end as `subprocess.run` does, or fork it; see `start_command`."""
    if input is not None:
        options["stdin"] = PIPE
    if capture_output:
        options["stdout"] = options["stderr"] = PIPE
    with start_command(command, **options) as process:
        try:
            out, err = process.communicate(input, timeout)
        except BaseException:
            process.kill()
            raise
    done = subprocess.CompletedProcess(process.args, process.returncode, out, err)
    if check:
        done.check_returncode()
    return done


def run_code(code, *arguments, cwd, env, timeout):
    """Run code as ``python -W error -c`` does, and return how it ended.

    The code may set limits of its own: what it has of memory and addresses is what imports take.
    """
    return _done(["-W", "error", "-c", code, *arguments], cwd=cwd, env=env, timeout=timeout)


def run_xt(words, *, cwd, env=None, **options):
    """Run `xt`, with warnings as errors unless its environment says otherwise."""
    errors = [] if "PYTHONWARNINGS" in (env or {}) else ["-W", "error"]
    return _done([*errors, "-m", "xetrack_cli", *words], cwd=cwd, env=env, **options)


def _done(words, **options):
    streams = {"stdin": subprocess.DEVNULL, "stdout": PIPE, "stderr": PIPE, "encoding": "utf-8"}
    done = run_command([sys.executable, *words], **{**streams, **options})
    return Done(done.returncode, done.stdout, done.stderr)
