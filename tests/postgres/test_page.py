"""The pages on PostgreSQL run as they stand there, but for the server's address."""

from __future__ import annotations

import pytest

from tests.docs.test_pages import run_page


@pytest.mark.parametrize(
    ("page", "address", "mark"),
    [
        ("docs/howto/postgres.md", "postgresql://me@db.example.org/runs?", "&"),
        ("packages/xetrack-postgres/README.md", "postgresql://me@db.example.org/runs", ""),
    ],
)
def test_a_page_runs(page, address, mark, server, tmp_path):
    """Rows are logged, spooled, read and copied."""
    assert not run_page(page, tmp_path, address, server.url + mark)
