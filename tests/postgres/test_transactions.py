"""What a transaction does here beyond what `xetrack.testing` asks of every engine."""

from __future__ import annotations

import pytest

from tests.core.sqlite.test_transactions import (  # noqa: F401
    test_a_fork_within_a_block_stores_nothing_of_it,
    test_changes_may_be_a_part_of_a_block,
    test_what_fails_within_a_block_takes_nothing_else_along,
)


@pytest.fixture
def any_engine(engine):
    """What tests of SQLite run in memory too."""
    return engine
