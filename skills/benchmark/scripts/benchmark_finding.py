"""What a check found."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any, Literal, TypeAlias

from benchmark_command import paragraph

State: TypeAlias = Literal["ok", "note", "problem"]

_INDENT = " " * 20
_LONGEST = 200
"""Characters that are shown of an example; JSON has all of it."""


@dataclass(frozen=True)
class Finding:
    """One line of a report."""

    check: str
    state: State
    """``note``: good to know; ``problem``: the benchmark cannot be relied on."""
    found: str
    hint: str = ""
    """What to do next."""
    examples: list[str] = field(default_factory=list)
    count: int = 0
    """How many there are, where they can be counted."""

    def facts(self) -> dict[str, Any]:
        """Return it for programs."""
        return asdict(self)

    def shown(self) -> str:
        """Return it for people, with what to do in a line of its own."""
        lines = [paragraph(self.found, _INDENT, f"{self.state:<8}{self.check:<12}")]
        cut = (one if len(one) <= _LONGEST else f"{one[:_LONGEST]}…" for one in self.examples)
        lines += [paragraph(one, f"{_INDENT}  ", f"{_INDENT}- ") for one in cut]
        if self.hint:
            lines.append(paragraph(self.hint, _INDENT))
        return "\n".join(lines)
