"""Show what a command returned, in the form that the user asked for."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from xetrack.errors.escapes import escaped
from xetrack_cli import messages
from xetrack_cli.render.cells import text_of
from xetrack_cli.render.data import objects, write_csv, write_json
from xetrack_cli.render.markdown import markdown
from xetrack_cli.render.model import Drawing, Lines, Report, Stream, Table, Verbatim

if TYPE_CHECKING:
    from typing import TextIO

    from xetrack_cli.render.model import Form, Shown


def show(shown: Shown, form: Form) -> bool:
    """Write a result to stdout, and what is to be said of it to stderr.

    Returns
    -------
    bool
        Whether the command did what it was asked for.

    Raises
    ------
    UsageError
        Both JSON and CSV are asked for.
    """
    if form.json and form.csv:
        raise messages.UsageError("--json and --csv exclude each other. Give one of them.")
    out = sys.stdout
    if out is None:  # closed by the shell: `xt ... >&-`
        return _succeeded(shown)
    if isinstance(shown, Stream):
        from xetrack_cli.render.stream import write  # noqa: PLC0415 - for one command

        write(shown, form, out)
    elif form.json or form.csv:
        _data(shown, form, out)
    elif isinstance(shown, Report):
        for number, part in enumerate(shown.parts):
            if number:
                out.write("\n")
            _readable(part, out)
    elif isinstance(shown, Drawing):
        _drawing(shown, out)
    else:
        _readable(shown, out)
    return _succeeded(shown)


def _succeeded(shown: Shown) -> bool:
    failure = shown.failure if isinstance(shown, Table) else ""
    if failure:
        messages.error(failure)
    return not failure


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


def _readable(shown: Shown, out: TextIO) -> None:
    if isinstance(shown, Table):
        _table(shown, out)
    elif isinstance(shown, Lines):
        out.writelines(f"{text_of(value)}\n" for value in shown.values)
    elif isinstance(shown, str):
        out.write(escaped(shown, keep="\n") + "\n")
    elif isinstance(shown, Verbatim):
        out.write(shown.text)


def _table(table: Table, out: TextIO) -> None:
    if table.names:
        if messages.is_terminal(out):
            from xetrack_cli.render.drawn import draw  # noqa: PLC0415 - rich

            _tell_hidden(draw(table, out), table)
        else:
            out.writelines(f"{line}\n" for line in markdown(table))
    if not table.rows:
        out.flush()
        messages.note("No rows.")


def _tell_hidden(hidden: list[str], table: Table) -> None:
    if hidden:
        choose = "Choose some with --columns, or see" if table.numbered else "See"
        messages.note(
            f"{len(hidden)} of {len(table.names)} columns are left out: {', '.join(hidden)}. "
            f"{choose} everything with --json or | less."
        )


def _data(shown: Shown, form: Form, out: TextIO) -> None:
    if isinstance(shown, Report):
        for part in shown.parts:
            if isinstance(part, str):
                messages.note(part)
    if isinstance(shown, Report | Drawing):
        shown = shown.table
    if isinstance(shown, Table):
        if form.json:
            write_json(objects(shown.names, shown.rows), out)
        else:
            write_csv(shown.names, shown.rows, out, raw=form.raw)
        return
    text = shown.text if isinstance(shown, Verbatim) else shown
    lines = text if isinstance(text, Lines) else Lines("message", [text] if text else [])
    if form.json:
        write_json(lines.values, out)
    else:
        write_csv([lines.name], ([value] for value in lines.values), out, raw=form.raw)
