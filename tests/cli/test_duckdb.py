"""`xt` on a DuckDB file: the same words, the same answers."""

from __future__ import annotations

import json

import pytest

from tests.cli.conftest import RUN
from xetrack import Reader, copy


@pytest.fixture
def both(db, tmp_path):
    """One set of rows on each engine."""
    copy(db, tmp_path / "runs.duckdb")
    return db, tmp_path / "runs.duckdb"


@pytest.mark.parametrize(
    "words",
    [
        "head DB -n 2",
        "tail DB --json --columns epoch,accuracy",
        "head DB --where epoch > 2 --sort accuracy --desc --csv",
        "columns DB --json",
        "ls DB track_id --unique",
        "tables DB",
        "runs DB --json",
        f"show DB {RUN}",
        f"compare DB {RUN} other-1",
        "stats describe DB --columns accuracy",
        "stats top DB accuracy",
        "stats bottom DB accuracy",
        "plot hist DB accuracy --csv",
        "plot line DB epoch accuracy --csv",
        "sql DB SELECT\xa0count(*)\xa0AS\xa0n\xa0FROM\xa0db.events",
        "head DB nosuch",
        "tail DB --columns acuracy",
        "head DB --table nosuch",
    ],
)
def test_the_answers_are_those_of_sqlite(xt, both, words):
    """On stdout and stderr, exit codes too; a name that is wrong gets the same help."""
    done = []
    for path in both:
        line = [word.replace("\xa0", " ") for word in words.split()]
        found = xt(*(path if word == "DB" else word for word in line))
        done.append((found.code, found.out, found.err.replace(str(path), "DB")))
    assert done[0] == done[1]


def test_rows_are_changed_exported_and_imported(xt, both, tmp_path):
    """And a run is deleted."""
    _, path = both
    assert (0, "") == xt("set", path, "good", "true", "--track-id", RUN)[::2]
    assert 0 == xt("export", path, tmp_path / "rows.jsonl").code
    assert 0 == xt("import", tmp_path / "again.duckdb", tmp_path / "rows.jsonl").code
    assert len(Reader(path)) == len(Reader(tmp_path / "again.duckdb"))
    assert 0 == xt("delete", path, RUN).code
    assert [{"n": 1}] == json.loads(xt("sql", path, "SELECT 1 AS n", "--json").out)
