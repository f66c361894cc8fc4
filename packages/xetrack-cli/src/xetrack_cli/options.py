"""The arguments and options that commands share, as annotations for cyclopts."""

import csv
from collections.abc import Sequence
from typing import Annotated, Any, TypeAlias

from cyclopts import Parameter


def _names(_: Any, tokens: Sequence[Any]) -> tuple[str, ...]:
    """Split at commas; a name that holds a comma is quoted as in CSV."""
    return tuple(name for row in csv.reader(token.value for token in tokens) for name in row)


def _from_zero(_: Any, value: int) -> None:
    if value < 0:
        raise ValueError("Give 0 or more.")


Database: TypeAlias = Annotated[str, Parameter(help="Path or URL of the database.")]

Engine: TypeAlias = Annotated[
    str | None,
    Parameter(help="Storage engine; by default the one that the file belongs to."),
]

TableName: TypeAlias = Annotated[str, Parameter(help="The table to read.")]

TrackId: TypeAlias = Annotated[str | None, Parameter(help="Only the rows of this run.")]

Count: TypeAlias = Annotated[
    int, Parameter(name=("--n", "-n"), validator=_from_zero, help="How many rows.")
]

Columns: TypeAlias = Annotated[
    tuple[str, ...] | None,
    Parameter(
        help="Only these columns, in this order: a,b,c.",
        converter=_names,
        n_tokens=1,
        accepts_keys=False,
        negative="",
    ),
]

_OUTPUT: Any = {"negative": "", "group": "Output", "show_default": False}

AsJson: TypeAlias = Annotated[
    bool, Parameter(name="--json", **_OUTPUT, help="Print one JSON array.")
]

AsCsv: TypeAlias = Annotated[bool, Parameter(name="--csv", **_OUTPUT, help="Print CSV.")]

Raw: TypeAlias = Annotated[
    bool,
    Parameter(name="--raw", **_OUTPUT, help="With --csv: do not put ' before formulas."),
]
