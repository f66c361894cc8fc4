"""The repository of a run: its commit in a worktree of its own, with what was not committed."""

from __future__ import annotations

import os
import re
import subprocess
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xetrack_reproduce.conditions.findings import Finding, State, shortened
from xetrack_reproduce.errors import ReproductionError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

_COMMIT = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_SETTINGS = ("-c", f"core.hooksPath={os.devnull}", "-c", "core.fsmonitor=false")
"""No hook and no monitor of the repository runs: a checkout would call some."""


class GitError(Exception):
    """git failed, or is not there; the text is what it says."""


def run_git(folder: str | Path, *arguments: str, content: bytes | None = None) -> str:
    """Run git in a folder, and return what it prints.

    Parameters
    ----------
    folder
        The folder.
    *arguments
        The arguments.
    content
        What git reads from its standard input.

    Raises
    ------
    GitError
        It failed, or is not there.
    """
    # Within a hook of git, variables would have it look at the hook's own repository.
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("GIT_") or name.startswith("GIT_CONFIG_")
    }
    environment |= {"GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"}
    try:
        done = subprocess.run(  # noqa: S603 - what a record says is checked before
            ["git", "-C", str(folder), *_SETTINGS, *arguments],  # noqa: S607 - the user's git
            input=content if content is not None else b"",
            capture_output=True,
            check=False,
            env=environment,
            start_new_session=True,  # Ctrl-C is for us, who clean up with git
        )
    except OSError as error:
        raise GitError("there is no program 'git' here") from error
    if done.returncode:
        raise GitError(" ".join(done.stderr.decode(errors="replace").split()))
    return done.stdout.decode(errors="replace").strip()


def find_repository(facts: Mapping[str, Any], folder: Path) -> tuple[Path | None, Finding]:
    """Return the repository that has the commit of a run, and what is to be said of the code.

    It is that of the working directory, as in a fresh clone, else that in which the run was.

    Parameters
    ----------
    facts
        What the recorder ``git`` wrote down.
    folder
        The working directory.
    """
    commit, root = facts.get("commit"), facts.get("root")
    if not isinstance(commit, str) or not _COMMIT.fullmatch(commit):
        why = facts.get("problem") or (
            "nothing was committed yet" if root else "the run was in no git repository"
        )
        return None, Finding("code", State.PROBLEM, f"No commit was recorded: {why}.")
    reasons = []
    for place in (folder, Path(str(root)) if root else None):
        if place is None or not place.is_dir():
            continue
        try:
            top = Path(run_git(place, "rev-parse", "--show-toplevel"))
            run_git(top, "cat-file", "-e", f"{commit}^{{commit}}")
        except GitError as error:
            reasons.append(f"{place}: {error}")
            continue
        return top, _describe(facts, commit)
    text = f"No repository here has the commit {commit}. Run this in a clone of "
    text += f"{facts.get('remote') or root}, after: git fetch --all"
    return None, Finding("code", State.PROBLEM, f"{text} ({'; '.join(reasons)})")


def _describe(facts: Mapping[str, Any], commit: str) -> Finding:
    text = f"commit {commit[:12]}"
    patch = facts.get("patch")
    if patch:
        lines = str(patch).count("\n")
        text += f" with a patch of {'1 line' if lines == 1 else f'{lines:,} lines'}"
    if facts.get("problem"):
        return Finding(
            "code", State.DIFFERS, f"{text}; its changes are unknown: {facts['problem']}"
        )
    if facts.get("dirty") and not patch:
        return Finding("code", State.DIFFERS, f"{text}; what was changed since was not recorded")
    return Finding("code", State.OK, text)


def find_omissions(
    facts: Mapping[str, Any], database: str, data: Collection[str | None] = ()
) -> list[Finding]:
    """Return what is to be said of files that a patch leaves out.

    Parameters
    ----------
    facts
        What the recorder ``git`` wrote down.
    database
        The database of the run, which no patch has to have.
    data
        Paths in the repository of the data of the run, which is looked at by itself.
    """
    left_out = facts.get("left_out")
    names = [
        f"{name} ({reason})"
        for name, reason in (left_out.items() if isinstance(left_out, dict) else ())
        if name not in data
        and not Path(name).name.startswith(Path(database).name)  # with those beside it
    ]
    if not names:
        return []
    text = f"Not committed, and too large or secret for the record: {shortened(names)}"
    return [Finding("files", State.DIFFERS, text)]


@contextmanager
def worktree(repository: Path, facts: Mapping[str, Any], folder: Path) -> Iterator[Path]:
    """Return a context in which the commit of a run lies in a folder, with its changes.

    The working tree, the index and the branches of the repository stay as they are; git notes the
    worktree in the repository's own folder, until the context ends.

    Parameters
    ----------
    repository
        The repository.
    facts
        What the recorder ``git`` wrote down.
    folder
        Where it is made; it must not exist.

    Raises
    ------
    ReproductionError
        git refuses, or the patch does not fit.
    """
    try:
        try:
            run_git(
                repository, "worktree", "add", "--detach", "--quiet", str(folder), facts["commit"]
            )
        except GitError as error:
            raise ReproductionError(f"git made no worktree of {repository}: {error}") from error
        _apply(facts.get("patch"), folder)
        yield folder
    finally:
        _remove(repository, folder)


def _apply(patch: object, folder: Path) -> None:
    if not patch:
        return
    content = str(patch).encode("utf-8", "surrogateescape")
    try:
        run_git(folder, "apply", "--whitespace=nowarn", "-", content=content)
    except GitError as error:
        raise ReproductionError(f"the recorded patch cannot be applied: {error}") from error


def _remove(repository: Path, folder: Path) -> None:
    try:
        run_git(repository, "worktree", "remove", "--force", "--force", str(folder))
    except GitError:  # it was not made, or is damaged; the folder goes with the one around it
        import shutil  # noqa: PLC0415 - seldom needed

        shutil.rmtree(folder, ignore_errors=True)
        try:
            run_git(repository, "worktree", "prune")
        except GitError:  # pragma: no cover - git prunes it some day
            return
