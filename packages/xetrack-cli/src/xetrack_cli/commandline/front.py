"""The front door: which commands a command line may mean, and the page that lists them all."""

from __future__ import annotations

from textwrap import fill
from typing import TYPE_CHECKING

from xetrack_cli import messages, results
from xetrack_cli.commandline.plugin_commands import commands_for
from xetrack_cli.commands import ABOUT, FOR_ALL, HELP_FLAGS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from xetrack.interfaces.component import Component


_WIDTH = 80
"""Places of a line, in a pipe."""


def run(words: Sequence[str]) -> int:
    """Run a command line; see `xetrack_cli.__main__` for the exit codes.

    Parameters
    ----------
    words
        The command line, without ``xt``.

    Returns
    -------
    int
        The exit code.

    Raises
    ------
    UsageError
        It is no command, or the command does not take these arguments.
    XetrackError
        The command failed.
    """
    commands = commands_for(words)
    out = results.stdout()
    if not messages.is_terminal(out) and (not words or words[0] in HELP_FLAGS):
        if out is not None:
            out.write(page(commands))
        return 0
    from xetrack_cli.commandline import app  # noqa: PLC0415 - cyclopts; the page above does without

    return app.run(commands, words)


def page(commands: Mapping[str, Component]) -> str:
    """Write the help page of `xt` as plain text, without cyclopts.

    Parameters
    ----------
    commands
        Components by the names of commands, in the order of the page.

    Returns
    -------
    str
        The page.
    """
    width = max(map(len, commands)) + 2
    indent = " " * (width + 2)
    listed = [
        fill(f"  {name:<{width}}{part.summary}", _WIDTH, subsequent_indent=indent)
        for name, part in commands.items()
    ]
    return "\n".join(
        [
            "Usage: xt COMMAND [OPTIONS]\n",
            f"{ABOUT}\n",
            "Commands:",
            *listed,
            "",
            "xt COMMAND --help explains a command, xt --version says which xetrack this is.",
            f"{fill(FOR_ALL, _WIDTH)}\n",
        ]
    )
