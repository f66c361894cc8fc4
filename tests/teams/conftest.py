"""A server of PostgreSQL that may be killed."""

from tests.postgres.conftest import mortal, schema

__all__ = ["mortal", "schema"]
