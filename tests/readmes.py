"""What READMEs show: code, what it prints, and commands with their answers."""

from __future__ import annotations

import shlex
from itertools import pairwise

from tests import run_page
from tools.workspace import ROOT


def blocks(readme, language):
    """The code of one language in a README."""
    text = (ROOT / readme).read_text("utf-8")
    return [block.code for block in run_page.blocks(text, language)]


def printed(readme):
    """Each block of Python that has one of text behind it, and that text."""
    page = run_page.blocks((ROOT / readme).read_text("utf-8"))
    return [
        (block.code, then.code)
        for block, then in pairwise(page)
        if (block.language, then.language) == ("python", "text")
    ]


def sessions(readme):
    """Each command of its consoles, as words, and the answer that is shown."""
    commands = []
    for block in blocks(readme, "console"):
        for session in block.removeprefix("$ ").split("\n$ "):
            command, _, answer = session.partition("\n")
            commands.append((shlex.split(command), answer.rstrip("\n") + "\n"))
    return commands


CHANGING = {"track_id", "age", "duration"}
"""Columns of tables whose cells differ from run to run."""


def same_answer(shown, answered):
    """Whether two tables of Markdown agree, but for cells that differ from run to run."""
    one, other = ([_cells(line) for line in text.splitlines()] for text in (shown, answered))
    changing = {number for number, name in enumerate(one[0]) if name in CHANGING}
    for rows in (one, other):
        for row in rows[1:]:
            for number in changing:
                row[number] = ""
    return [row for row in one if set("".join(row)) - set(":-")] == [
        row for row in other if set("".join(row)) - set(":-")
    ]


def _cells(line):
    return [cell.strip() for cell in line.strip("|").split("|")]
