"""The command line as cyclopts sees it: commands by name, imported when they are called."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cyclopts import (
    App,
    CycloptsError,
    MissingArgumentError,
    UnknownCommandError,
    UnknownOptionError,
    UnusedCliTokensError,
)

from xetrack.errors import XetrackError, near
from xetrack.plugins.entrypoints import version_of
from xetrack_cli import messages, results
from xetrack_cli.commandline import advice
from xetrack_cli.commandline.conditions import (
    CONDITION,
    CONDITION_FORM,
    condition_for,
    condition_in,
)
from xetrack_cli.commandline.defaults import PARAMETER, parse
from xetrack_cli.commandline.plugin_commands import commands_of_extras, explain_missing
from xetrack_cli.commandline.targets import path_of
from xetrack_cli.commands import ABOUT, FOR_ALL, GROUPS, HELP_FLAGS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cyclopts.help import PlainFormatter
    from rich.console import Console

    from xetrack.interfaces.component import Component


def run(commands: Mapping[str, Component], words: Sequence[str]) -> int:
    """Run one of the commands and return the exit code.

    Parameters
    ----------
    commands
        What `xt` has, by name.
    words
        The command line, without ``xt``.

    Returns
    -------
    int
        The exit code.

    Raises
    ------
    UsageError
        The words name no command, or not what it takes.
    """
    options = words[: words.index("--")] if "--" in words else words
    # Choosing a formatter imports it, which only help is worth; a group alone prints its help.
    helps = (len(words) == 1 and words[0] not in commands) or any(
        flag in options for flag in HELP_FLAGS
    )
    try:
        app = build(commands, words, helps=helps)
        if helps:
            done = app(words)
        else:
            command, bound = parse(app, words)
            try:
                done = command(*bound.args, **bound.kwargs)
            except XetrackError as error:
                advice.complete(error, bound.arguments.get(PARAMETER))
                raise
    except CycloptsError as error:
        raise _usage(error, commands) from error
    return done if isinstance(done, int) else 0


def build(
    commands: Mapping[str, Component], words: Sequence[str] = (), *, helps: bool = False
) -> App:
    """Make the application; no command is imported yet.

    Parameters
    ----------
    commands
        What it has, in the order of the help page.
    words
        What is about to be run: the help of that command is its docstring, that of the others
        their summary.
    helps
        A help page is to be printed: without frames and colours, unless on a terminal.

    Returns
    -------
    App
        The application.
    """
    plain = helps and not messages.is_terminal(results.stdout())
    app = App(
        name="xt",
        help=ABOUT,
        help_epilogue=FOR_ALL,
        help_format="plaintext",
        help_formatter=_plain_formatter() if plain else None,
        console=_console() if helps else None,
        version=lambda: f"xt {version_of('xetrack-cli') or '(not installed)'}",
        result_action="return_value",
        exit_on_error=False,
        print_error=False,
        suppress_keyboard_interrupt=False,
    )
    groups: dict[str, App] = {}
    called = {" ".join(words[:count]) for count in (1, 2)}
    # `xt plugins` is a command, and a group only where `xt plugins new` is meant.
    both = {name.partition(" ")[0] for name in commands if " " in name} & set(commands)
    grouped = any(name in called for name in commands if " " in name)
    for number, (name, part) in enumerate(commands.items()):
        group, _, member = name.partition(" ")
        if group in both and bool(member) != grouped:
            continue
        parent = app
        if member:
            if group not in groups:
                groups[group] = App(
                    name=group, help=GROUPS.get(group, f"Commands for {group}."), sort_key=number
                )
                app.command(groups[group])
            parent = groups[group]
        parent.command(
            path_of(name),
            name=member or group,
            help=None if name in called else part.summary,
            sort_key=number,
        )
    return app


def _plain_formatter() -> PlainFormatter:
    from xetrack_cli.commandline.plain_help import WrappedFormatter  # noqa: PLC0415 - likewise

    return WrappedFormatter()


def _console() -> Console:
    from rich.console import Console  # noqa: PLC0415 - for help alone

    return Console(file=results.stdout())


_OTHER_NAMES = {
    "best": "top",
    "diff": "compare",
    "help": "",  # whose option each error names
    "list": "runs",
    "page": "ui",
    "query": "sql",
    "rm": "delete",
    "version": "--version",
    "worst": "bottom",
}
"""Commands and options by what others call them."""


def _usage(error: CycloptsError, commands: Mapping[str, Component]) -> messages.UsageError:
    """Make the error of a command line: what is wrong, and what to type next.

    Raises
    ------
    XetrackError
        The command is known, but has to be installed or mended first.
    """
    chain = [*(error.command_chain or ())]
    typed = condition_in(error)
    if typed is not None:
        return messages.UsageError(f"{CONDITION} takes {CONDITION_FORM}. {condition_for(typed)}")
    if isinstance(error, UnknownCommandError) and error.unused_tokens:
        # Its own text would import every command to find out which are hidden.
        name = " ".join([*chain, error.unused_tokens[0]])
        if name.startswith("-"):
            text = f"There is no option {name!r}."
        else:
            hint = explain_missing(name)
            known = near(name, [*commands, *commands_of_extras()])
            if name in _OTHER_NAMES:
                other = _OTHER_NAMES[name]
                known = f"Did you mean {other!r}? " if other else ""
            text = f"There is no command {name!r}. {known}{hint}".rstrip()
    elif isinstance(error, MissingArgumentError) and error.argument and not error.keyword:
        name = error.argument.name.lstrip("-").upper()
        text = f"{name} is missing."
        if name == "DB":
            text = "DB is missing, the path or URL of a database: give it, or set XETRACK_DB."
    elif isinstance(error, UnusedCliTokensError) and error.unused_tokens:
        text = advice.too_much(error.target, error.unused_tokens)
    elif isinstance(error, UnknownOptionError):
        text = str(error)
        if "Did you mean" not in text:
            text += " What begins with - and is no option follows a --."
    else:
        text = str(error)
    return messages.UsageError(f"{text} See: {' '.join(['xt', *chain, '--help'])}")
