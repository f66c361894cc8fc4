"""The contract of frame backends: see `xetrack.interfaces.frames.FrameBackend`."""

from __future__ import annotations

import datetime as dt
import math
from typing import TYPE_CHECKING, Any

import pytest

from xetrack.interfaces.engine import Column, Selection
from xetrack.interfaces.engines.capabilities import HasArrow
from xetrack.interfaces.frames import FrameBackend, ParsesDates
from xetrack.model.kinds import Kind, kind_of
from xetrack_testing.declared import Contract, signature_differences

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from xetrack.model.kinds import Value

OF_ONE_KIND: dict[str, list[Value]] = {
    "bool": [True, False, True, True, False],
    "int": [0, -1, 2**53, 2**63 - 1, -(2**63)],
    "float": [2 / 3, -0.0, 5e-324, math.inf, -math.inf],
    "text": ["", "a\0b", "\U0001f600", "'\"\n", "same"],
}
OF_TIMES: dict[str, list[Value]] = {
    "duration": [dt.timedelta(0), dt.timedelta(days=-1, microseconds=1), dt.timedelta(days=99_999)],
    "naive": [dt.datetime(2024, 2, 29, 23, 59, 59, 1), dt.datetime.min, dt.datetime.max],  # noqa: DTZ001, DTZ901
    "utc": [dt.datetime(2024, 2, 29, 23, 59, 59, 1, dt.UTC), dt.datetime(1, 1, 1, tzinfo=dt.UTC)],
}
MIXED: dict[str, list[Value]] = {
    "int and text": [1, "1", -5, "x", 2],
    "bool and int": [True, 1, False, 0, 7],
    "float and bool": [0.5, True, 1.5, False, 2.5],
}


class _NoArrays(Selection, HasArrow):
    """An answer whose database could give arrays, but has none of this table."""

    def arrow(self) -> None:
        return None


def answer(
    cells: Mapping[str, Sequence[Value]],
    kinds: frozenset[Kind] | None = None,
    made: type[Selection] = Selection,
) -> Selection:
    """Return columns as the answer to a query, two rows in a batch.

    Parameters
    ----------
    cells
        The cells of each column, by its name.
    kinds
        What the table says of each column; by default what its cells are.
    made
        The class of the answer.
    """
    columns = tuple(
        Column(
            name, name, frozenset(filter(None, map(kind_of, column))) if kinds is None else kinds
        )
        for name, column in cells.items()
    )
    size = max(map(len, cells.values()), default=0)
    batches = [
        [column[start : start + 2] for column in cells.values()] for start in range(0, size, 2)
    ]
    return made(columns, iter(batches))


