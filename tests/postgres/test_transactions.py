"""What a transaction does here beyond what `xetrack_testing` asks of every engine."""

from __future__ import annotations

import threading
import time

import pytest

from tests.core.sqlite.test_transactions import (  # noqa: F401
    test_a_fork_within_a_block_stores_nothing_of_it,
    test_changes_may_be_a_part_of_a_block,
    test_what_a_fork_has_cut_is_begun_anew,
    test_what_fails_within_a_block_takes_nothing_else_along,
)
from tests.postgres.engines import log, opened


@pytest.fixture
def any_engine(engine):
    """What tests of SQLite run in memory too."""
    return engine


def test_a_table_that_others_made_is_seen_whatever_isolation_is_the_default(url, by_hand):
    """A server, a role or a URL may ask for one that sees what was there before a lock came."""
    first, second = (
        opened(f"{url}&options=-cdefault_transaction_isolation%3Dserializable") for _ in range(2)
    )
    failed = []

    def late():
        try:
            log(second, {"x": 1})
        except BaseException as error:
            failed.append(error)
            raise

    thread = threading.Thread(target=late)
    waiting = "SELECT 1 FROM pg_locks WHERE NOT granted AND locktype = 'advisory'"
    with first.transaction():
        log(first, {"x": 0})
        thread.start()
        while thread.is_alive() and not by_hand(waiting):
            time.sleep(0.01)
    thread.join()
    assert failed == []
    assert first.count("default") == 2
    first.close()
    second.close()
