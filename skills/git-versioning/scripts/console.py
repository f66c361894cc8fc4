"""What the scripts of this folder share: options, errors, exit codes, tables and JSON."""

from __future__ import annotations

import argparse
import json
import math
import os
import signal
import sys
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

try:
    from xetrack.errors import XetrackError, XetrackWarning, near
except ImportError:
    sys.exit(f"Error: xetrack is not installed. Type: {sys.executable} -m pip install xetrack")

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

SCRIPTS = ("version_tag.py", "experiment_explorer.py", "merge_artifacts.py", "model_manager.py")
"""What can be run in this folder, beside setup_worktree.sh; the other files are parts of these."""

FAILED, WRONG_USAGE = 1, 2
INTERRUPTED, TERMINATED = 130, 143


class ScriptError(XetrackError, RuntimeError):
    """What was asked for cannot be done; its text ends with what to type next."""


@dataclass(frozen=True)
class Answer:
    """What a command found or did."""

    data: Any
    """For ``--json``."""
    text: str
    """For people."""


class Parser(argparse.ArgumentParser):
    """Takes no abbreviations, and says what to type instead of what it does not know."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options, allow_abbrev=False)

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


class Commands:
    """A script with commands, each a function that takes options and returns an `Answer`."""

    def __init__(self, description: str) -> None:
        self._parser = Parser(
            description=description,
            epilog="Exit codes: 0 done, 1 what was asked for failed, 2 wrong usage.",
        )
        self._commands = self._parser.add_subparsers(required=True, metavar="COMMAND")

    def add(self, run: Callable[[argparse.Namespace], Answer]) -> Parser:
        """Offer a function as a command, with its docstring as help; options are added to it."""
        summary = (run.__doc__ or "").strip()
        name = run.__name__.strip("_").replace("_", "-")
        first = summary.partition("\n")[0]
        parser = self._commands.add_parser(name, help=first, description=summary)
        parser.add_argument("--json", action="store_true", help="print JSON")
        parser.set_defaults(run=run, parser=parser)
        return parser

    def main(self, arguments: Sequence[str] | None = None) -> int:
        """Run what the command line asks for, and return the exit code."""
        options, rest = self._parser.parse_known_args(arguments)
        if rest:  # the command knows its options best
            options.parser.error(f"unrecognized arguments: {' '.join(rest)}")
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(TERMINATED))  # what is begun is undone
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("always", XetrackWarning)
                warnings.showwarning = _tell
                answer: Answer = options.run(options)
        except KeyboardInterrupt:
            return INTERRUPTED
        except XetrackError as error:
            return _failed(str(error))
        except OSError as error:
            return _failed(f"{error}. Mend that, and type the same again.")
        try:
            said = json.dumps(_strict(answer.data), indent=2, default=str, allow_nan=False)
            print(said if options.json else answer.text)
            sys.stdout.flush()
        except BrokenPipeError:
            # Whoever read has seen enough; nothing may be written when Python ends.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def _strict(data: Any) -> Any:
    """Return data without the floats that JSON has no words for: they become texts."""
    if isinstance(data, dict):
        return {name: _strict(value) for name, value in data.items()}
    if isinstance(data, list):
        return [_strict(value) for value in data]
    return str(data) if isinstance(data, float) and not math.isfinite(data) else data


def _failed(text: str) -> int:
    print(f"Error: {text}", file=sys.stderr)
    return FAILED


def _tell(message: Warning | str, *_: object, **__: object) -> None:
    note(str(message))


def not_a_script(path: str) -> NoReturn:
    """Leave with exit code 2, and say which scripts there are to run."""
    name = Path(path).name
    text = f"{name} does nothing by itself; it is a part of {', '.join(SCRIPTS)}"
    print(f"Error: {text}. Type: python {SCRIPTS[0]} --help", file=sys.stderr)
    sys.exit(WRONG_USAGE)


def note(text: str) -> None:
    """Say something that is no result and no failure."""
    print(f"note: {text}", file=sys.stderr)


def database_options(parser: argparse.ArgumentParser, *, required: bool) -> None:
    """Add the options that name a table of a database."""
    parser.add_argument("--db", required=required, metavar="FILE", help="the database of the runs")
    parser.add_argument("--table", default="default", help="its table (default: %(default)s)")
    parser.add_argument("--engine", help="its engine (default: found from the file)")


def metric_options(parser: argparse.ArgumentParser, *, required: bool) -> None:
    """Add the two options of which one says what is best."""
    either = parser.add_mutually_exclusive_group(required=required)
    either.add_argument("--max", metavar="METRIC", help="the best has the highest METRIC")
    either.add_argument("--min", metavar="METRIC", help="the best has the lowest METRIC")


def shown(value: object) -> str:
    """Return a cell's text; control characters are escaped, or a terminal would obey them."""
    if value is None:
        return ""
    text = f"{value:.6g}" if isinstance(value, float) else str(value)
    return "".join(one if one.isprintable() else repr(one)[1:-1] for one in text)


def table(rows: Iterable[Mapping[str, Any]], columns: Sequence[str] | None = None) -> str:
    """Return rows as Markdown; on a terminal, columns that do not fit are left out and told of."""
    rows = list(rows)
    names = list(columns or dict.fromkeys(name for row in rows for name in row))
    cells = [[shown(row.get(name)).replace("|", "\\|") for name in names] for row in rows]
    lines = [names, *cells]
    widths = [max(len(line[at]) for line in lines) for at in range(len(names))]
    room = os.get_terminal_size().columns if sys.stdout.isatty() else None
    fit = len(names)
    while room and fit > 1 and sum(widths[:fit]) + 3 * fit + 1 > room:
        fit -= 1
    lines.insert(1, ["-" * width for width in widths])
    drawn = [f"| {' | '.join(map(str.ljust, line[:fit], widths))} |" for line in lines]
    if fit < len(names):
        drawn.append(f"Not shown: {', '.join(names[fit:])}. See them with --json.")
    return "\n".join(drawn)


if __name__ == "__main__":
    not_a_script(__file__)
