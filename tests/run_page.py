"""Run the code blocks of a Markdown page, in their order, in the present folder.

``python -m tests.run_page PAGE [OLD NEW]`` is one interpreter for all its Python; one text may be
replaced by another, such as an address. A block whose first line is
``# name.py`` is that file, for the commands of later blocks; ``bash`` blocks are run by bash. Where
a ``text`` block follows, it is what was printed; ``...`` in it stands for anything. What is
installed is not installed again, but must be something that there is to install.
"""

from __future__ import annotations

import contextlib
import difflib
import doctest
import io
import os
import re
import subprocess
import sys
import types
from pathlib import Path
from typing import NamedTuple

from packaging.requirements import Requirement

from tools.workspace import distributions

BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
FILE = re.compile(r"# (\w+\.py)\n")
INSTALL = re.compile(r"^pip install (?:-\S+ )*(?P<what>.*)$", re.MULTILINE)


class Block(NamedTuple):
    """One block of code, and where it begins."""

    language: str
    code: str
    line: int


def blocks(text, *languages):
    """The blocks of a page, of some languages or of all."""
    parsed = [
        Block(match[1], match[2], text.count("\n", 0, match.start()) + 2)
        for match in BLOCK.finditer(text)
    ]
    return [block for block in parsed if not languages or block.language in languages]


def main(page, old="", new=""):
    """Run a page; end with what is wrong with it, if anything is."""
    text = Path(page).read_text("utf-8")
    script = types.ModuleType("__main__")
    sys.modules["__main__"] = script
    printed = None
    for block in blocks(text.replace(old, new) if old else text):
        place = f"{page}:{block.line}"
        if block.language == "python" and (name := FILE.match(block.code)):
            Path(name[1]).write_text(block.code, "utf-8")
            printed = None
        elif block.language == "python":
            printed = _python(block, script, page)
        elif block.language == "bash":
            printed = _bash(block.code, place)
        elif block.language == "text" and printed is not None:
            _compare(block.code, printed, place)
            printed = None


def _python(block, script, page):
    """Run a block as a part of one script; its lines keep their numbers."""
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        exec(compile("\n" * (block.line - 1) + block.code, page, "exec"), script.__dict__)
    return printed.getvalue()


def _bash(code, place):
    for match in INSTALL.finditer(code):
        _check_requirement(match["what"].strip("'\""), place)
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", INSTALL.sub("", code)],
        env={**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"},
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    if done.returncode:
        sys.exit(f"{place}: bash ended with {done.returncode}\n{done.stdout}")
    return done.stdout


def _check_requirement(text, place):
    """Check that this repository has the distribution, and the distribution its extras."""
    wanted = Requirement(text)
    projects = {project.name: project.data["project"] for project in distributions()}
    extras = projects.get(wanted.name, {}).get("optional-dependencies", {})
    if wanted.name not in projects or not wanted.extras <= extras.keys():
        sys.exit(f"{place}: nothing is installed by pip install {text}")


def _compare(shown, printed, place):
    if not doctest.OutputChecker().check_output(_right(shown), _right(printed), doctest.ELLIPSIS):
        lines = _right(shown).splitlines(), _right(printed).splitlines()
        difference = "\n".join(difflib.unified_diff(*lines, "shown", "printed", lineterm=""))
        sys.exit(f"{place}: something else was printed\n{difference}")


def _right(text):
    """Take off the blanks at the ends of lines, which nobody sees."""
    return "".join(f"{line.rstrip()}\n" for line in text.strip("\n").splitlines())


if __name__ == "__main__":
    main(*sys.argv[1:])
