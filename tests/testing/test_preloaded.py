"""A forked process is what a started one is: what it sees, says, leaves and ends with."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest

from tests.preloaded import PIPE, Forked, run_command, start_command

ENDS = {
    "well": "print('out')",
    "sys.exit": "raise SystemExit",
    "code": "raise SystemExit(3)",
    "words": "raise SystemExit('why')",
    "error": "def f(): 1 / 0\nf()",
    "syntax": "1 +",
    "interrupt": "raise KeyboardInterrupt",
    "kill": "import os; os.kill(os.getpid(), 9)",
    "_exit": "import os; os._exit(7)",
    "warning": "import warnings; warnings.warn('w')",
    "quiet warning": "import warnings\nwarnings.warn_explicit('w', ImportWarning, 'f', 1)",
    "thread": (
        "import threading, time\n"
        "threading.Thread(target=lambda: (time.sleep(0.05), print('t'))).start()"
    ),
    "atexit": "import atexit; atexit.register(print, 'last')\nprint('first')",
    "finalizer": "class A:\n    def __del__(self): print(A.__name__)\na = A()",
    "cycle": "class A:\n    def __del__(self): print(A.__name__)\na = A()\na.a = a",
    "unflushed": "import sys; sys.stdout.write('a'); sys.stderr.write('b')",
    "sees": (
        "import os, signal, sys, threading\n"
        "print(sys.argv, sys.path[:2], __name__, __spec__, sys.warnoptions, os.getcwd())\n"
        "print(sorted(os.environ.items()), sys.stdin.read(), os.listdir('/proc/self/fd'))\n"
        "print(signal.getsignal(signal.SIGINT), threading.active_count())"
    ),
    "annotations": "def f(a: int): pass\nprint(f.__annotations__, f.__code__.co_flags)",
    "main": (
        "import pickle, sys\nclass A: pass\n"
        "print(type(pickle.loads(pickle.dumps(A()))) is A is sys.modules['__main__'].A)"
    ),
}


@pytest.fixture
def both(tmp_path):
    """Run the same in a started and in a forked process."""

    def run(*words, **environment):
        command = [sys.executable, *words]
        options = {
            "cwd": tmp_path,
            "env": {**os.environ, **environment},
            "text": True,
            "capture_output": True,
            "input": "typed",
        }
        return [
            (done.returncode, done.stdout, done.stderr)
            for done in (
                subprocess.run(command, check=False, **options),
                run_command(command, **options),
            )
        ]

    return run


@pytest.mark.parametrize("options", [(), ("-W", "error")], ids=["plain", "-W error"])
@pytest.mark.parametrize("code", ENDS.values(), ids=ENDS)
def test_code_ends_alike(both, code, options):
    """With its exit code, output and errors, warnings being errors or not."""
    started, forked = both(*options, "-c", code, "word")
    assert started == forked


@pytest.mark.parametrize("value", ["", "error", "ignore", "default::ImportWarning"])
@pytest.mark.parametrize("code", ["warning", "quiet warning"])
def test_the_environment_says_what_warnings_are(both, code, value):
    """As `PYTHONWARNINGS` does."""
    started, forked = both("-c", ENDS[code], PYTHONWARNINGS=value)
    assert started == forked


SCRIPT = """
import inspect, multiprocessing, sys

class A:
    pass

def work(a):
    return type(a) is A and a

if __name__ == "__main__":
    print(__file__, sys.argv, sys.path[0], inspect.getsource(A))
    for method in ("fork", "spawn", "forkserver"):
        with multiprocessing.get_context(method).Pool(2) as pool:
            print([type(a) is A for a in pool.map(work, [A(), A()])])
"""


def test_a_script_is_main_and_its_workers_find_it(both, tmp_path):
    """Its classes go to workers of all kinds, and come back."""
    (tmp_path / "script.py").write_text(SCRIPT)
    started, forked = both("script.py", "word")
    assert started == forked
    assert 3 == forked[1].count("[True, True]")


def test_a_module_runs(both, tmp_path):
    """Found in the folder, under its own name in `sys.argv`."""
    (tmp_path / "module.py").write_text("import sys; print(__name__, __spec__.name, sys.argv)")
    started, forked = both("-m", "module", "word")
    assert started == forked


def test_one_is_waited_for_and_killed_while_others_run():
    """As many at once as there are; each answers for itself."""
    code = "import sys; print(sys.argv[1], flush=True); sys.stdin.read(); raise SystemExit(5)"
    command = [sys.executable, "-c", code]
    options = {"stdin": PIPE, "stdout": PIPE, "text": True}
    processes = [start_command([*command, str(one)], **options) for one in range(3)]
    assert ["0\n", "1\n", "2\n"] == [one.stdout.readline() for one in processes]
    assert [Forked] * 3 == [*map(type, processes)]
    first, killed, last = processes
    killed.kill()
    assert -signal.SIGKILL == killed.wait(20)
    assert last.poll() is None
    with pytest.raises(subprocess.TimeoutExpired):
        last.wait(0.01)
    assert [("", None)] * 3 == [one.communicate() for one in (first, killed, last)]
    assert [5, -9, 5] == [one.returncode for one in processes]


@pytest.mark.parametrize(
    ("options", "changes"),
    [
        (["-X", "dev"], {}),
        (["-S"], {}),
        ([], {"PYTHONHASHSEED": "1"}),
        ([], {"MALLOC_ARENA_MAX": "1"}),
    ],
)
def test_what_only_a_start_obeys_is_started(options, changes):
    """A fork would pass over it without a word."""
    command = [sys.executable, *options, "-c", ""]
    with start_command(command, env={**os.environ, **changes}) as process:
        assert type(process) is subprocess.Popen
