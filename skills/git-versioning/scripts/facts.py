"""What the annotation of an experiment's tag says: ``accuracy=0.89 | model=bert | rate=0.1``.

One line, so that ``git tag -n`` shows all of it. A text that would read as something else stands
in JSON's quotes, so every fact is read as it was written.
"""

from __future__ import annotations

import json
import re
from typing import Any

FACT = re.compile(r'\s*([^=|\s]+)=("(?:[^"\\]|\\.)*"|[^|]*?)\s*(?:\||$)')
WORDS = {"true": True, "false": False}


def written(facts: dict[str, Any]) -> str:
    """Return facts as one line."""
    return " | ".join(f"{name}={_text(value)}" for name, value in facts.items())


def read(line: str) -> dict[str, Any]:
    """Return the facts of a line; none when anybody's own words stand there."""
    facts = {}
    at = 0
    while at < len(line):
        found = FACT.match(line, at)
        if not found:
            return {}
        facts[found[1]] = _value(found[2])
        at = found.end()
    return facts


def _text(value: object) -> str:
    if isinstance(value, str):
        plain = value.isprintable() and value == value.strip() and not set(value) & set('|"')
        return value if plain and value and _value(value) == value else json.dumps(value)
    return str(value).lower() if isinstance(value, bool) else repr(value)


def _value(text: str) -> Any:
    if text in WORDS:
        return WORDS[text]
    if text.startswith('"'):
        try:
            return json.loads(text)
        except ValueError:
            return text
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text


if __name__ == "__main__":
    from console import not_a_script

    not_a_script(__file__)
