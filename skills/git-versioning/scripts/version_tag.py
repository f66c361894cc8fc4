#!/usr/bin/env python3
"""Tag the commit of an experiment with what it reached, in the mean over its runs."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import facts
from console import (
    Answer,
    Commands,
    ScriptError,
    database_options,
    metric_options,
    note,
    shown,
    table,
)
from repository import SHORT, Repository, version
from results import experiment
from runs import at_rest, parts

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Sequence

BUMPS = ("major", "minor", "patch")


def suggest(options: Namespace) -> Answer:
    """Say what the next tag would be called."""
    name = _next(Repository(), options)
    return Answer({"tag": name}, name)


def create(options: Namespace) -> Answer:
    """Make an annotated tag from the runs of the new experiment.

    These are the runs that began since the last tag, or those that are named. Of several
    configurations the one with the best mean is told of, over its runs and seeds. The annotation is
    one line: accuracy=0.89 | sd=0.012 | n=3 | model=bert | rate=0.1 | run=a,b,c.
    """
    repository = Repository()
    name = options.tag or _next(repository, options)
    _check_name(repository, name, options)
    found = experiment(options, repository.experiments(options.prefix))
    commit = repository.commit_of(options.commit)
    _check_committed(repository, options)
    said = {**found.facts(options.columns), "run": ",".join(found.runs)}
    if options.data:
        said["data"] = _content(repository, options.data)
    said |= found.conditions(options.db)
    line = facts.written(said)
    if not options.dry_run:
        repository.git(
            *("tag", "--annotate", "--cleanup=verbatim", "--file=-", "--", name, commit), text=line
        )
    done = "Would tag" if options.dry_run else "Tagged"
    after = "" if options.dry_run else f"\nNext: git push origin {name}"
    data = {"tag": name, "commit": commit, "facts": said, "made": not options.dry_run}
    return Answer(data, f"{done} {commit[:SHORT]} as {name}: {line}{after}")


def _list(options: Namespace) -> Answer:
    """List the tags of experiments with what they say."""
    found = Repository().experiments(options.prefix)
    text = table(one.row for one in found)
    empty = "No experiment is tagged yet. Make one with: version_tag.py create"
    return Answer([one.data() for one in found], text if found else empty)


def show(options: Namespace) -> Answer:
    """Show one tag."""
    found = Repository().experiment(options.tag, options.prefix)
    rows = [{"fact": name, "value": shown(value)} for name, value in found.facts.items()]
    head = f"{found.tag} is {found.commit[:SHORT]}, of {found.date}"
    return Answer(found.data(), f"{head}\n\n{table(rows) if rows else found.message}")


def _next(repository: Repository, options: Namespace) -> str:
    known = [version(one.tag, options.prefix) for one in repository.experiments(options.prefix)]
    numbers = list(max(filter(None, known), default=(0, 0, 0)))
    at = BUMPS.index(options.bump)
    numbers[at:] = [numbers[at] + 1, *[0] * (2 - at)]
    return f"{options.prefix}{'.'.join(map(str, numbers))}"


def _check_name(repository: Repository, name: str, options: Namespace) -> None:
    if version(name, options.prefix) is None:
        wanted = f"{options.prefix}1.2.3"
        raise ScriptError(
            f"A tag is called like {wanted}, not {name!r}. See: version_tag.py suggest"
        )
    if repository.git("tag", "--list", name):
        following = _next(repository, options)
        raise ScriptError(f"The tag {name!r} is there already. The next is free: {following}")


def _check_committed(repository: Repository, options: Namespace) -> None:
    """Refuse to tag a commit that lacks what is to be found there later."""
    if options.allow_dirty:
        return
    files = {str(one): repository.relative(one) for one in parts(Path(options.db))}
    at_rest(Path(options.db))
    if changed := repository.changes():
        raise ScriptError(
            f"The tag would not have your changes of {', '.join(changed[:5])}. Type: "
            "git commit -a; or tag without them: --allow-dirty"
        )
    kept = [f"{name}.dvc" for name in files.values() if repository.keeps(f"{name}.dvc")]
    typed = "dvc add " + " ".join(f"'{one}'" for one in files)
    if kept and json.loads(repository.dvc("status", "--json", *kept)):
        raise ScriptError(
            f"{options.db} has changed since 'dvc add'. Type: {typed} && git commit -a; "
            "or tag without that: --allow-dirty"
        )
    for name in files.values():
        if f"{name}.dvc" not in kept and not repository.keeps(name):
            note(f"{name} is in neither git nor DVC, so no tag brings it back. Type: {typed}")


def _content(repository: Repository, path: str) -> str:
    """Return the first digits of the content of what DVC keeps, as its .dvc file names it."""
    name = repository.relative(path)
    listed: list[dict[str, Any]] = []
    if repository.keeps(f"{name}.dvc"):
        parent = Path(name).parent.as_posix()
        listed = json.loads(repository.dvc("list", ".", parent, "--json", "--show-hash"))
    for one in listed:
        if one["path"] == Path(name).name and one.get("md5"):
            return str(one["md5"])[:6]
    raise ScriptError(f"DVC does not keep {name}. Type: dvc add '{name}'")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the script."""
    commands = Commands(__doc__ or "")
    for function in (suggest, create, _list, show):
        parser = commands.add(function)
        parser.add_argument("--prefix", default="e", help="before the version (default: e)")
        if function in {suggest, create}:
            parser.add_argument(
                "--bump",
                choices=BUMPS,
                default="patch",
                help="which number grows: patch for other parameters, minor for another model or "
                "other data, major where results cannot be compared any more (default: patch)",
            )
        if function is show:
            parser.add_argument("tag")
        if function is create:
            database_options(parser, required=True)
            metric_options(parser, required=True)
            parser.add_argument("tag", nargs="?", help="its name (default: what suggest says)")
            parser.add_argument(
                "--run-id",
                metavar="TRACK_ID",
                action="append",
                help="tell of this run (default: the runs since the last tag); again for others",
            )
            parser.add_argument("--group", help="tell of the runs of this group")
            parser.add_argument(
                "--columns", type=lambda text: text.split(","), help="what to tell: model,rate"
            )
            parser.add_argument("--data", metavar="PATH", help="tell which content DVC keeps here")
            parser.add_argument("--commit", default="HEAD", help="what to tag (default: HEAD)")
            parser.add_argument(
                "--allow-dirty", action="store_true", help="tag although changes are not committed"
            )
            parser.add_argument("--dry-run", action="store_true", help="say what would be done")
    return commands.main(arguments)


if __name__ == "__main__":
    sys.exit(main())
