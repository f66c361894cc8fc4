"""Merging and rebasing databases, by `xetrack.copy`."""

from __future__ import annotations

import shutil
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from console import ScriptError, not_a_script, note
from runs import at_rest, parts

from xetrack import Reader, copy
from xetrack.interfaces.engine import Settings
from xetrack.opening import open_engine

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


def merge(
    sources: Sequence[Path], into: Path, new: Path, *, tables: list[str] | None, assets: bool
) -> dict[str, Any]:
    """Make `new` what `into` is, with the rows of the sources that it lacks.

    `into` is copied byte by byte, so indexes, views and tables of other programs stay.
    """
    with _unchanged(into):
        before = _begin(into, new)
        rows = {
            str(source): copy(source, new, assets=assets, tables=tables or _with_runs(source))
            for source in sources
        }
        at_rest(new)
        return {"rows": rows, **changed(before, layout(new))}


def rebase(
    source: Path, into: Path, new: Path, *, tables: list[str] | None, assets: bool
) -> dict[str, Any]:
    """Make `new` what `into` is, with the tables of the source in place of its own."""
    with _unchanged(into):
        before = _begin(into, new)
        chosen = tables or _with_runs(source)
        replaced = 0
        with closing(open_engine(new, None, Settings())) as engine:
            for name in chosen:
                if name in before:
                    replaced += engine.count(name)
                    engine.drop(name)
        brought = copy(source, new, assets=assets, tables=chosen)
        at_rest(new)
        rows = {"brought": brought, "replaced": replaced}
        return {"rows": rows, **changed(before, layout(new))}


def _begin(into: Path, new: Path) -> dict[str, dict[str, str]]:
    """Copy the files of a database, and return its layout."""
    for part in parts(into):
        shutil.copyfile(part, Path(str(part).replace(str(into), str(new), 1)))
    return layout(into)


def _with_runs(db: Path) -> list[str]:
    """Name the tables whose rows belong to runs; those of other programs are told of."""
    columns = layout(db)
    found = [name for name in columns if {"track_id", "timestamp"} <= columns[name].keys()]
    for name in columns:
        if name not in found:
            note(f"{name} in {db} is a table of another program, and stays there.")
    if not found:
        raise ScriptError(f"{db} has no table with runs. See: xt tables {db}")
    return found


@contextmanager
def _unchanged(db: Path) -> Iterator[None]:
    """Make sure that nobody has a database open, or changes it, during the block."""
    at_rest(db)
    before = [(one.stat().st_size, one.stat().st_mtime_ns) for one in parts(db)]
    yield
    at_rest(db)
    if before != [(one.stat().st_size, one.stat().st_mtime_ns) for one in parts(db)]:
        raise ScriptError(f"{db} was changed meanwhile, and stays as it is. Type the same again.")


def layout(db: Path) -> dict[str, dict[str, str]]:
    """Return the kinds of each column of each table."""
    with Reader(db) as reader:
        return {
            name: {
                column.name: "|".join(sorted(column.kinds))
                for column in reader.engine.columns(name)
            }
            for name in reader.tables
        }


def changed(
    before: dict[str, dict[str, str]], after: dict[str, dict[str, str]]
) -> dict[str, list[str]]:
    """Say which columns came, went, and hold other kinds of values than before."""

    def named(one: dict[str, dict[str, str]]) -> dict[str, str]:
        return {f"{table}.{column}": kind for table in one for column, kind in one[table].items()}

    old, new = named(before), named(after)
    return {
        "new_columns": [name for name in new if name not in old],
        "gone_columns": [name for name in old if name not in new],
        "other_kinds": [
            f"{name} ({old[name]} -> {new[name]})"
            for name in new
            if old.get(name) and old[name] != new[name]
        ],
    }


if __name__ == "__main__":
    not_a_script(__file__)
