"""A server that dies at a COMMIT: whether that was carried out is found out, and told."""

from __future__ import annotations

import pytest

from tests.postgres.engines import cells, column, fields, log, opened, where
from xetrack.errors import InterruptedWriteError, StorageError


@pytest.fixture
def url(mortal, schema):
    """A schema of the server that may be killed."""
    return f"{mortal.url}&schema={schema}"


def test_a_batch_whose_outcome_was_lost_is_there_once(url, lost_commit):
    """A batch whose outcome was lost is there once, whether the COMMIT came through or not."""
    engine = opened(url)
    log(engine, {"n": 0, "x": 1.5}, {"n": 1, "x": float("nan")})
    inserter = engine.inserter("default", fields([{"n": 1, "x": 1.5}]))
    rows = [cells({"n": n, "x": [1.5, float("nan")][n % 2]}, "nx") for n in range(2, 300)]
    lost_commit()
    inserter.write(rows)
    assert [*range(300)] == column(engine, "n")
    engine.close()


def test_a_block_whose_outcome_was_lost_is_told_of(url, lost_commit):
    """Its rows cannot be sent again; so the server is asked whether they were stored."""
    engine = opened(url)
    log(engine, {"n": 0})

    def block():
        with engine.transaction():
            log(engine, {"n": 1}, {"n": 2})
            log(engine, {"n": 3, "new": 1})
            stored.append(lost_commit())

    stored = []
    if stored_block(block):
        assert [True] == stored
        assert [0, 1, 2, 3] == column(engine, "n")
    else:
        assert [False] == stored
        assert [0] == column(engine, "n")
    log(engine, {"n": 4, "new": 2})
    assert 4 == column(engine, "n")[-1]
    engine.close()


def stored_block(block):
    """Whether a block ended without an error; another error than ours goes through."""
    try:
        block()
    except StorageError:
        return False
    return True


def test_a_block_without_a_note_whose_outcome_was_lost_may_be_stored(url, lost_commit, monkeypatch):
    """A role that may write no note is told so, and nothing begins the block anew."""
    engine = opened(url)
    log(engine, {"n": 0})
    monkeypatch.setattr(engine._receipts, "_put", lambda connection: None)

    def block():
        with engine.transaction():
            log(engine, {"n": 1})
            lost_commit()

    with pytest.raises(StorageError, match="not known whether it was done") as caught:
        block()
    assert not isinstance(caught.value, InterruptedWriteError)
    engine.close()


def test_a_change_whose_outcome_was_lost_is_made_once_and_counted(url, lost_commit):
    """Made again, it would find nothing of what it changed, or what others stored since."""
    engine = opened(url)
    log(engine, *({"n": n} for n in range(5)))
    lost_commit()
    assert 1 == engine.update("default", {"n": 9}, (where("n", 3),))
    assert [0, 1, 2, 9, 4] == column(engine, "n")
    engine.close()


def test_rows_that_are_deleted_while_the_outcome_is_lost_are_counted(url, lost_commit):
    """Made again, a deletion would find no row."""
    engine = opened(url)
    log(engine, *({"n": n} for n in range(5)))
    lost_commit()
    assert 3 == engine.delete("default", (where("n", 2, "<="),))
    assert [3, 4] == column(engine, "n")
    engine.close()


def test_a_block_that_writes_nothing_leaves_nothing(url):
    """Not even a table."""
    engine = opened(url)
    with engine.transaction():
        pass
    engine.drop("default")
    assert not engine.tables()
    assert not engine.connections.read(engine.catalog.exists)
    engine.close()


def test_a_role_with_rights_to_rows_alone_changes_them(url):
    """It writes no note, as it may not; what it changes may be changed again."""
    engine = opened(url)
    log(engine, {"n": 1})
    schema = engine.address.schema
    for sql in (
        f"CREATE ROLE rows_{schema} LOGIN",
        f"GRANT USAGE ON SCHEMA {schema} TO rows_{schema}",
        f"GRANT SELECT ON ALL TABLES IN SCHEMA {schema} TO rows_{schema}",
        f'GRANT UPDATE, DELETE ON {schema}."default" TO rows_{schema}',
    ):
        engine.connection.execute(sql)
    other = opened(url.replace("postgres:@", f"rows_{schema}@"))
    assert 1 == other.update("default", {"n": 2}, ())
    assert 1 == other.delete("default", (where("n", 2),))
    other.close()
    engine.close()


def test_what_is_noted_of_transactions_does_not_grow(url):
    """An engine keeps the note of its last one; those of engines before it go after a day."""
    engine = opened(url)
    for n in range(3):
        log(engine, {"n": n})
        engine.update("default", {"n": 9}, ())
    notes = "SELECT count(*) FROM xetrack_meta WHERE name <> 'format'"
    assert (1,) == engine.connection.execute(notes).fetchone()
    engine.connection.execute("UPDATE xetrack_meta SET value = value - 90000 WHERE value > 1")
    other = opened(url)
    other.update("default", {"n": 8}, ())
    assert (1,) == engine.connection.execute(notes).fetchone()
    other.close()
    engine.close()
