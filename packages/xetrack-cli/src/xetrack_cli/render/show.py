"""Show what a command returned, in the form that the user asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xetrack.errors.escapes import escaped
from xetrack_cli import messages, results
from xetrack_cli.render.cells import text_of
from xetrack_cli.render.data import write_json
from xetrack_cli.render.markdown import markdown
from xetrack_cli.render.model import (
    Drawing,
    FileContent,
    Lines,
    Report,
    Stream,
    Table,
    Verbatim,
)

if TYPE_CHECKING:
    from typing import TextIO

    from xetrack.interfaces.rows.formats import Format
    from xetrack_cli.render.model import OutputFormat, Renderable


def show(result: Renderable, form: OutputFormat) -> bool:
    """Write a result to stdout, and its notes and failure to stderr.

    Parameters
    ----------
    result
        What a command returned.
    form
        See `chosen_format`.

    Returns
    -------
    bool
        False if the command failed all the same.
    """
    out = results.stdout()
    if out is None:  # closed by the shell: `xt ... >&-`
        return _succeeded(result)
    if isinstance(result, Stream):
        from xetrack_cli.render.stream import write  # noqa: PLC0415 - for one command

        write(result, form, out)
    elif form.writer is not None:
        _data(result, form.writer, out, is_json=form.json)
    elif isinstance(result, Report):
        for number, part in enumerate(result.parts):
            if number:
                out.write("\n")
            _readable(part, out, is_markdown=form.markdown)
    elif isinstance(result, Drawing):
        _drawing(result, out)
    else:
        _readable(result, out, is_markdown=form.markdown)
    return _succeeded(result)


def _succeeded(result: Renderable) -> bool:
    table = result.table if isinstance(result, Drawing) else result
    parts = table.parts if isinstance(table, Report) else (table,)
    failures = [part.failure for part in parts if isinstance(part, Table) and part.failure]
    for failure in failures:
        messages.error(failure)
    return not failures


def _drawing(drawing: Drawing, out: TextIO) -> None:
    """Fit a drawing to the terminal; in a pipe it is as wide as terminals were."""
    from shutil import get_terminal_size  # noqa: PLC0415 - it loads three compressors

    looked_at = messages.is_terminal(out)
    columns, lines = get_terminal_size() if looked_at else _IN_A_PIPE
    below = len(drawing.summary.splitlines()) + _PROMPT
    out.write(drawing.draw(columns, lines - below, looked_at and messages.wants_color()))
    if drawing.summary:
        out.write(f"\n{drawing.summary}\n")


_IN_A_PIPE = (80, 32)
_PROMPT = 3
"""Lines of a terminal that a drawing leaves free."""


def _readable(result: Renderable, out: TextIO, *, is_markdown: bool) -> None:
    if isinstance(result, Table):
        _table(result, out, is_markdown=is_markdown)
    elif isinstance(result, Lines):
        out.writelines(f"{text_of(value)}\n" for value in result.values)
    elif isinstance(result, str):
        text = escaped(result, keep="\n")
        out.write((messages.wrapped(text) if messages.is_terminal(out) else text) + "\n")
    elif isinstance(result, Verbatim):
        out.write(result.text)
    elif isinstance(result, FileContent):
        _content(result, out)


def _content(content: FileContent, out: TextIO) -> None:
    """Write bytes where they may matter to a program, as to `git apply`."""
    buffer = getattr(out, "buffer", None)
    if messages.is_terminal(out) or buffer is None:
        out.write(escaped(content.text, keep="\n\t"))
        return
    out.flush()
    buffer.write(content.text.encode("utf-8", "surrogateescape"))
    buffer.flush()


def _table(table: Table, out: TextIO, *, is_markdown: bool) -> None:
    if table.names:
        if messages.is_terminal(out) and not is_markdown:
            from xetrack_cli.render.drawn import draw  # noqa: PLC0415 - rich

            _note_hidden(draw(table, out), table)
        else:
            out.writelines(f"{line}\n" for line in markdown(table))
    if not table.rows:
        out.flush()
        messages.note("No rows.")


def _note_hidden(hidden: list[str], table: Table) -> None:
    if hidden:
        choose = "Choose some with --columns, or see" if table.selectable else "See"
        are = "is" if len(hidden) == 1 else "are"
        messages.note(
            f"{len(hidden)} of {len(table.names)} columns {are} left out: {', '.join(hidden)}. "
            f"{choose} everything with --json or | less."
        )


def _data(result: Renderable, writer: Format, out: TextIO, *, is_json: bool) -> None:
    if isinstance(result, Report):
        for part in result.parts:
            if isinstance(part, str):
                messages.note(part)
    if isinstance(result, Report | Drawing):
        result = result.table
    if isinstance(result, Table):
        writer.write(result.names, result.rows, out)
        return
    if isinstance(result, FileContent):
        result = Lines(result.name, [result.text])
    text = result.text if isinstance(result, Verbatim) else result
    lines = text if isinstance(text, Lines) else Lines("message", [text] if text else [])
    if is_json:  # values that stand for themselves, and no objects
        write_json(lines.values, out)
    else:
        writer.write([lines.name], ([value] for value in lines.values), out)
