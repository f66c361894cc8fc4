"""The program that `tests.preloaded` forks from: it imports, and serves requests at its input.

A request is its length, which brings the three standard streams and a pipe for answers, and JSON:
the words of the command behind the interpreter, the folder and the environment. The answers are the
number of the process and, when it has ended, its exit code.
"""

from __future__ import annotations

import faulthandler
import gc
import importlib
import json
import os
import pkgutil
import runpy
import select
import signal
import socket
import struct
import sys
import threading
import time
import types
import warnings
from atexit import _run_exitfuncs
from contextlib import suppress
from pathlib import Path

import xetrack_cli

MODULES = (
    "cyclopts",
    "rich.console",
    "rich.markdown",
    "rich.table",
    "sqlite3",
    "pandas",
    "numpy",
    "duckdb",
    "xetrack.builtin.sqlite.engine",
    "xetrack.reader",
    "xetrack.tracker",
    "xetrack_duckdb.engine",
    "xetrack_ui.server.running",
    "uvicorn.protocols.http.h11_impl",
    "tests.bounded",
    "tests.engines",
    "tests.hostile_child",
)
"""What many processes import."""

ERRORS = ("error", None, Warning, None, 0)
"""The filter of warnings that ``-W error`` is."""


def _preload():
    packages = [xetrack_cli]
    for package in packages:
        for one in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
            if not one.name.endswith("__main__"):
                module = importlib.import_module(one.name)
                packages += [module] if one.ispkg else []
    for name in MODULES:
        importlib.import_module(name)
    gc.collect()
    gc.freeze()  # the garbage collector would touch, and so copy, what all processes share


def _serve(requests):
    """Fork for each request; only a forked process returns, with its request and streams."""
    answers = {}
    woken, wake = socket.socketpair()
    for one in (woken, wake):
        one.setblocking(False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # who started this ends it
    signal.set_wakeup_fd(wake.fileno())
    while True:
        ready, _, _ = select.select([requests, woken], [], [])
        if woken in ready:
            woken.recv(4_096)
            _tell_ended(answers)
        if requests not in ready:
            continue
        size, descriptors, _, _ = socket.recv_fds(requests, 4, 4)
        if not size:
            os._exit(0)
        request = requests.recv(struct.unpack("i", size)[0], socket.MSG_WAITALL)
        *streams, answer = descriptors
        pid = os.fork()
        if not pid:
            requests.detach()  # its place is that of the standard input
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            signal.signal(signal.SIGINT, signal.default_int_handler)
            for one in (woken, wake):
                one.close()
            for one in (answer, *answers.values()):
                os.close(one)
            return json.loads(request), streams
        for one in streams:
            os.close(one)
        answers[pid] = answer
        os.write(answer, struct.pack("i", pid))


def _tell_ended(answers):
    while answers:
        pid, status = os.waitpid(-1, os.WNOHANG)
        if not pid:
            return
        answer = answers.pop(pid)
        with suppress(BrokenPipeError):  # nobody waits for it
            os.write(answer, struct.pack("i", os.waitstatus_to_exitcode(status)))
        os.close(answer)


def _become(env, cwd, streams):
    """Be in the folder, with the environment and the streams that were asked for."""
    os.setsid()
    os.chdir(cwd)
    os.environ.clear()
    os.environ.update(env)
    time.tzset()
    for number, one in enumerate(streams):
        os.dup2(one, number)
        os.close(one)
    encoding, _, errors = os.environ.get("PYTHONIOENCODING", "utf-8").partition(":")
    ways = (("r", -1, "strict"), ("w", -1, "strict"), ("w", 1, "backslashreplace"))
    sys.stdin, sys.stdout, sys.stderr = (
        open(number, mode, buffering, encoding, errors or usual, closefd=False)  # noqa: SIM115 - to its end
        for number, (mode, buffering, usual) in enumerate(ways)
    )
    sys.__stdin__, sys.__stdout__, sys.__stderr__ = sys.stdin, sys.stdout, sys.stderr
    sys.dont_write_bytecode = bool(os.environ.get("PYTHONDONTWRITEBYTECODE"))
    if os.environ.get("PYTHONFAULTHANDLER"):
        faulthandler.enable()


def _warn(options):
    """Filter warnings as the options and the environment say; here, they are errors."""
    wanted = [*filter(None, os.environ.get("PYTHONWARNINGS", "").split(",")), *options]
    if {*wanted} != {"error"}:
        warnings.filters.remove(ERRORS)
        sys.warnoptions[:] = wanted
        warnings._processoptions(wanted)
        warnings._filters_mutated()


def _main(words):
    """Run what the words behind an interpreter name, as ``__main__``."""
    kind, *arguments = words
    main = types.ModuleType("__main__")
    main.__builtins__ = __builtins__
    sys.modules["__main__"] = sys.modules["__mp_main__"] = main  # as `multiprocessing` does
    folder = ""
    if kind == "-c":
        code, *rest = arguments
        sys.argv = ["-c", *rest]
        code = compile(code, "<string>", "exec", dont_inherit=True)
    elif kind == "-m":
        sys.argv = arguments
        folder = str(Path.cwd())
    else:
        sys.argv = words
        path = Path.cwd() / kind
        main.__file__, folder = str(path), str(path.parent)
        code = compile(path.read_bytes(), str(path), "exec", dont_inherit=True)
    more = os.environ.get("PYTHONPATH", "")
    sys.path[:1] = [folder, *filter(None, more.split(os.pathsep))]
    if kind == "-m":
        runpy.run_module(arguments[0], run_name="__main__", alter_sys=True)
    else:
        exec(code, vars(main))


def _code(words):
    """Run it and return the exit code."""
    try:
        _main(words)
    except SystemExit as ended:
        if ended.code is None or isinstance(ended.code, int):
            return (ended.code or 0) & 0xFF
        sys.stderr.write(f"{ended.code}\n")
    except BaseException as error:  # noqa: BLE001 - as an interpreter does
        trace = error.__traceback__
        while trace and trace.tb_frame.f_code.co_filename == __file__:
            trace = trace.tb_next
        sys.excepthook(type(error), error.with_traceback(trace), trace)
        if isinstance(error, KeyboardInterrupt):
            return -signal.SIGINT
    else:
        return 0
    return 1


def _end(code):
    """End as Python does, but do not tear down what was imported before the fork.

    That is most of what ending takes, and after it nothing is seen of it.
    """
    threading._shutdown()
    _run_exitfuncs()
    with suppress(ValueError):  # it was closed
        sys.stdout.flush()
    for name in ("__main__", "__mp_main__"):
        sys.modules.pop(name, None)
    gc.collect()  # so that what the code has made is closed
    for stream in (sys.stdout, sys.stderr):
        with suppress(ValueError):
            stream.flush()
    if code < 0:
        signal.signal(-code, signal.SIG_DFL)
        os.kill(os.getpid(), -code)
    os._exit(code)


if __name__ == "__main__":
    _preload()
    _request, _streams = _serve(socket.socket(fileno=0))
    _become(_request["env"], _request["cwd"], _streams)
    _words = _request["words"]
    _options = []
    if _words[0] == "-W":
        _options, _words = [_words[1]], _words[2:]
    _warn(_options)
    _end(_code(_words))
