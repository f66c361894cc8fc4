#!/usr/bin/env python3
"""Keep models: one in production, candidates beside it, all by DVC, each with what it reached."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from console import Answer, Commands, ScriptError, database_options, metric_options, table
from models import (
    CANDIDATES,
    PRODUCTION,
    Changes,
    candidates,
    card,
    card_at,
    check_whole,
    digest,
    keep,
    known_candidate,
    new_card,
    now,
    path_of,
    place,
    ranked,
    read_card,
    remove,
)
from repository import Repository
from runs import best

from xetrack.errors import near

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Sequence

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


def add_candidate(options: Namespace) -> Answer:
    """Keep a model as a candidate, with what its run reached."""
    repository = Repository()
    source, name = Path(options.file), options.name or Path(options.file).stem
    if not source.is_file():
        raise ScriptError(f"There is no file {source}. Give the file that your run saved.")
    if not NAME.fullmatch(name):
        raise ScriptError(f"{name!r} is no name: letters, digits, '.', '_', '-'. Give --name.")
    known = candidates(repository)
    if name in known and not options.replace:
        raise ScriptError(f"The candidate {name!r} is there. Give another --name, or --replace.")
    said = new_card(source, name, _facts(options))
    model = path_of(repository, name)
    with Changes() as changes:
        place(changes, model, source, said)
        keep(repository, changes, [model])
    return _done(f"Kept {name}", said, f"Add the candidate {name}")


def promote(options: Namespace) -> Answer:
    """Put a candidate into production; what was there stays as a candidate."""
    repository = Repository()
    known = candidates(repository)
    said = known_candidate(known, options.name)
    model, production = path_of(repository, options.name), repository.root / PRODUCTION
    check_whole(model, said)
    models = [production]
    with Changes() as changes:
        kept = _keep_former(changes, production, known)
        if kept and kept not in known:
            models.append(path_of(repository, kept))
        place(changes, production, model, {**said, "promoted": now()})
        keep(repository, changes, models)
    text = f"{options.name} is in production"
    text += f"; {kept} stays as a candidate" if kept and kept != options.name else ""
    return _done(text, {**said, "former": kept}, f"Promote {options.name}")


def _keep_former(
    changes: Changes, production: Path, known: dict[str, dict[str, Any]]
) -> str | None:
    """Name the candidate that production is; it becomes one if it is none yet."""
    former = read_card(card(production))
    if former is None:
        if not production.is_file():
            return None
        former = new_card(production, "former", {})
    for name, one in known.items():
        if one["sha256"] == former["sha256"]:
            return name
    check_whole(production, former)
    name = former["name"]
    if name in known:
        name = f"{name}-{former['sha256'][:7]}"
    model = production.parent.parent / CANDIDATES.name / f"{name}.bin"
    place(changes, model, production, {**former, "name": name})
    return name


def _list(options: Namespace) -> Answer:
    """List production and candidates, by name or by a metric."""
    repository = Repository()
    production = read_card(card(repository.root / PRODUCTION))
    found = list(candidates(repository).values())
    if by := options.max or options.min:
        found, others = ranked(found, by, highest=bool(options.max))
        found += others
    rows = [
        {
            "name": one["name"],
            "in": "production" if production and one["sha256"] == production["sha256"] else "",
            "run": one["run"],
            **one["facts"],
        }
        for one in found
    ]
    if production and not any(row["in"] for row in rows):
        rows.insert(0, {"name": production["name"], "in": "production", **production["facts"]})
    empty = "No model is kept yet. Keep one with: model_manager.py add-candidate FILE"
    return Answer({"production": production, "candidates": found}, table(rows) if rows else empty)


def info(options: Namespace) -> Answer:
    """Show what is known of a candidate, of 'production', or of production at a tag."""
    repository = Repository()
    known = candidates(repository)
    if options.name in known:
        said = known[options.name]
    elif options.name == "production":
        production = read_card(card(repository.root / PRODUCTION))
        if production is None:
            raise ScriptError("Nothing is in production. Type: model_manager.py promote NAME")
        said = production
    else:
        said = card_at(repository, repository.commit_of(options.name), PRODUCTION)
    rows = [{"what": name, "is": value} for name, value in said.items() if name != "facts"]
    rows += [{"what": name, "is": value} for name, value in said["facts"].items()]
    return Answer(said, table(rows))


def prune(options: Namespace) -> Answer:
    """Remove the candidates of a run, or all but the best by a metric.

    Production stays, and so do candidates without the metric. Tags and commits still have what
    is removed, for as long as the cache or the remote has it.
    """
    repository = Repository()
    found = list(candidates(repository).values())
    by = options.max or options.min
    if bool(by) == bool(options.run_id):
        raise ScriptError("Which? Give --run-id TRACK_ID; or --max METRIC, or --min METRIC.")
    if by:
        best_first, _ = ranked(found, by, highest=bool(options.max))
        if not best_first:
            raise ScriptError(f"No candidate has {by!r}. See: model_manager.py list")
        doomed = best_first[options.keep :]
    else:
        doomed = [one for one in found if one["run"] == options.run_id]
        if not doomed:
            runs = {str(one["run"]) for one in found if one["run"]}
            raise ScriptError(
                f"No candidate is of that run. {near(options.run_id, runs)}"
                "See: model_manager.py list"
            )
    names = [one["name"] for one in doomed]
    if names and not options.dry_run:
        remove(repository, [path_of(repository, name) for name in names])
    did = "Would remove" if options.dry_run else "Removed"
    text = f"{did} {', '.join(names) or 'nothing'}."
    if names and not options.dry_run:
        text += "\nNext: git commit -m 'Prune candidates'"
    return Answer({"removed": names, "changed": not options.dry_run}, text)


def download(options: Namespace) -> Answer:
    """Bring a model to a file exactly as it was at a tag or commit, and check that it is that."""
    repository = Repository()
    commit = repository.commit_of(options.revision)
    model = CANDIDATES / f"{options.candidate}.bin" if options.candidate else PRODUCTION
    said = card_at(repository, commit, model)
    output = Path(options.output)
    repository.fetch(commit, model.as_posix(), output)
    if digest(output) != said["sha256"]:
        output.unlink()
        raise ScriptError(
            f"What DVC has as {model.as_posix()} of {options.revision} is not what its card tells "
            f"of. See who changed one without the other: git log -- '{card(model).as_posix()}'"
        )
    data = {"revision": options.revision, "commit": commit, "output": str(output), **said}
    return Answer(data, f"Brought {said['name']} of {options.revision} to {output}")


def _facts(options: Namespace) -> dict[str, Any]:
    """Return what the run reached that made a model: its best row by the metric that was named.

    That of another run would be a false word about the model, so none is taken for granted.
    """
    if not options.db:
        if options.max or options.min or options.run_id:
            raise ScriptError("Whose metric? Give also --db FILE.")
        return {"run": None, "facts": {}}
    if not (options.max or options.min):
        raise ScriptError("By which metric? Give --max METRIC or --min METRIC.")
    found = best(options, options.run_id)
    if found.has_rivals:
        raise ScriptError(
            f"Which run made {options.file}? Several have {found.metric!r}; the best is "
            f"{found.run}. Give --run-id RUN, as xt runs {options.db} has them."
        )
    return {"run": found.run, "facts": found.facts()}


def _done(did: str, said: dict[str, Any], words: str) -> Answer:
    return Answer(said, f"{did}.\nNext: git commit -m '{words}'; to share: git push && dvc push")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the script."""
    commands = Commands(__doc__ or "")
    parser = commands.add(add_candidate)
    parser.add_argument("file", help="the model")
    parser.add_argument("--name", help="what to call it (default: the name of the file)")
    parser.add_argument("--replace", action="store_true", help="in place of one of that name")
    parser.add_argument("--run-id", metavar="RUN", help="the run that made it, as xt runs has it")
    database_options(parser, required=False)
    metric_options(parser, required=False)
    commands.add(promote).add_argument("name", help="of the candidate")
    metric_options(commands.add(_list), required=False)
    commands.add(info).add_argument("name", help="of a candidate; 'production'; or a tag or commit")
    parser = commands.add(prune)
    parser.add_argument("--run-id", metavar="TRACK_ID", help="remove those of this run")
    metric_options(parser, required=False)
    parser.add_argument(
        "--keep", type=_number, default=1, help="how many best ones stay (default: 1)"
    )
    parser.add_argument("--dry-run", action="store_true", help="say what would be removed")
    parser = commands.add(download)
    parser.add_argument("revision", help="a tag, a branch or a commit")
    parser.add_argument("--candidate", metavar="NAME", help="this one (default: production)")
    parser.add_argument("--output", "-o", required=True, metavar="FILE", help="where it goes")
    return commands.main(arguments)


def _number(text: str) -> int:
    if not text.isascii() or not text.isdigit():
        raise ValueError(text)
    return int(text)


if __name__ == "__main__":
    sys.exit(main())
