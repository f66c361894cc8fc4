"""Sweeps: something happens at each single line of a piece of work, one line a run.

A sweep gives the promise "acknowledged is stored" its hardest test: whatever line an interrupt or
a nested call meets, 20 rows more are stored afterwards, a reader in another process sees every row
that was acknowledged, and sees none of them twice.
"""

from __future__ import annotations

import dis
import json
import os
import signal
import subprocess
import sys
from collections import Counter
from functools import cache
from itertools import count, islice
from shutil import rmtree

from tests.engines import ROOT
from tests.preloaded import start_command

OURS = f"{os.sep}src{os.sep}xetrack"
"""What the file name of each line that counts has in it."""

SIGNAL = signal.SIGUSR2
"""The signal whose handler a sweep calls."""

MORE = 20
"""Rows that are logged after each interrupt."""


def at_line(number, action, work):
    """Run `work`, and call `action` when its `number`-th line of ours is reached, counted from 1.

    It is called by the handler of a signal, as there are places that look for one.

    Returns
    -------
    bool
        Whether there was such a line. What `action` raises is raised at that line.
    """
    left = number

    def local(frame, event, _argument):
        nonlocal left
        if event == "line" and can_be_interrupted(frame):
            left -= 1
            if left == 0:
                if _is_finalizer():
                    left = 1  # Python lets nothing out of one: the next line will do
                else:
                    signal.raise_signal(SIGNAL)
        return local

    def trace(frame, _event, _argument):
        return local if OURS in frame.f_code.co_filename else None

    def handler(_number, _frame):
        action()

    before = signal.signal(SIGNAL, handler)
    sys.settrace(trace)
    try:
        work()
    finally:
        sys.settrace(None)
        signal.signal(SIGNAL, before)
    return left <= 0


_BETWEEN = {"NOP", "SWAP"}
_EXIT = ["LOAD_CONST"] * 3


def can_be_interrupted(frame):
    """Return whether a signal can be handled where a line of a frame begins.

    Python looks for signals at calls and jumps back. A trace function could also raise at a bare
    ``try:`` and where a ``with`` is left but its ``__exit__`` is not yet called, which nobody can
    guard against, and nobody has to.
    """
    return frame.f_lasti not in _never_interrupted(frame.f_code)


@cache
def _never_interrupted(code):
    """Return the offsets in a code at which no signal can be handled."""
    operations = [(one.offset, one.opname, one.argval) for one in dis.get_instructions(code)]
    never = set()
    for at, (offset, name, _) in enumerate(operations):
        while operations[at][1] in _BETWEEN:
            at += 1  # noqa: PLW2901 - behind what comes between
        rest = [name for _, name, value in operations[at : at + 3] if value is None]
        if name == "NOP" or rest == _EXIT:
            never.add(offset)
    return never


def _is_finalizer():
    frame = sys._getframe()
    while frame is not None:
        if frame.f_code.co_name == "__del__":
            return True
        frame = frame.f_back
    return False


def interrupt():
    """Do what Ctrl-C does."""
    raise KeyboardInterrupt


def lines_of(make, step=1, first=1):
    """Yield the numbers of the lines of a piece of work, until one is not reached.

    `make` gets the number and returns whether the line was reached.
    """
    for number in count(first, step):
        yield number
        if not make(number):
            return


GROUP = 10
"""How many lines are tried on one database, one after another."""


def sweep(numbers, begin, attempt, check, group=GROUP):
    """Try lines of a piece of work, some of them on one database, and return the last number.

    To make a database and to look at it from outside takes longer than all else, so it is done
    once for each group of lines, as any of them may do its harm.

    Parameters
    ----------
    numbers
        Those of the lines, ascending; it ends with the first that is not reached.
    begin
        Makes what a group is tried on; gets the first number.
    attempt
        Tries one line; gets what `begin` made, and a number; returns whether it was reached.
    check
        Looks at what a group left; gets what `begin` made.
    group
        How many lines there are in a group.
    """
    remaining, number, reached = iter(numbers), 0, True
    while reached and (lines := [*islice(remaining, group)]):
        work = begin(lines[0])
        try:
            for number in lines:
                reached = attempt(work, number)
                if not reached:
                    break
            check(work)
        except BaseException as error:
            error.add_note(f"after lines {lines[0]} to {number} of {lines}")
            raise
    return number


def remove_files(path):
    """Remove the files of a database that was looked at, as a sweep leaves thousands.

    The process that looked may be about to remove some itself.
    """
    for file in path.parent.glob(f"{path.name}*"):
        if file.is_dir():
            rmtree(file, ignore_errors=True)
        else:
            file.unlink(missing_ok=True)


_READER = """
import json, sys
from xetrack import Reader
for line in sys.stdin:
    db, table, key = json.loads(line)
    try:
        with Reader(db, table=table) as reader:
            answer = reader.to_df()[key].dropna().tolist()
    except BaseException as error:
        answer = repr(error)
    print(json.dumps(answer), flush=True)
"""


class OtherProcess:
    """A process that reads databases for a sweep, as starting one for each look takes too long."""

    def __init__(self):
        self._process = start_command(
            [sys.executable, "-c", _READER],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def values(self, db, key="id", table="default"):
        """Return the values of a column, in the order they were logged."""
        print(json.dumps([str(db), table, key]), file=self._process.stdin, flush=True)
        values = json.loads(self._process.stdout.readline())
        assert isinstance(values, list), values
        return values

    def close(self):
        """End the process."""
        self._process.stdin.close()
        self._process.wait(10)
        self._process.stdout.close()


def check_stored(acknowledged, stored, allowed=()):
    """Check that every acknowledged id is stored, none twice, and nothing that nobody logged."""
    counts = Counter(stored)
    lost = [one for one in acknowledged if one not in counts]
    twice = [one for one, times in counts.items() if times > 1]
    strange = counts.keys() - set(acknowledged) - set(allowed)
    assert ([], [], set()) == (lost, twice, strange), (lost, twice, strange)
