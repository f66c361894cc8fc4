"""The reference of `xt`, in Markdown, from the application itself."""

from __future__ import annotations

from xetrack_cli.commandline.app import build
from xetrack_cli.commandline.plugin_commands import commands_for

MARK = "<!-- commands -->"
"""Where a page has it, the commands stand."""


def commands() -> str:
    """Describe each command by its own docstring, its arguments and options; built-ins first."""
    known = commands_for([])
    sections = []
    for name in known:
        words = name.split()
        app = build(known, words)
        for word in words:
            app = app[word]
        text = app.generate_docs(output_format="markdown", usage_name=f"xt {name}")
        _, _, body = text.partition("\n")  # its heading has the last word only
        sections.append(f"## xt {name}\n{body}")
    return "\n\n".join(sections)
