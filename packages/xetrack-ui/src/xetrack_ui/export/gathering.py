"""The answers that a page in a file needs: those of one table, for some of its runs."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from xetrack.errors import XetrackError
from xetrack.interfaces.engines.series import SeriesQuery, read_series
from xetrack.model.names import DEFAULT_TABLE
from xetrack_ui.answers import ROUTES
from xetrack_ui.answers.question import Question, answered
from xetrack_ui.answers.run import number_columns
from xetrack_ui.answers.series import pack
from xetrack_ui.errors import ExportError
from xetrack_ui.export.points import pack_points
from xetrack_ui.values.cells import encode

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from xetrack.interfaces.engine import Engine
    from xetrack_ui.answers.question import Download
    from xetrack_ui.tables.workspace import Workspace

LATEST = 100
"""Runs that are exported where none is named."""

ROWS = 1_000
"""Rows that are exported at most."""

_TABLE = "/api/db/{db}/{table}"


def component(text: str) -> str:
    """Return a text as JavaScript's ``encodeURIComponent`` writes it.

    Parameters
    ----------
    text
        Any text; what UTF-8 cannot hold becomes ``?``.
    """
    return quote(text, safe="!'()*-._~", errors="replace")


def item(text: str) -> str:
    """Return a text as an item of a list in a parameter.

    Parameters
    ----------
    text
        Any text; its ``,`` and ``%`` are escaped.
    """
    return text.replace("%", "%25").replace(",", "%2C")


@dataclass
class Gathering:
    """Asks for answers, and keeps them by what the page will ask for."""

    workspace: Workspace
    table: str = ""
    """The table; by default the one that the page opens with, else the default table, or the first
    that there is."""
    wanted: Sequence[str] = ()
    """Runs, as a user types them; the latest where there are none."""
    requests: dict[str, Any] = field(default_factory=dict)
    runs: list[str] = field(default_factory=list)
    """Ids of the runs."""
    metrics: list[str] = field(default_factory=list)
    axes: dict[str, str] = field(default_factory=dict)
    """The preferred x of metrics that have one."""
    points: int = 0
    """The largest number of rows of a run."""
    others: int = 0
    """Runs of the table that are not exported."""

    def ask(self, path: str, *pairs: tuple[str, str], **names: str) -> Any:
        """Return an answer.

        Parameters
        ----------
        path
            One of the paths that are answered.
        *pairs
            Names and values of parameters.
        **names
            What the path names beside the table.
        """
        names = {"db": "0", "table": self.table, **names}
        return answered(ROUTES[path], Question(self.workspace, names, pairs))

    def keep(self, path: str, answer: Any, query: str = "", **names: str) -> None:
        """Keep an answer for the page.

        Parameters
        ----------
        path
            Which path it is the answer for.
        answer
            The answer.
        query
            The parameters, as the page writes them.
        **names
            What the path names beside the table.
        """
        names = {"db": "0", "table": component(self.table), **names}
        self.requests[path.format(**names) + query] = answer

    def begin(self) -> None:
        """Choose table and runs, and gather all but numbers, rows and objects.

        Raises
        ------
        ExportError
            There is no run.
        """
        (database,) = self.ask("/api/databases")
        if "error" in database:
            with next(iter(self.workspace.databases)).reading():  # raises what is wrong
                pass
        tables = {each["name"]: each for each in database["tables"]}
        default = DEFAULT_TABLE if DEFAULT_TABLE in tables else next(iter(tables), DEFAULT_TABLE)
        self.table = self.table or default
        columns = self.ask(f"{_TABLE}/columns")
        self.keep("/api/databases", [{**database, "sql": False, "tables": [tables[self.table]]}])
        self.keep(f"{_TABLE}/columns", columns)
        self.axes = {each["name"]: each["x"] for each in columns if each["x"]}
        answer = self._choose()
        self.keep(f"{_TABLE}/runs", answer)
        self.runs = [run["track_id"] for run in answer["runs"]]
        self.metrics = list(answer["metrics"])
        self.points = max((run["rows"] for run in answer["runs"]), default=0)
        with self.workspace.opened(next(iter(self.workspace.databases)), self.table) as (_, state):
            state.figures(number_columns(state), self.runs)  # at once, not run by run
        for run in self.runs:
            self.keep(
                f"{_TABLE}/run/{{id}}", self.ask(f"{_TABLE}/run/{{id}}", id=run), id=component(run)
            )

    def _choose(self) -> dict[str, Any]:
        if self.wanted:
            shown = [self.ask(f"{_TABLE}/run/{{id}}", id=run) for run in self.wanted]
            ids = ",".join(item(each["record"]["track_id"]) for each in shown)
            pairs = [("ids", ids), ("limit", str(len(shown)))]
        else:
            pairs = [("limit", str(LATEST))]
        answer: dict[str, Any] = self.ask(f"{_TABLE}/runs", *pairs)
        if not answer["runs"]:
            raise ExportError(f"the table {self.table!r} has no run", "Log a row first.")
        self.others = answer["total"] - len(answer["runs"])
        return {**answer, "total": len(answer["runs"]), "matching": len(answer["runs"])}

    def add_series(self, buckets: int) -> None:
        """Gather the numbers of all metrics.

        Parameters
        ----------
        buckets
            Parts of the axis; each row is a part where no run has more rows than that.
        """
        database = next(iter(self.workspace.databases))
        is_whole = self.points <= buckets
        with self.workspace.opened(database, self.table) as (reader, state):
            for axis in dict.fromkeys([None, *self.axes.values()]):
                wanted = (name for name in self.metrics if axis in {None, self.axes.get(name)})
                query = SeriesQuery(y=tuple(wanted), x=axis, runs=tuple(self.runs), buckets=buckets)
                pack_all = pack_points if is_whole else _pack_buckets
                end = f"&x={component(axis)}" if axis else ""
                for name, content in pack_all(reader.engine, reader.table, query, state.token):
                    answer = {"base64": _base64(content)}
                    self.keep(f"{_TABLE}/series", answer, f"?y={component(name)}{end}")

    def add_rows(self, most: int) -> int:
        """Gather the first rows of the runs, and return how many rows are left out.

        Parameters
        ----------
        most
            Bytes that all of them may take.
        """
        runs = ",".join(map(item, self.runs)) if self.others else ""
        answer = self.ask(f"{_TABLE}/rows", ("runs", runs), ("limit", str(ROWS)))
        rows, left = [], most
        for row in answer["rows"]:
            left -= len(encode(row))
            if left < 0:
                break
            rows.append(row)
        self.keep(f"{_TABLE}/rows", {**answer, "rows": rows, "total": len(rows)})
        return int(answer["total"]) - len(rows)

    def add_assets(self, most: int) -> int:
        """Gather objects, the smallest first, and return how many are left out.

        Parameters
        ----------
        most
            Bytes that all of them may take.
        """
        sizes = dict(self._assets())
        left = most
        for asset, size in sorted(sizes.items(), key=lambda pair: pair[1]):
            if size > left:
                break
            try:
                shown = self.ask(f"{_TABLE}/asset/{{id}}", id=asset)
                content = self.ask(f"{_TABLE}/asset/{{id}}/content", id=asset)
            except XetrackError:  # it was damaged or removed meanwhile
                continue
            left -= size
            sizes.pop(asset)
            self.keep(f"{_TABLE}/asset/{{id}}", shown, id=asset)
            self.keep(f"{_TABLE}/asset/{{id}}/content", _content(content), id=asset)
        return len(sizes)

    def _assets(self) -> Iterator[tuple[str, int]]:
        for run in self.runs:
            answer = self.requests[
                _TABLE.format(db="0", table=component(self.table)) + f"/run/{component(run)}"
            ]
            for asset in answer["assets"]:
                yield asset["id"], asset["size"]


def _pack_buckets(
    engine: Engine, table: str, query: SeriesQuery, token: str
) -> Iterator[tuple[str, bytes]]:
    """Yield the name of each column and its numbers in buckets."""
    buckets = [*read_series(engine, table, query)] if query.y else []
    for at, name in enumerate(query.y):
        yield name, pack(query, buckets, token, [at])


def _content(download: Download) -> dict[str, str]:
    try:
        return {"base64": _base64(download.path.read_bytes()), "type": download.media_type}
    finally:
        download.path.unlink(missing_ok=True)


def _base64(content: bytes) -> str:
    return base64.b64encode(content).decode("ascii")
