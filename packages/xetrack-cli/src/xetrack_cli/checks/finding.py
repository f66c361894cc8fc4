"""What a check of `xt doctor` reports."""

from __future__ import annotations

from typing import Literal, TypeAlias

from attrs import frozen

State: TypeAlias = Literal["ok", "note", "problem"]


@frozen
class Finding:
    """One line of `xt doctor`."""

    check: str
    state: State
    """``note``: good to know; ``problem``: it has to be mended."""
    detail: str
    """The facts; for a problem, with what to do."""
