"""JSON for files: strict, and with infinities that come back."""

from __future__ import annotations

import json
import re

from xetrack_cli.render.cells import json_value

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|Infinity')


def json_text(value: object) -> str:
    """Write a value as JSON in one line.

    Parameters
    ----------
    value
        What `json_value` takes.
    """
    text = json.dumps(json_value(value, infinite=True), ensure_ascii=False)
    if "Infinity" in text:
        # JSON has no infinity; most readers take a number that is too large for one.
        text = _TOKEN.sub(lambda match: "1e999" if match[0] == "Infinity" else match[0], text)
    return text
