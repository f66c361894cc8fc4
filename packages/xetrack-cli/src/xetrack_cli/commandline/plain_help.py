"""Help pages for pipes, without frames and colours, whose lines break between words."""

from __future__ import annotations

from textwrap import fill
from typing import TYPE_CHECKING

from cyclopts.help import PlainFormatter

if TYPE_CHECKING:
    from rich.console import Console


class WrappedFormatter(PlainFormatter):
    """Prints each paragraph of a page in lines that fit.

    The formatter of cyclopts breaks a description, puts the name of its option in front, and leaves
    it to rich to break that again, in the middle of its lines.
    """

    def _print_plain(self, console: Console, text: str) -> None:
        indent = " " * (len(text) - len(text.lstrip()))
        deeper = f"{indent}    " if indent else ""
        paragraphs = (
            fill(
                " ".join(paragraph.split()),
                console.width,
                initial_indent=indent,
                subsequent_indent=deeper,
                break_long_words=False,
                break_on_hyphens=False,
            )
            for paragraph in text.split("\n\n")
        )
        console.print("\n\n".join(paragraphs), highlight=False, markup=False, soft_wrap=True)
