"""Calls of the program git, which a repository cannot make run anything else."""

from __future__ import annotations

import os
import signal
import subprocess
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_SETTINGS = (
    "core.fsmonitor=false",  # else a program of the repository's choice
    f"core.hooksPath={os.devnull}",
    "core.quotePath=true",
    "diff.noprefix=false",
    "diff.mnemonicPrefix=false",
    "diff.suppressBlankEmpty=false",
    "submodule.recurse=false",
)
"""Settings that count more than those of the repository and the user."""


_VARIABLES = frozenset(
    {"GIT_DIR", "GIT_WORK_TREE", "GIT_COMMON_DIR", "GIT_INDEX_FILE", "GIT_NAMESPACE", "GIT_PREFIX"}
    | {"GIT_OBJECT_DIRECTORY", "GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_CONFIG"}
    | {"GIT_EXTERNAL_DIFF", "GIT_DIFF_OPTS", "GIT_ATTR_SOURCE"}
    | {"GIT_LITERAL_PATHSPECS", "GIT_GLOB_PATHSPECS", "GIT_NOGLOB_PATHSPECS"}
    | {"GIT_ICASE_PATHSPECS"}
)
"""Variables that lead git elsewhere, as within a hook, or change what its arguments mean."""


class GitError(Exception):
    """git gave no answer; the text says why."""


class GitMissingError(GitError):
    """There is no git."""


def _environment(ceiling: str | None) -> dict[str, str]:
    environment = {name: value for name, value in os.environ.items() if name not in _VARIABLES}
    environment["GIT_OPTIONAL_LOCKS"] = "0"  # a look is then never in another git's way
    environment["GIT_TERMINAL_PROMPT"] = "0"
    environment["GIT_NO_LAZY_FETCH"] = "1"
    environment["LC_ALL"] = "C"
    if ceiling is not None:
        environment["GIT_CEILING_DIRECTORIES"] = ceiling
    return environment


def run_git(
    root: str, arguments: Sequence[str], seconds: float, ceiling: str | None = None
) -> bytes:
    """Run git in a folder, and return what it prints.

    It runs without pager, prompt, hooks and monitors of files, and writes nothing.

    Parameters
    ----------
    root
        The folder.
    arguments
        The arguments.
    seconds
        How long it may take.
    ceiling
        The folder above which, itself included, no repository counts; None for all.

    Raises
    ------
    GitMissingError
        There is no program git.
    GitError
        It failed, or took too long.
    """
    settings = [word for setting in _SETTINGS for word in ("-c", setting)]
    try:
        process = subprocess.Popen(  # noqa: S603 - the arguments are ours, the folder is no option
            ["git", "--no-pager", "-C", root, *settings, *arguments],  # noqa: S607 - the user's git
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=_environment(ceiling),
            start_new_session=True,  # Ctrl-C is for the program
        )
    except FileNotFoundError as error:
        raise GitMissingError("there is no program 'git' here") from error
    except (OSError, ValueError) as error:
        raise GitError(str(error)) from error
    with process:
        try:
            output, message = process.communicate(timeout=max(seconds, 0))
        except subprocess.TimeoutExpired as error:
            _kill(process)
            raise GitError(f"it gave no answer in {seconds:.3g} s") from error
        except BaseException:
            _kill(process)
            raise
    if process.returncode:
        text = message.decode(errors="replace").strip()
        raise GitError(text or f"exit code {process.returncode}")
    return output


def _kill(process: subprocess.Popen[bytes]) -> None:
    """Kill git with all that it started, which would hold its output open."""
    if hasattr(os, "killpg"):
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except OSError:  # it ended by itself
            process.kill()
    else:
        process.kill()
