"""A part that hangs ends its test, and says where; and every deadline can be made longer."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import threading
import time

import pytest

from tests.engines import ROOT
from tests.testing import hanging
from tests.testing.nested import outcomes
from xetrack_testing.hangs.patience import VARIABLE, allowed, set_factor
from xetrack_testing.processes import ended_well, forked, join, killed, meanwhile, together
from xetrack_testing.threads import threads_left

IMPORTS = """
import threading, time
from tests.testing import hanging
from xetrack_testing.declared import Contract
from xetrack_testing.processes import forked
import pytest
"""
IN_A_LOCK = """def test_it(self):
        lock = threading.Lock()
        lock.acquire()
        lock.acquire()  # here
"""
IN_A_FIXTURE = """@pytest.fixture
    def engine(self):
        yield 1
        hanging.stuck()  # here

    def test_it(self, engine): pass
"""
IN_A_LIBRARY = """def test_it(self):
        hanging.{work}()

    def test_another(self): pass
"""


@pytest.fixture
def impatient():
    """A patience of a tenth: what waits for 50 seconds elsewhere waits for five here."""
    set_factor(0.1)
    yield
    set_factor(1)


def run(folder, source, *arguments, **environment):
    """Run the tests of a class in a process of its own, and return what it prints."""
    (folder / "pytest.ini").write_text("[pytest]\nfilterwarnings = error\n")
    body = f"{IMPORTS}\n\nclass TestIt(Contract):\n    patience = 0.01\n    {source}"
    (folder / "test_it.py").write_text(body)
    path = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])
    done = subprocess.run(
        [
            sys.executable,
            *"-m pytest -q -p no:cacheprovider -p no:hydra_pytest".split(),
            *arguments,
        ],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": path, **environment},
        capture_output=True,
        text=True,
        timeout=50,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize("source", [IN_A_LOCK, IN_A_FIXTURE], ids=["lock", "fixture"])
def test_a_test_that_hangs_fails_and_says_where(tmp_path, source):
    """In a test and in its fixtures, at the line; with what its other threads do."""
    other = threading.Thread(target=hanging.stuck, name="other", daemon=True)
    other.start()
    began = time.monotonic()
    found = outcomes(tmp_path, "test_it", "Contract", ["patience = 0.005", source], IMPORTS)
    assert 0.5 <= time.monotonic() - began < 30
    text = found.failed["test_it"]
    assert "test_it hangs: it is not done after 0.5 seconds" in text
    assert f"{VARIABLE}=3" in text
    assert re.search(r"Thread other:\n(.*\n)*?.*time\.sleep\(600\)", text)
    assert "# here" in text


def test_a_test_that_hangs_says_where_its_children_are(tmp_path):
    """A forked child is asked for its stacks, by a signal."""
    source = "def test_it(self):\n        forked(hanging.stuck)\n        hanging.stuck()\n"
    found = outcomes(tmp_path, "test_it", "Contract", ["patience = 0.02", source], IMPORTS)
    assert re.search(
        r"Process \d+:\n(.*\n)*?.*hanging\.py\", line \d+ in stuck", found.failed["test_it"]
    )


@pytest.mark.parametrize("arguments", [(), ("-n1",), ("--timeout=30",)], ids=str)
@pytest.mark.parametrize("work", ["stuck", "swallowing"])
def test_a_hang_is_ended_in_each_way_to_run_pytest(tmp_path, arguments, work):
    """With and without pytest-timeout and xdist; what swallows the error ends the process."""
    code, printed = run(tmp_path, IN_A_LIBRARY.format(work=work), *arguments)
    assert code, printed
    assert "test_it hangs: it is not done after 1 seconds" in printed
    assert f"hanging.{work}()" in printed
    ends = "all tests of this process end here" in printed
    assert ends == (work == "swallowing"), printed
    if work == "stuck" or "-n1" in arguments:  # another worker goes on
        assert "2 passed" in printed


def test_what_is_done_in_time_is_left_alone(tmp_path):
    """Also where it is done just then, and where many follow."""
    source = """@pytest.mark.parametrize("n", range(60))
    def test_it(self, n):
        time.sleep(0.01)
"""
    found = outcomes(tmp_path, "test_it", "Contract", ["patience = 0.005", source], IMPORTS)
    assert {} == found.failed
    assert 60 == len(found.passed)


def test_processes_that_hang_or_die_are_told_of(impatient):
    """Where they are, or how they ended; within the patience, not for ever."""
    began = time.monotonic()
    with pytest.raises(pytest.fail.Exception, match=r"(?s)2 of 2 processes hang.*in stuck"):
        together(hanging.stuck, processes=2)
    with pytest.raises(pytest.fail.Exception, match=r"(?s)hangs after 0 rows.*in stuck"):
        killed(hanging.stuck, after=1)
    assert time.monotonic() - began < 40
    set_factor(1)
    with pytest.raises(pytest.fail.Exception, match="died with the exit code -11"):
        together(hanging.killer, processes=1)


def test_an_error_of_a_process_that_cannot_be_pickled_is_told_of():
    """With its type and text, where the process came to."""
    with pytest.raises(
        TypeError, match=r"UnpicklableError \(0 facts\).*cannot be pickled"
    ) as error:
        together(hanging.refusing, processes=1)
    assert "in refusing" in error.value.__notes__[0]


def test_threads_and_children_that_hang_are_told_of(impatient, capfd):
    """A forked child in what is printed, a thread in the failure."""
    assert not ended_well(forked(hanging.stuck))
    assert "in stuck" in capfd.readouterr().err
    with pytest.raises(pytest.fail.Exception, match=r"(?s)a thread hangs.*time\.sleep"):  # noqa: SIM117
        with meanwhile(hanging.stuck):
            pass
    thread = threading.Thread(target=hanging.stuck, daemon=True)
    thread.start()
    with pytest.raises(pytest.fail.Exception, match="a thread hangs"):
        join(thread, seconds=1)
    assert thread in threads_left(set(), seconds=0.1)


def test_patience_multiplies_every_deadline(monkeypatch):
    """The variable and the class; a text that is no number is refused with the name."""
    assert 20 == allowed(20)
    monkeypatch.setenv(VARIABLE, "3")
    assert 60 == allowed(20)
    set_factor(2)
    assert 120 == allowed(20)
    set_factor(1)
    for text in ("abc", "0", "-1", "nan", "inf"):
        monkeypatch.setenv(VARIABLE, text)
        with pytest.raises(ValueError, match=VARIABLE):
            allowed(20)
    monkeypatch.setenv(VARIABLE, "")
    assert 20 == allowed(20)


def test_no_deadline_of_the_kit_stays_as_it_is():
    """What waits for a thread, an event or a pipe waits for `allowed` seconds."""
    waits = re.compile(r"\bthread\w*\.join\((?!allowed)|\.(?:wait|poll)\([1-9]|timeout=[1-9]\d")
    kit = ROOT / "packages" / "xetrack-testing" / "src" / "xetrack_testing"
    found = [
        f"{path.name}: {match[0]}"
        for path in kit.rglob("*.py")
        for match in waits.finditer(path.read_text())
    ]
    assert [] == found
