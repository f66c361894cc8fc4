#!/usr/bin/env python3
"""Merge or rebase databases and Parquet files: the whole result takes the old one's place."""

from __future__ import annotations

import os
import stat
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import databases
import parquet
from console import Answer, Commands, ScriptError
from runs import parts

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from collections.abc import Iterator, Sequence

PARQUET = {".parquet", ".pq"}
BACKUP = ".before-rebase"


def merge(options: Namespace) -> Answer:
    """Add to a file what others have and it lacks.

    Rows of a database are the same if track_id, timestamp and all values are; those of a Parquet
    file if all values are. Columns go by name, and widen where they must. Objects come along.
    """
    into, sources = _checked(options)
    with _new(into, options) as new:
        if _is_parquet(into):
            added = parquet.merge(sources, into, new)
        else:
            added = databases.merge(sources, into, new, tables=options.table, assets=options.assets)
    return _answer("Merged", into, options, added)


def rebase(options: Namespace) -> Answer:
    """Replace what a file has by what another has, such as after a change of its columns.

    Of a database the tables of the source are replaced, and the others stay. The old file is
    kept beside the new one, with the ending .before-rebase.
    """
    options.sources = [options.source]
    into, (source,) = _checked(options)
    if not options.output and not options.dry_run and (backup := _backup(into)).exists():
        raise ScriptError(
            f"{backup} is there, from a rebase before. Look at it, then type: rm '{backup}'"
        )
    with _new(into, options, keep=True) as new:
        if _is_parquet(into):
            done = parquet.rebase(source, into, new)
        else:
            done = databases.rebase(source, into, new, tables=options.table, assets=options.assets)
    answer = _answer("Rebased", into, options, done)
    if not options.output and not options.dry_run:
        return Answer({**answer.data, "backup": str(_backup(into))}, answer.text)
    return answer


def _is_parquet(path: Path) -> bool:
    return path.suffix.lower() in PARQUET


def _backup(path: Path) -> Path:
    return Path(f"{path}{BACKUP}")


def _checked(options: Namespace) -> tuple[Path, list[Path]]:
    for given in (options.into, *options.sources):
        if "://" in str(given):
            raise ScriptError(
                f"{given} is no file. Copy to or from a server: xt copy SOURCE TARGET"
            )
    into, sources = Path(options.into), [Path(one) for one in options.sources]
    for path in (*sources, into):
        if not path.is_file():
            raise ScriptError(f"There is no file {path}. Is it in the cache? Type: dvc checkout")
        if _is_parquet(path) != _is_parquet(into):
            raise ScriptError(f"{path} and {into} are not of one kind: give databases, or Parquet.")
    for at, source in enumerate(sources):
        for other in (into, *sources[:at]):
            if source.samefile(other):
                raise ScriptError(f"{source} and {other} are one file. Give each file once.")
    output = options.output and Path(options.output)
    if output and output.exists():
        raise ScriptError(f"{output} is there already. Give another --output, or remove it.")
    return into, sources


@contextmanager
def _new(into: Path, options: Namespace, *, keep: bool = False) -> Iterator[Path]:
    """Lend a place beside the target; what is there in the end takes the target's place.

    When the block fails, everything is as it was.
    """
    target = Path(options.output) if options.output else into
    if not target.parent.is_dir():
        raise ScriptError(f"There is no folder {target.parent}. Type: mkdir -p '{target.parent}'")
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".merging-") as folder:
        new = Path(folder, target.name)
        yield new
        if options.dry_run:
            return
        if target == into and keep:
            for part in parts(into):
                place = Path(str(part).replace(str(into), str(_backup(into)), 1))
                os.link(part, place)
        # The second file of a DuckDB database goes first: with the old database, it is merely
        # ahead of it, and nothing is lost if this ends in between.
        for part in reversed(parts(new)):
            part.chmod(into.stat().st_mode | stat.S_IWUSR)
            part.replace(target.with_name(part.name))


def _answer(did: str, into: Path, options: Namespace, done: dict[str, Any]) -> Answer:
    target = options.output or into
    preposition = "from " if did == "Merged" else ""
    said = ", ".join(f"{count:,} rows {preposition}{what}" for what, count in done["rows"].items())
    lines = [f"{'Tried: ' if options.dry_run else ''}{did} into {target}: {said}."]
    lines += [
        f"{how.replace('_', ' ').capitalize()}: {', '.join(done[how])}."
        for how in ("new_columns", "gone_columns", "other_kinds")
        if done[how]
    ]
    if not options.dry_run and not options.output:
        names = " ".join(f"'{one}'" for one in parts(into))
        lines.append(f"Next, if DVC keeps it: dvc add {names} && git commit -a")
    data = {"into": str(target), "changed": not options.dry_run, **done}
    return Answer(data, "\n".join(lines))


def _common(parser: ArgumentParser) -> None:
    parser.add_argument("--into", required=True, metavar="FILE", help="the file that is to change")
    parser.add_argument("--output", metavar="NEW", help="leave it alone, and make this one instead")
    parser.add_argument(
        "--table", action="append", help="only this table of a database; may be repeated"
    )
    parser.add_argument(
        "--no-assets", dest="assets", action="store_false", help="leave the objects of rows behind"
    )
    parser.add_argument("--dry-run", action="store_true", help="try it, and change nothing")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the script."""
    commands = Commands(__doc__ or "")
    parser = commands.add(merge)
    parser.add_argument("sources", nargs="+", metavar="SOURCE")
    _common(parser)
    parser = commands.add(rebase)
    parser.add_argument("source", metavar="SOURCE")
    _common(parser)
    return commands.main(arguments)


if __name__ == "__main__":
    sys.exit(main())
