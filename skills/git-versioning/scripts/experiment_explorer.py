#!/usr/bin/env python3
"""Browse, compare and bring back experiments that are git tags, with the data DVC keeps."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from console import Answer, Commands, ScriptError, note, shown, table
from repository import SHORT, Repository, tool

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Sequence

    from repository import Experiment

LISTED = 20
"""Artifacts that the text names; JSON names all."""
SETUP = Path(__file__).with_name("setup_worktree.sh")


def _list(options: Namespace) -> Answer:
    """List experiments, by version or by one of their facts."""
    found = Repository().experiments(options.prefix)
    empty = "No experiment is tagged yet. Make one with: version_tag.py create"
    by = options.max or options.min
    if by:
        measured = [one for one in found if isinstance(one.facts.get(by), int | float)]
        if found and not measured:
            facts = dict.fromkeys(name for one in found for name in one.facts)
            raise ScriptError(f"No tag tells of {by!r}. They tell of: {', '.join(facts)}")
        found = sorted(measured, key=lambda one: one.facts[by], reverse=bool(options.max))
    text = table(one.row for one in found) if found else empty
    return Answer([one.data() for one in found], text)


def show(options: Namespace) -> Answer:
    """Show one experiment: its facts, and the files and folders that DVC keeps of it."""
    repository = Repository()
    found = repository.experiment(options.tag, options.prefix)
    artifacts = _artifacts(repository, found)
    lines = [f"{found.tag} is {found.commit[:SHORT]}, of {found.date}", ""]
    facts = [{"fact": name, "value": value} for name, value in found.facts.items()]
    lines += [table(facts) if facts else found.message, ""]
    lines += [table(artifacts[:LISTED])] if artifacts else ["DVC keeps nothing of it."]
    if len(artifacts) > LISTED:
        lines.append(f"{len(artifacts) - LISTED} more: --json")
    return Answer({**found.data(), "artifacts": artifacts}, "\n".join(lines))


def get(options: Namespace) -> Answer:
    """Bring back one file or folder as it was in an experiment."""
    repository = Repository()
    commit = repository.commit_of(options.tag)
    path = repository.relative(options.path)
    output = Path(options.output or f"{options.tag}-{Path(path).name}".replace("/", "-"))
    repository.fetch(commit, path, output)
    data = {"tag": options.tag, "commit": commit, "path": path, "output": str(output)}
    return Answer(data, f"Brought {path} of {options.tag} to {output}")


def diff(options: Namespace) -> Answer:
    """Compare two experiments: facts, code, and what DVC keeps."""
    repository = Repository()
    old, new = (repository.experiment(tag, options.prefix) for tag in (options.old, options.new))
    facts = [_compared(name, old, new) for name in dict.fromkeys([*old.facts, *new.facts])]
    code = repository.git("diff", "--stat=76", old.commit, new.commit)
    data: dict[str, list[str]] = {}
    if _uses_dvc(repository, old) or _uses_dvc(repository, new):
        said = json.loads(repository.dvc("diff", "--json", old.commit, new.commit) or "{}")
        data = {how: [_path(one) for one in found] for how, found in said.items() if found}
    rows = [{"data": path, "is": how} for how, paths in data.items() for path in paths]
    text = [table(facts, ["fact", old.tag, new.tag, "change"]), "", code.rstrip() or "Same code."]
    text += ["", table(rows[:LISTED]) if rows else "Same data."]
    if len(rows) > LISTED:
        text.append(f"{len(rows) - LISTED} more: --json")
    answer = {"old": old.data(), "new": new.data(), "facts": facts, "code": code, "data": data}
    return Answer(answer, "\n".join(text))


def checkout(options: Namespace) -> Answer:
    """Make a disposable worktree of an experiment, with its data, to look around and run it."""
    repository = _main(Repository())
    found = repository.experiment(options.tag, options.prefix)
    folder = _place(repository) / found.tag
    if folder.exists():
        return Answer(
            {"tag": found.tag, "worktree": str(folder), "made": False}, f"It is there: {folder}"
        )
    command = [tool("bash", "Install it."), str(SETUP), "--detach", "--json"]
    done = subprocess.run(
        [*command, "--path", str(folder), found.commit],
        cwd=repository.root,
        # An environment that is not activated may still have DVC.
        env={**os.environ, "PATH": f"{os.environ['PATH']}:{Path(sys.executable).parent}"},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise ScriptError(done.stderr.strip().removeprefix("Error: "))
    data = {"tag": found.tag, **json.loads(done.stdout), "made": True}
    after = f"Next: cd '{folder}'; when you are done: experiment_explorer.py cleanup {found.tag}"
    return Answer(data, f"Made {folder}\n{after}")


def cleanup(options: Namespace) -> Answer:
    """Remove worktrees that checkout made; one with changes stays, unless forced."""
    repository = _main(Repository())
    there = _disposable(repository)
    for tag in options.tags:
        if tag not in there:
            names = ", ".join(there) or "none"
            raise ScriptError(f"There is no worktree of {tag!r}. There are: {names}")
    removed, kept = [], []
    for tag in options.tags or there:
        folder = there[tag]
        if (
            folder.exists()
            and not options.force
            and Repository(folder).git("status", "--porcelain")
        ):
            kept.append(tag)
            note(f"{folder} has changes and stays. Remove it all the same with --force.")
        else:
            removed.append(tag)
            if not options.dry_run:
                _remove(repository, folder)
    if kept:
        raise ScriptError(f"Kept {', '.join(kept)}, removed {', '.join(removed) or 'none'}.")
    done = "Would remove" if options.dry_run else "Removed"
    return Answer({"removed": removed}, f"{done} {', '.join(removed) or 'none'}.")


def _remove(repository: Repository, folder: Path) -> None:
    if folder.exists():
        repository.git("worktree", "remove", "--force", str(folder))
    repository.git("worktree", "prune")
    if folder.parent.is_dir() and not any(folder.parent.iterdir()):
        folder.parent.rmdir()


def _main(repository: Repository) -> Repository:
    """Return the repository seen from its first folder, which no cleanup removes."""
    said = repository.git("worktree", "list", "--porcelain", "-z").split("\0")
    return Repository(Path(said[0].removeprefix("worktree ")))


def _place(repository: Repository) -> Path:
    """Return the folder of disposable worktrees: one for all worktrees of a repository."""
    return repository.root.with_name(f"{repository.root.name}-experiments")


def _disposable(repository: Repository) -> dict[str, Path]:
    place = _place(repository)
    said = repository.git("worktree", "list", "--porcelain", "-z").split("\0")
    paths = [Path(one.removeprefix("worktree ")) for one in said if one.startswith("worktree ")]
    return {path.name: path for path in paths if path.parent == place}


def _uses_dvc(repository: Repository, experiment: Experiment) -> bool:
    return repository.text_at(experiment.commit, ".dvc/config") is not None


def _artifacts(repository: Repository, experiment: Experiment) -> list[dict[str, Any]]:
    if not _uses_dvc(repository, experiment):
        return []
    options = "--dvc-only --recursive --json --show-hash --size".split()
    listed = json.loads(repository.dvc("list", ".", "--rev", experiment.commit, *options))
    return [{name: one.get(name) for name in ("path", "size", "md5")} for one in listed]


def _compared(name: str, old: Experiment, new: Experiment) -> dict[str, Any]:
    before: Any = old.facts.get(name)
    after: Any = new.facts.get(name)
    if {type(before), type(after)} <= {int, float}:
        change = after - before
    else:
        change = "" if before == after else "differs"
    return {"fact": name, old.tag: before, new.tag: after, "change": change}


def _path(one: dict[str, Any]) -> str:
    path = one["path"]
    return f"{path['old']} -> {path['new']}" if isinstance(path, dict) else shown(path)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the script."""
    commands = Commands(__doc__ or "")
    for function in (_list, show, get, diff, checkout, cleanup):
        parser = commands.add(function)
        parser.add_argument("--prefix", default="e", help="before the version (default: e)")
        if function is _list:
            either = parser.add_mutually_exclusive_group()
            either.add_argument("--max", metavar="FACT", help="highest first")
            either.add_argument("--min", metavar="FACT", help="lowest first")
        if function in {show, checkout}:
            parser.add_argument("tag")
        if function is get:
            parser.add_argument("tag", help="or another revision")
            parser.add_argument("path", help="of a file or folder in the repository")
            parser.add_argument("--output", "-o", metavar="PATH", help="default: TAG-NAME, here")
        if function is diff:
            parser.add_argument("old")
            parser.add_argument("new")
        if function is cleanup:
            parser.add_argument("tags", nargs="*", help="which (default: all that checkout made)")
            parser.add_argument("--force", action="store_true", help="also those with changes")
            parser.add_argument("--dry-run", action="store_true", help="say what would be done")
    return commands.main(arguments)


if __name__ == "__main__":
    sys.exit(main())
