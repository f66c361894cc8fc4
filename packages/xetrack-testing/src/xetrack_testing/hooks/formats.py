"""The contract of formats: see `xetrack.interfaces.rows.formats`, whose promises they hold."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import pytest

from xetrack.interfaces.rows.formats import Format
from xetrack_testing.declared import Contract, signature_differences
from xetrack_testing.samples import VALUES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

HOSTILE = (
    "<script>alert(1)</script>",
    "&amp; & &lt;",
    "a|b",
    "\\",
    "\\textbf{x} % $y$ #1 _ ^ ~",
    "a,b;c",
    "'\"`",
    "=1+1",
    "*x* [y](z)",
    "ж 猫",
)
"""Texts that mean something in a format of tables, in one line each."""


class _Object:
    """What is no plain value, as a command of a plugin may return it."""

    def __str__(self) -> str:
        return "an object"


class FormatContract(Contract):
    """All that a format promises. Set `format_class`, and override the fixture `cells`.

    For example::

        class TestHtml(FormatContract):
            format_class = HtmlTable

            @pytest.fixture
            def cells(self):
                return lambda text: [row.texts for row in parse(text).rows]
    """

    format_class: type[Format]

    @pytest.fixture
    def options(self) -> dict[str, Any]:
        """The options that the format is made with."""
        return {}

    @pytest.fixture
    def cells(self) -> Callable[[str], list[list[str]]]:
        """Return a function that reads what was written: the names, then the texts of each row."""
        raise NotImplementedError("override the fixture `cells`: it reads what was written")

    @pytest.fixture
    def written(
        self, options: dict[str, Any], cells: Callable[[str], list[list[str]]]
    ) -> Callable[[Sequence[str], Iterable[Sequence[Any]]], list[list[str]]]:
        """Return a function that writes a table, and reads it."""

        def write(names: Sequence[str], rows: Iterable[Sequence[Any]]) -> list[list[str]]:
            out = io.StringIO()
            self.format_class(options).write(names, rows, out)
            return [[*map(str, row)] for row in cells(out.getvalue())]

        return write

    def test_signatures_are_those_of_the_interface(self) -> None:
        """Every method takes what the interface says, so that all formats are called alike."""
        assert [] == signature_differences(self.format_class, Format)

    def test_rows_are_written_in_order(self, written: Callable[..., list[list[str]]]) -> None:
        """Each cell in its column, under the names."""
        rows = [[1, "a"], [2, "b"], [3, "c"]]
        assert [["epoch", "name"], *([str(n), name] for n, name in rows)] == written(
            ["epoch", "name"], rows
        )

    def test_a_table_without_rows_has_its_names(
        self, written: Callable[..., list[list[str]]]
    ) -> None:
        """A program that reads it finds the columns."""
        assert [["epoch", "name"]] == written(["epoch", "name"], [])

    def test_rows_come_one_by_one(self, written: Callable[..., list[list[str]]]) -> None:
        """They need not be a list."""
        assert 4 == len(written(["epoch"], ([number] for number in range(3))))

    def test_two_columns_may_have_one_name(self, written: Callable[..., list[list[str]]]) -> None:
        """As a query in SQL may give them."""
        assert ["1", "2"] == written(["x", "x"], [[1, 2]])[1]

    def test_texts_mean_nothing_but_themselves(
        self, written: Callable[..., list[list[str]]]
    ) -> None:
        """Whoever logged them must not write code into a page."""
        rows = [[text, number] for number, text in enumerate(HOSTILE)]
        assert [*HOSTILE] == [row[0] for row in written(["text", "number"], rows)[1:]]
        assert [*HOSTILE] == written(HOSTILE, [])[0]

    def test_values_of_every_kind_are_written(
        self, written: Callable[..., list[list[str]]]
    ) -> None:
        """None, nan, bytes, nested lists, and objects that are none of these."""
        values = [*VALUES.values(), _Object()]
        rows = [[number, value] for number, value in enumerate(values)]
        numbers = [row[0] for row in written(["number", "value"], rows)[1:] if row]
        assert {*map(str, range(len(values)))} <= {*numbers}
