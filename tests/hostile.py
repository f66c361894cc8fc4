"""Bytes that somebody chose to do harm, and what they do to a child that reads them.

A child reads many contents, one after the other, with little memory to be had. Before each it
writes down which one it is, so that one which ends the interpreter is known.
"""

from __future__ import annotations

import os
import random
import sys
from pathlib import Path

from tests.preloaded import FRUGAL, run_command

ROOT = Path(__file__).parents[1]
NUMBER = int(os.environ.get("XETRACK_TEST_MUTATIONS", "60"))
"""Mutations of each kind of content."""

SECONDS, MEGABYTES = 5, 500
"""What reading may take at most."""

_SIZES = [0, 1, 7, 127, 255, 2**15, 2**16, 2**31 - 1, 2**31, 2**32 - 1, 2**40, 2**62, 2**63, -1]


def mutated(content: bytes, seed: int) -> bytes:
    """Return a content with a few changes, which the seed decides on."""
    chance = random.Random(seed)
    found = bytearray(content)
    for _ in range(chance.choice([1, 1, 1, 2, 4])):
        # What is said of sizes stands at the beginning more often than not.
        most = len(found) if chance.random() < 0.5 else min(len(found), 800)
        at = chance.randrange(most) if most else 0
        change = chance.choice(_CHANGES)
        change(found, at, chance)
    return bytes(found)


def _flip(found, at, chance):
    if found:
        found[at] ^= 1 << chance.randrange(8)


def _other(found, at, chance):
    found[at : at + 1] = bytes([chance.randrange(256)])


def _cut(found, at, chance):
    if chance.random() < 0.3:
        del found[at:]
    else:
        del found[at : at + chance.choice([1, 2, 4, 8, 64])]


def _insert(found, at, chance):
    size = chance.choice([1, 2, 4, 8, 64])
    found[at:at] = chance.choice([b"[", b"\xff", b"9", bytes(1), chance.randbytes(1)]) * size


def _repeat(found, at, chance):
    end = at + chance.choice([4, 8, 64, 512])
    found[at:at] = found[at:end]


def _number(found, at, chance):
    size = chance.choice([1, 2, 4, 8])
    value = chance.choice(_SIZES) % 256**size
    at -= at % size
    found[at : at + size] = value.to_bytes(size, chance.choice(["little", "little", "big"]))


_CHANGES = [_flip, _flip, _other, _cut, _insert, _repeat, _number, _number, _number]


def read_in_child(module: str, *arguments: object) -> str:
    """Run a module of the tests in a process of its own, and return what it printed.

    The module calls `reading` and reads; when it ends otherwise than well, or something took too
    much, that is what comes back.
    """
    done = run_command(
        [sys.executable, "-m", module, *map(str, arguments)],
        cwd=ROOT,
        env={**os.environ, **FRUGAL, "PYTHONFAULTHANDLER": "1"},
        capture_output=True,
        text=True,
        timeout=1_800,
    )
    if done.returncode:
        return f"exit {done.returncode}\n{done.stdout[-500:]}\n{done.stderr[-3000:]}"
    return done.stdout.strip()
