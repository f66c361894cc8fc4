"""`xt runs`, `xt show` and `xt compare`."""

from typing import Annotated, Any

from attrs import define, field
from cyclopts import Parameter

from xetrack.interfaces.query import Condition
from xetrack.model.names import OWN, TRACK_ID
from xetrack_cli.messages import UsageError
from xetrack_cli.options import ALL, ANY, Count, Database, Filter, Run, Source
from xetrack_cli.queries.run_summary import ends, span, spans
from xetrack_cli.queries.statistics import Summary
from xetrack_cli.queries.table_query import asking
from xetrack_cli.render.cells import Pairs, counted, is_number
from xetrack_cli.render.model import Report, Table


def runs(db: Database, /, *, n: Count = 10, rows: Filter = ALL) -> Table:
    """Show the runs that ended last, a line each, the latest at the end.

    `params` is what the first and the last row of a run have in common, `results` what else its
    last row says.
    """
    with asking(db, rows) as asked:
        found = spans(asked, n)
        cells = [
            (
                one.track_id,
                one.rows,
                one.first,
                one.last,
                one.seconds,
                *map(_pairs, ends(asked, one.track_id)),
            )
            for one in found
        ]
    names = ("track_id", "rows", "first", "last", "seconds", "params", "results")
    return Table(names=names, rows=cells, least=_LEGIBLE)


_LEGIBLE = 20
"""Places below which params and results say nothing."""

_CALL = ("function_name", "args", "kwargs", "error", "function_time")
"""What is recorded of every tracked call."""


def _pairs(values: dict[str, Any]) -> Pairs:
    """Bring what says most in little room to the front: numbers, short texts, the call."""

    def place(item: tuple[str, Any]) -> tuple[bool, int]:
        name, value = item
        return name in _CALL, 0 if is_number(value) else len(str(value))

    return Pairs(sorted(values.items(), key=place))


@define
class Told:
    """What a run says in one column."""

    first: Any = None
    last: Any = None
    summary: Summary = field(factory=Summary)

    def add(self, cells: Any) -> None:
        """Take more cells."""
        present = [cell for cell in cells if cell is not None]
        if present:
            self.first = present[0] if self.first is None else self.first
            self.last = present[-1]
        self.summary.add(cells)


def show(db: Database, track_id: Run, /, *, source: Source = ANY) -> Report:
    """Show a run: its columns that hold something, from the first value to the last."""
    with asking(db, source) as asked:
        one = span(asked, track_id)
        asked.where = (Condition(TRACK_ID, "=", track_id),)
        told = {name: Told() for name in asked.columns if name not in OWN}
        for batch in asked.batches([*told]) if told else ():
            for each, cells in zip(told.values(), batch, strict=True):
                each.add(cells)
    lasted = "" if one.seconds is None else f", {one.seconds:.6g} seconds"
    return Report(
        (
            f"Run {track_id}: {counted(one.rows, 'row')} from {one.first} to {one.last}{lasted}",
            Table(
                names=("column", "last", "first", "min", "mean", "max"),
                rows=[
                    (
                        name,
                        each.last,
                        each.first,
                        each.summary.least,
                        each.summary.average,
                        each.summary.most,
                    )
                    for name, each in told.items()
                    if each.last is not None
                ],
            ),
        )
    )


def compare(
    db: Database,
    /,
    *track_ids: Annotated[str, Parameter(name="TRACK_ID", help="Two runs or more.")],
    differing: Annotated[
        bool, Parameter(help="Leave out what is the same.", negative="", show_default=False)
    ] = False,
    source: Source = ANY,
) -> Table:
    """Show runs side by side, and mark what differs.

    Of each run there are the params, and what else its last row says.
    """
    chosen = tuple(dict.fromkeys(track_ids))
    if len(chosen) < 2:  # noqa: PLR2004 - a comparison is of two at least
        raise UsageError("TRACK_ID is missing: give two different runs. See: xt compare --help")
    with asking(db, source) as asked:
        found = [span(asked, one) for one in chosen]
        last = [{**params, **rest} for params, rest in (ends(asked, one) for one in chosen)]
    lines: list[tuple[str, list[Any]]] = [
        ("rows", [one.rows for one in found]),
        ("seconds", [one.seconds for one in found]),
        *(
            (name, [one.get(name) for one in last])
            for name in asked.columns
            if any(name in one for one in last)
        ),
    ]
    rows = [(name, _differ(cells), *cells) for name, cells in lines]
    if differing:
        rows = [row for row in rows if row[1]]
    return Table(
        names=("column", "differs", *chosen),
        rows=rows,
        marked=frozenset(at for at, row in enumerate(rows) if row[1]),
    )


def _differ(cells: list[Any]) -> bool:
    return len({repr(cell) for cell in cells}) > 1
