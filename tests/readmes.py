"""What READMEs show: code, what it prints, and commands with their answers."""

from __future__ import annotations

import re
import shlex
from itertools import pairwise
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```", re.DOTALL | re.MULTILINE)


def blocks(readme, language):
    """The code of one language in a README."""
    return [
        code for name, code in BLOCK.findall((ROOT / readme).read_text("utf-8")) if name == language
    ]


def printed(readme):
    """Each block of Python that has one of text behind it, and that text."""
    found = BLOCK.findall((ROOT / readme).read_text("utf-8"))
    return [
        (code, text)
        for (name, code), (then, text) in pairwise(found)
        if (name, then) == ("python", "text")
    ]


def sessions(readme):
    """Each command of its consoles, as words, and the answer that is shown."""
    found = []
    for block in blocks(readme, "console"):
        for session in block.removeprefix("$ ").split("\n$ "):
            command, _, answer = session.partition("\n")
            found.append((shlex.split(command), answer.rstrip("\n") + "\n"))
    return found
