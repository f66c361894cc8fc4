"""The arguments and options that commands share, as annotations and classes for cyclopts.

A command takes one of the classes as its last parameter; cyclopts makes its fields options.
"""

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, Literal, TypeAlias

from attrs import frozen
from cyclopts import Parameter

from xetrack.model.kinds import INT64
from xetrack.model.names import DEFAULT_TABLE
from xetrack_cli.commands import DEFAULT_DB
from xetrack_cli.messages import UsageError


def _names(_: Any, tokens: Sequence[Any]) -> tuple[str, ...]:
    """Split at commas; a name that holds a comma is quoted as in CSV."""
    names = tuple(name for row in csv.reader(token.value for token in tokens) for name in row)
    if not all(names) or not names:
        raise ValueError("Give names of columns: a,b,c.")
    return names


def _from_zero(_: Any, value: int | None) -> None:
    if value is None:
        return
    if value < 0:
        raise ValueError("Give 0 or more.")
    if value >= INT64:
        raise ValueError("No table has so many rows.")


def _few(_: Any, value: int) -> None:
    if not 1 <= value <= _MOST:
        raise ValueError(f"Give 1 to {_MOST}.")


_MOST = 1_000


_FLAG: Any = {"negative": "", "show_default": False}
_MANY: Any = {
    "metavar": "COLUMNS",
    "converter": _names,
    "n_tokens": 1,
    "accepts_keys": False,
    "allow_leading_hyphen": True,
    "negative": "",
    "show_default": False,
}

Location: TypeAlias = str | Path
"""A text, as it was typed; shells complete it as a path."""

Database: TypeAlias = Annotated[
    Location, Parameter(help=f"Path or URL of the database; by default {DEFAULT_DB}.")
]

RUN_FORMS = "its id, the beginning of it, its name, or @1 for the newest"

Run: TypeAlias = Annotated[str, Parameter(name="RUN", help=f"The run: {RUN_FORMS}.")]

Count: TypeAlias = Annotated[
    int, Parameter(name=("--n", "-n"), metavar="N", validator=_from_zero, help="How many rows.")
]

CountOrNone: TypeAlias = Annotated[
    int | None, Parameter(name=("--n", "-n"), metavar="N", validator=_from_zero, show_default=False)
]

Few: TypeAlias = Annotated[int, Parameter(validator=_few)]

Columns: TypeAlias = Annotated[
    tuple[str, ...] | None, Parameter(help="Only these columns, in this order: a,b,c.", **_MANY)
]

Comparison: TypeAlias = Literal["=", "!=", "<", "<=", ">", ">=", "eq", "ne", "lt", "le", "gt", "ge"]

Yes: TypeAlias = Annotated[bool, Parameter(name=("--yes", "-y"), help="Do not ask.", **_FLAG)]


EngineName: TypeAlias = Annotated[
    str | None,
    Parameter(metavar="NAME", help="Storage engine; by default the one that the file belongs to."),
]


@Parameter(name="*")
@frozen(kw_only=True)
class Source:
    """Which table of a database, and how it is opened."""

    engine: EngineName = None
    table: Annotated[
        str | None,
        Parameter(
            metavar="NAME",
            help='The table; by default the one named "default", else the only one.',
            allow_leading_hyphen=True,
        ),
    ] = None

    @property
    def target(self) -> str:
        """The table that new rows go to."""
        return self.table or DEFAULT_TABLE


@Parameter(name="*")
@frozen(kw_only=True)
class Filter(Source):
    """Which rows of a table."""

    track_id: Annotated[
        str | None,
        Parameter(
            metavar="RUN",
            help=f"Only the rows of this run: {RUN_FORMS}.",
            allow_leading_hyphen=True,
        ),
    ] = None
    where: Annotated[
        tuple[tuple[str, Comparison, str], ...],
        Parameter(
            metavar="COLUMN OP VALUE",
            help="Only rows where this holds: COLUMN OP VALUE, OP one of = != < <= > >= or "
            "eq ne lt le gt ge, which need no quotes. May be repeated.",
            negative="",
            show_default=False,
            show_choices=False,
            allow_leading_hyphen=True,
        ),
    ] = ()


@Parameter(name="*")
@frozen(kw_only=True)
class Rows(Filter):
    """Which rows and columns of a table, in which order."""

    columns: Columns = None
    sort: Annotated[
        str | None,
        Parameter(
            metavar="COLUMN",
            help="Sort by this column; else rows come as they were logged.",
            allow_leading_hyphen=True,
        ),
    ] = None
    desc: Annotated[bool, Parameter(help="Sort downwards.", **_FLAG)] = False

    def __attrs_post_init__(self) -> None:
        if self.desc and self.sort is None:
            raise UsageError("--desc needs a column: add --sort COLUMN.")


ANY, ALL, ROWS = Source(), Filter(), Rows()
"""What commands take where nothing else is typed."""

_OUTPUT: Any = {**_FLAG, "group": "Output"}

AsJson: TypeAlias = Annotated[
    bool, Parameter(name="--json", **_OUTPUT, help="Print one JSON array.")
]

AsCsv: TypeAlias = Annotated[bool, Parameter(name="--csv", **_OUTPUT, help="Print CSV.")]

FormatName: TypeAlias = Annotated[
    str | None,
    Parameter(
        name="--format",
        metavar="FORMAT",
        group="Output",
        show_default=False,
        help="Print as table, markdown, json, csv, or a format that a plugin offers.",
    ),
]

Raw: TypeAlias = Annotated[
    bool,
    Parameter(name="--raw", **_OUTPUT, help="With --csv: do not put ' before formulas."),
]