class FrameBackendContract(Contract):
    """All that a frame backend promises. Set `backend_class`.

    For example::

        class TestDaskBackend(FrameBackendContract):
            backend_class = DaskBackend

            @pytest.fixture
            def cells(self):
                return lambda frame, name: frame[name].compute().to_list()
    """

    backend_class: type[FrameBackend]

    @pytest.fixture
    def cells(self) -> Callable[[Any, str], list[Value]]:
        """Return a function that gives the cells of a frame's column, None where one is missing."""

        def plain(frame: Any, name: str) -> list[Value]:
            column = frame[name]
            return list(column.to_pylist() if hasattr(column, "to_pylist") else column.to_list())

        return plain

    @pytest.fixture
    def names(self) -> Callable[[Any], list[str]]:
        """Return a function that names the columns of a frame, in their order."""
        return lambda frame: list(
            frame.column_names if hasattr(frame, "column_names") else frame.columns
        )

    @pytest.fixture
    def check(self, cells: Callable[[Any, str], list[Value]]) -> Callable[..., None]:
        """Return a function that makes a frame, and compares all cells and their types."""

        def compare(
            columns: Mapping[str, Sequence[Value]],
            kinds: frozenset[Kind] | None = None,
            made: type[Selection] = Selection,
        ) -> None:
            frame = self.backend_class().frame(answer(columns, kinds, made))
            for name, column in columns.items():
                # `repr` tells 1, 1.0 and True apart, and -0.0 from 0.0.
                assert [*map(repr, column)] == [*map(repr, cells(frame, name))], name

        return compare

    def test_signatures_are_those_of_the_interface(self) -> None:
        """Every method takes what the interface says, so that all are called alike."""
        assert [] == signature_differences(self.backend_class, FrameBackend)

    def test_columns_come_in_their_order(self, names: Callable[[Any], list[str]]) -> None:
        """That of the answer, whatever their types."""
        columns: dict[str, list[Value]] = {"z": [1], "a": ["x"], "m": [0.5], "b": [None]}
        assert [*columns] == names(self.backend_class().frame(answer(columns)))

    def test_names_of_columns_are_any_text(self, names: Callable[[Any], list[str]]) -> None:
        """Names of columns are any text, as users log what they like."""
        texts = ('a "b"; --', "\u00fcber\nlang", "0", "A", "a", " ")
        columns = {text: [1] for text in texts}
        assert [*columns] == names(self.backend_class().frame(answer(columns)))

    def test_rows_come_in_their_order(self, check: Callable[..., None]) -> None:
        """Across all batches, of which the last is shorter."""
        check({"number": [*range(7)], "text": [f"row {number}" for number in range(7)]})

    def test_cells_of_one_kind_are_exact(self, check: Callable[..., None]) -> None:
        """Cells of one kind are exact: big integers, infinities, signed zeros, any text."""
        check(OF_ONE_KIND)

    def test_missing_cells_are_missing(self, check: Callable[..., None]) -> None:
        """In the first batch, in between, at the end, and everywhere."""
        for start in range(6):
            gaps = {
                name: [*cells[:start], None, None, None, *cells[start:]]
                for name, cells in OF_ONE_KIND.items()
            }
            check(gaps)
        check({"none": [None] * 5})

    def test_durations_and_datetimes_are_exact(
        self, cells: Callable[[Any, str], list[Value]]
    ) -> None:
        """To the microsecond, with gaps; what is in UTC says so."""
        for column in OF_TIMES.values():
            gaps = [None, *column, None]
            frame = self.backend_class().frame(answer({"x": gaps}))
            shown = [None if cell != cell else cell for cell in cells(frame, "x")]  # noqa: PLR0124 - NaT
            assert gaps == shown
            offsets = [getattr(cell, "utcoffset", int)() for cell in shown if cell is not None]
            assert [getattr(cell, "utcoffset", int)() for cell in column] == offsets

    def test_timestamps_are_parsed_or_left_alone(
        self, cells: Callable[[Any, str], list[Value]]
    ) -> None:
        """Where the backend can parse them at all: all of a column, or none."""
        backend = self.backend_class()
        if not isinstance(backend, ParsesDates):
            return
        stamps: list[Value] = ["2024-10-27 02:30:00.000001", None, "2024-10-27 02:30:00"]
        frame = backend.parse_dates(backend.frame(answer({"x": stamps, "y": [1, 2, 3]})), "x")
        shown = [None if cell != cell else cell for cell in cells(frame, "x")]  # noqa: PLR0124 - NaT
        first = dt.datetime(2024, 10, 27, 2, 30, 0, 1)  # noqa: DTZ001 - local time
        assert [first, None, first.replace(microsecond=0)] == shown
        assert [1, 2, 3] == cells(frame, "y")
        for text in ("no timestamp", "2024-10-27 02:30:00+02:00"):
            odd = [stamps[0], text]
            frame = backend.parse_dates(backend.frame(answer({"x": odd})), "x")
            assert odd == cells(frame, "x")

    def test_integers_among_floats_are_exact(self, check: Callable[..., None]) -> None:
        """Integers among floats are exact, also those that a float would round."""
        check({"x": [0.5, 2**53 + 1, 1.5, -(2**53) - 1]})

    def test_columns_of_several_kinds_are_exact(self, check: Callable[..., None]) -> None:
        """No cell becomes what the others are."""
        check(MIXED)
        check({name: [None, *cells] for name, cells in MIXED.items()})

    def test_cells_of_another_program_are_exact(self, check: Callable[..., None]) -> None:
        """What the table says of a column need not be true of all cells, in any batch."""
        for row in range(5):
            cells: list[Value] = [1, 2, 3, 4, 5]
            cells[row] = "text"
            check({"x": cells}, frozenset({Kind.INT}))

    def test_an_answer_without_rows_has_its_columns(
        self,
        names: Callable[[Any], list[str]],
        cells: Callable[[Any, str], list[Value]],
    ) -> None:
        """An answer without rows has its columns, and no cells."""
        frame = self.backend_class().frame(answer({"x": [], "y": []}, frozenset({Kind.INT})))
        assert (["x", "y"], [], []) == (names(frame), cells(frame, "x"), cells(frame, "y"))

    def test_an_answer_without_arrays_is_read_in_batches(self, check: Callable[..., None]) -> None:
        """An answer that could have arrays, but has none of its table, is read in batches."""
        check(OF_ONE_KIND, None, _NoArrays)
