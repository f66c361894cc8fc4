"""The reference of `xt`, in Markdown, from the application itself."""

from __future__ import annotations

from xetrack_cli.commandline.app import build
from xetrack_cli.commandline.plugin_commands import commands_for


def commands() -> str:
    """Write the reference of all commands, those of `xt` itself first.

    Returns
    -------
    str
        Markdown with a section for each command: its docstring, arguments and options.
    """
    components = commands_for([])
    sections = []
    for name in components:
        words = name.split()
        app = build(components, words)
        for word in words:
            app = app[word]
        text = app.generate_docs(output_format="markdown", usage_name=f"xt {name}")
        _, _, body = text.partition("\n")  # its heading has the last word only
        sections.append(f"## xt {name}\n{body}")
    return "\n\n".join(sections)
