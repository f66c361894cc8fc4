"""The formats of output by name: those of `xt` itself, and those of plugins."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from xetrack.errors import PluginError, UnknownComponentError, XetrackError
from xetrack.errors.escapes import escaped
from xetrack.interfaces.component import PartKind
from xetrack.interfaces.rows.formats import Format
from xetrack.model.locations import shown_error
from xetrack.plugins.hints import FORMATS
from xetrack.plugins.registry import registry
from xetrack.process.signal_handlers import is_of_handler
from xetrack_cli import messages
from xetrack_cli.render.data import to_dicts, write_csv, write_json
from xetrack_cli.render.model import OutputFormat

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import TextIO

OWN = TABLE, MARKDOWN, JSON, CSV = FORMATS
"""The formats that `xt` has itself, which a plugin cannot replace."""


class JsonFormat(Format):
    """One JSON array, an object a row."""

    def write(self, names: Sequence[str], rows: Iterable[Sequence[Any]], out: TextIO) -> None:
        """Write a table; see `Format.write`."""
        write_json(to_dicts(names, rows), out)


class CsvFormat(Format):
    """CSV with a line of names; the option ``raw`` leaves formulas as they are."""

    def write(self, names: Sequence[str], rows: Iterable[Sequence[Any]], out: TextIO) -> None:
        """Write a table; see `Format.write`."""
        write_csv(names, rows, out, raw=bool(self.options.get("raw")))


class PluginFormat(Format):
    """A format of a plugin, which is blamed for what it raises, and cannot control a terminal.

    Parameters
    ----------
    name
        Its name.
    """

    def __init__(self, name: str) -> None:
        super().__init__({})
        self._name = name
        self._distribution = _distribution_of(name)
        cls = registry().load(PartKind.FORMAT, name)
        try:
            self._format = cls({})
        except (Exception, SystemExit) as error:
            if is_of_handler(error):
                raise
            raise self._blamed(error) from error

    def write(self, names: Sequence[str], rows: Iterable[Sequence[Any]], out: TextIO) -> None:
        """Write a table; see `Format.write`.

        Raises
        ------
        PluginError
            The format raised what no format should.
        """
        shown: Any = _Escaping(out) if messages.is_terminal(out) else out
        try:
            self._format.write(names, rows, shown)
        except XetrackError:
            raise
        except (Exception, SystemExit) as error:
            if _is_of_output(error) or is_of_handler(error):
                raise
            raise self._blamed(error) from error

    def _blamed(self, error: BaseException) -> PluginError:
        reason = shown_error(error)
        return PluginError(self._distribution, f"its format {self._name!r} raised {reason}")


class _Escaping(io.TextIOBase):
    """Writes to a terminal without what would control it."""

    def __init__(self, out: TextIO) -> None:
        self._out = out

    def write(self, text: str, /) -> int:
        self._out.write(escaped(text, keep="\n\t"))
        return len(text)

    def flush(self) -> None:
        self._out.flush()


def _is_of_output(error: BaseException) -> bool:
    """Return True for an error of writing to what is open: whoever reads from us may have enough.

    One of a file that the format opens names the file.
    """
    return isinstance(error, OSError) and error.errno is not None and error.filename is None


def _distribution_of(name: str) -> str:
    """Return the name of the distribution that offers a format."""
    return next(
        (
            status.distribution
            for status in registry().statuses()
            if (status.kind, status.name) == (PartKind.FORMAT, name)
        ),
        name,
    )


def chosen_format(
    name: str | None, *, json: bool = False, csv: bool = False, raw: bool = False
) -> OutputFormat:
    """Return the form of output that a user asked for.

    Parameters
    ----------
    name
        The name of a format; None for a table, or what the others say.
    json, csv
        Short for the formats of these names.
    raw
        In CSV: leave what looks like a formula as it is.

    Raises
    ------
    UsageError
        More than one is asked for.
    UnknownComponentError
        There is no format of that name.
    PluginError
        The plugin that offers it cannot be used.
    """
    flags = [flag for flag, is_set in ((JSON, json), (CSV, csv)) if is_set]
    if len(flags) > 1:
        raise messages.UsageError("--json and --csv exclude each other. Give one of them.")
    if name is not None and flags:
        raise messages.UsageError(
            f"--{flags[0]} and --format exclude each other. Give one of them."
        )
    name = name if name is not None else (flags[0] if flags else TABLE)
    if name == JSON:
        return OutputFormat(json=True, writer=JsonFormat({}))
    if name == CSV:
        return OutputFormat(csv=True, raw=raw, writer=CsvFormat({"raw": raw}))
    if name in OWN:
        return OutputFormat(markdown=name == MARKDOWN)
    try:
        return OutputFormat(writer=PluginFormat(name))
    except UnknownComponentError as error:
        raise UnknownComponentError("format", name, [*OWN, *error.known]) from error
