"""Contracts for backends that go away, and come back: what each part, and xetrack on it, does."""

from __future__ import annotations

from xetrack_testing.outages.away import displaced

__all__ = ["displaced"]
