"""`xt completion`."""

import os
from importlib import resources
from pathlib import Path
from typing import Literal, TypeAlias

from xetrack_cli.commandline.plugin_commands import commands_for
from xetrack_cli.messages import UsageError
from xetrack_cli.render.model import Verbatim

Shell: TypeAlias = Literal["bash", "zsh", "fish"]


def completion(
    shell: Shell | None = None,
    /,
) -> Verbatim:
    """Print the script by which a shell completes xt's commands, options, and ids of runs.

    For bash and zsh, add to ~/.bashrc or ~/.zshrc: eval "$(xt completion bash)", or zsh.
    For fish: xt completion fish > ~/.config/fish/completions/xt.fish

    Parameters
    ----------
    shell
        By default the shell that SHELL names.

    Returns
    -------
    Verbatim
        A script for the shell.

    Raises
    ------
    UsageError
        SHELL names none that is known.
    """
    from xetrack_cli.commandline.app import build  # noqa: PLC0415 - the application is what imports this

    shell = shell or _shell()
    text = build(commands_for(())).generate_completion(prog_name="xt", shell=shell)
    # cyclopts completes what is known when the script is made; runs come and go.
    runs = resources.files(__package__).joinpath("shells", f"runs.{shell}").read_text("utf-8")
    return Verbatim(f"{text.rstrip()}\n{runs}")


def _shell() -> Shell:
    match Path(os.environ.get("SHELL", "")).name:
        case "bash":
            return "bash"
        case "zsh":
            return "zsh"
        case "fish":
            return "fish"
    raise UsageError("SHELL is missing: give bash, zsh or fish. See: xt completion --help")
