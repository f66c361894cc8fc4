"""The engine that keeps no rows keeps the promises about tables and columns."""

from __future__ import annotations

from xetrack.builtin.null import SkipEngine
from xetrack_testing import SchemaContract


class TestSkip(SchemaContract):
    engine_class = SkipEngine
