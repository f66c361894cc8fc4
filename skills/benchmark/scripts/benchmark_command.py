"""What the scripts of this folder share as programs: options, exit codes, what they print and find.

Exit codes: 0, all is fine; 1, something was found, or what was asked for failed; 2, wrong usage.
Results go to stdout, messages to stderr.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import textwrap
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NoReturn, TypeAlias

try:
    from xetrack.errors import XetrackError, near
except ImportError:
    sys.exit("Error: xetrack is not installed for this Python. Type: pip install xetrack")

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

SCRIPTS = ("validate_benchmark.py", "export_summary.py", "analyze_cache_hits.py")
"""What can be run in this folder; the other files are parts of these."""

FINE, FOUND, WRONG_USAGE, INTERRUPTED = 0, 1, 2, 130

_WIDEST = 100
"""Characters of a line, however wide the terminal."""


class Parser(argparse.ArgumentParser):
    """Takes no abbreviations, and says what to type instead of what it does not know."""

    def __init__(self, name: str, description: str, epilog: str = "") -> None:
        super().__init__(
            prog=name,
            description=description,
            epilog=epilog,
            allow_abbrev=False,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        self.add_argument("db", metavar="DB", help="path of a database, or its URL")
        self.add_argument(
            "table", metavar="TABLE", nargs="?", default="default", help="by default: default"
        )
        self.add_argument("--engine", metavar="NAME", help="by default the one the file belongs to")
        self.add_argument("--json", action="store_true", help="print JSON, for programs")

    def columns(self, option: str, told: str) -> None:
        """Add an option that takes names of columns, or patterns such as ``sample_*``."""
        self.add_argument(
            option, metavar="COLUMNS", action="append", type=names, default=[], help=told
        )

    def error(self, message: str) -> NoReturn:
        """Leave with exit code 2, and say what is wrong and what was probably meant."""
        unknown = message.partition("unrecognized arguments: ")[2].split()
        options = [one for one in unknown if one.startswith("-")]
        if options:
            known = near(options[0], self._option_string_actions, all_else=False)
            message = f"There is no option {options[0]!r}. {known}".rstrip()
        elif unknown:
            message = f"{' '.join(unknown)!r} is too much, or needs quotes around it."
        else:
            message = f"{message[:1].upper()}{message[1:]}."
        self.exit(WRONG_USAGE, f"Error: {message} See: {self.prog} --help\n")


def not_a_script(path: str) -> NoReturn:
    """Leave with exit code 2, and say which scripts there are to run."""
    sys.stderr.write(
        f"Error: {Path(path).name} does nothing by itself; it is a part of "
        f"{', '.join(SCRIPTS)}. Type: python {SCRIPTS[0]} --help\n"
    )
    sys.exit(WRONG_USAGE)


def names(text: str) -> list[str]:
    """Split names at commas."""
    return [name.strip() for name in text.split(",") if name.strip()]


def flat(given: Iterable[Sequence[str]]) -> list[str]:
    """Join what an option was given, also when it was given twice."""
    return [name for one in given for name in one]


def run(program: Callable[[argparse.Namespace], int], parser: Parser) -> int:
    """Run a program and return its exit code; what fails is said in a sentence."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    try:
        code = program(parser.parse_args())
        sys.stdout.flush()
    except BrokenPipeError:  # whoever read from us has enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FINE
    except KeyboardInterrupt:
        return INTERRUPTED
    except (XetrackError, OSError) as error:
        sys.stderr.write(f"Error: {printable(str(error))}\n")
        return FOUND
    return code


def printable(value: object) -> str:
    """Return a text in which nothing that was stored can play with a terminal."""
    text = str(value)
    if text.isprintable():
        return text
    return "".join(one if one.isprintable() else repr(one)[1:-1] for one in text)


def counted(number: int, noun: str) -> str:
    """Say how many of something there are."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def short(value: object) -> str:
    """Write a cell of a table; floats with four digits."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value)
    if isinstance(value, int):
        return f"{value:,}"
    return f"{value:.4g}" if isinstance(value, float) else printable(value)


def markdown(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Write a table as Markdown; columns of numbers are aligned to the right."""
    kept = [list(row) for row in rows]
    right = [_is_numeric(column) for column in zip(*kept, strict=True)] or [False] * len(header)
    texts = [header, *([short(cell) for cell in row] for row in kept)]
    lines = [[printable(text).replace("|", r"\|") for text in line] for line in texts]
    widths = [max(3, *map(len, column)) for column in zip(*lines, strict=True)]
    if not right[-1]:
        widths[-1] = len(header[-1])  # what may be long is not filled up
    rule = ["-" * (width - at) + ":" * at for width, at in zip(widths, right, strict=True)]
    lines.insert(1, rule)
    return "".join(f"| {' | '.join(map(_aligned, line, widths, right))} |\n" for line in lines)


def _aligned(text: str, width: int, right: bool) -> str:
    return text.rjust(width) if right else text.ljust(width)


def _is_numeric(cells: Sequence[object]) -> bool:
    numbers = [cell for cell in cells if cell is not None]
    return bool(numbers) and all(
        isinstance(cell, int | float) and not isinstance(cell, bool) for cell in numbers
    )


def paragraph(text: str, indent: str = "", first: str | None = None) -> str:
    """Break a text into lines that fit the terminal; paths and commands stay whole."""
    width = max(40, min(_WIDEST, shutil.get_terminal_size().columns))
    return textwrap.fill(
        printable(text),
        width,
        initial_indent=indent if first is None else first,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )


def write_json(answer: dict[str, Any]) -> None:
    """Print an object in strict JSON; what JSON lacks is written as text."""
    sys.stdout.write(json.dumps(_strict(answer), indent=2) + "\n")


def _strict(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _strict(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_strict(one) for one in value]
    if isinstance(value, float) and not abs(value) < float("inf"):
        return None if value != value else str(value)  # noqa: PLR0124 - nan
    return value if value is None or isinstance(value, bool | int | float | str) else str(value)


State: TypeAlias = Literal["ok", "note", "problem"]

_INDENT = " " * 20
_LONGEST = 200
"""Characters that are shown of an example; JSON has all of it."""


@dataclass(frozen=True)
class Finding:
    """One line of a report."""

    check: str
    state: State
    """``note``: good to know; ``problem``: the benchmark cannot be relied on."""
    found: str
    hint: str = ""
    """What to do next."""
    examples: list[str] = field(default_factory=list)
    count: int = 0
    """How many there are, where they can be counted."""

    def facts(self) -> dict[str, Any]:
        """Return it for programs."""
        return asdict(self)

    def shown(self) -> str:
        """Return it for people, with what to do in a line of its own."""
        lines = [paragraph(self.found, _INDENT, f"{self.state:<8}{self.check:<12}")]
        cut = (one if len(one) <= _LONGEST else f"{one[:_LONGEST]}…" for one in self.examples)
        lines += [paragraph(one, f"{_INDENT}  ", f"{_INDENT}- ") for one in cut]
        if self.hint:
            lines.append(paragraph(self.hint, _INDENT))
        return "\n".join(lines)


if __name__ == "__main__":
    not_a_script(__file__)
