"""Merging and rebasing Parquet files, by DuckDB: in streams, columns by name."""

from __future__ import annotations

import shutil
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Any

from console import ScriptError, not_a_script
from databases import changed

from xetrack.errors import MissingPackageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path


@contextmanager
def _duckdb() -> Iterator[Any]:
    try:
        import duckdb  # noqa: PLC0415 - who merges databases needs none
    except ImportError as error:
        raise MissingPackageError("DuckDB, which merges Parquet,", "duckdb") from error
    try:
        with closing(duckdb.connect()) as connection:
            yield connection
    except duckdb.Error as error:
        raise ScriptError(
            f"DuckDB said: {str(error).partition(chr(10))[0]}. Nothing was changed. Make that file "
            "anew, or bring back the one that was kept: dvc checkout --force FILE"
        ) from error


ROW, PART = '"xetrack row"', '"xetrack part"'


def merge(sources: Sequence[Path], into: Path, new: Path) -> dict[str, Any]:
    """Make `new` the rows of `into`, then those of the sources that are not among them.

    A column that a file lacks is missing in all its rows. Order stays.

    Raises
    ------
    ScriptError
        A file is no Parquet, or a column cannot hold the values of both without loss.
    """
    with _duckdb() as connection:
        layouts = [_layout(connection, path) for path in (into, *sources)]
        _check_names(layouts)
        connection.execute(
            "CREATE TEMP VIEW everything AS "
            + " UNION ALL BY NAME ".join(
                f"SELECT *, file_row_number AS {ROW}, {part} AS {PART} FROM {_file(path)}"
                for part, path in enumerate((into, *sources))
            )
        )
        after = _described(connection, f"SELECT * EXCLUDE ({ROW}, {PART}) FROM everything")
        chosen, rows = [f"{PART} = 0"], {}
        for part, (path, layout) in enumerate(zip((into, *sources), layouts, strict=True)):
            _check_exact(connection, path, layout, after)
            if part:
                chosen.append(f"{PART} = {part} AND NOT EXISTS ({_earlier(part, layout)})")
                found = f"SELECT count(*) FROM everything AS one WHERE {chosen[-1]}"
                rows[str(path)] = connection.execute(found).fetchone()[0]
        connection.execute(
            f"COPY (SELECT * EXCLUDE ({ROW}, {PART}) FROM everything AS one "
            f"WHERE {' OR '.join(f'({one})' for one in chosen)} ORDER BY {PART}, {ROW}) "
            f"TO {_text(new)} (FORMAT parquet, COMPRESSION zstd)"
        )
        return {"rows": rows, **changed({into.name: layouts[0]}, {into.name: after})}


def rebase(source: Path, into: Path, new: Path) -> dict[str, Any]:
    """Make `new` the same file as the source, which must be readable to its end."""
    with _duckdb() as connection:
        before, after = _layout(connection, into), _layout(connection, source)
        shutil.copyfile(source, new)
        # Every value is read: a file that was cut short may still count its rows.
        read = f"SELECT count(*), max(hash(COLUMNS(*))) FROM {_file(new)}"
        rows = {
            "brought": connection.execute(read).fetchone()[0],
            "replaced": connection.execute(f"SELECT count(*) FROM {_file(into)}").fetchone()[0],
        }
        return {"rows": rows, **changed({into.name: before}, {into.name: after})}


def _text(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _file(path: Path) -> str:
    return f"read_parquet({_text(path)})"


def _described(connection: Any, query: str) -> dict[str, str]:
    return {row[0]: row[1] for row in connection.execute(f"DESCRIBE {query}").fetchall()}


def _layout(connection: Any, path: Path) -> dict[str, str]:
    return _described(connection, f"SELECT * FROM {_file(path)}")


def _earlier(part: int, layout: dict[str, str]) -> str:
    """Find rows of earlier files with the values of a row."""
    same = [f"one.{_quoted(name)} IS NOT DISTINCT FROM other.{_quoted(name)}" for name in layout]
    return f"FROM everything AS other WHERE other.{PART} < {part} AND {' AND '.join(same)}"


def _check_names(layouts: list[dict[str, str]]) -> None:
    """Refuse names that differ in case only, which DuckDB takes for one."""
    spelled: dict[str, str] = {}
    for name in (name for layout in layouts for name in layout):
        if spelled.setdefault(name.casefold(), name) != name:
            other = spelled[name.casefold()]
            raise ScriptError(
                f"One file has a column {name!r}, another {other!r}. Rename one of them first."
            )


def _check_exact(
    connection: Any, path: Path, layout: dict[str, str], after: dict[str, str]
) -> None:
    """Refuse to widen a column where a value would come back as another."""
    for name, kind in layout.items():
        if after[name] == kind:
            continue
        cell = _quoted(name)
        back = f"TRY_CAST(TRY_CAST({cell} AS {after[name]}) AS {kind})"
        query = f"SELECT count(*) FROM {_file(path)} WHERE {back} IS DISTINCT FROM {cell}"
        if lost := connection.execute(query).fetchone()[0]:
            raise ScriptError(
                f"{lost:,} values of {name!r} in {path} are {kind}, and {after[name]} cannot hold "
                "them exactly. Give the column one type in both files first."
            )


if __name__ == "__main__":
    not_a_script(__file__)
