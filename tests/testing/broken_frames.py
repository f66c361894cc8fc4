"""Frame backends that break a promise; they are otherwise one that makes lists."""

from __future__ import annotations

from datetime import datetime, timedelta

from tests.testing.catalogue import caught_by
from xetrack.interfaces.engines.capabilities import HasArrow
from xetrack.interfaces.frames import FrameBackend, ParsesDates
from xetrack.model.kinds import kind_of


class Cells(list):
    """A column."""

    def to_list(self):
        return [*self]


class Frame(dict):
    """Columns by name."""

    @property
    def columns(self):
        return [*self]


class ListsBackend(FrameBackend):
    """Makes a frame of lists."""

    def frame(self, answer):
        frame = Frame({self.name(column): Cells() for column in answer.columns})
        for batch in self.batches(answer):
            for column, cells in zip(answer.columns, batch, strict=True):
                frame[self.name(column)] += self.cells(column, cells)
        return frame

    def batches(self, answer):
        return answer.batches

    def name(self, column):
        return column.name

    def cells(self, column, cells):
        return cells


@caught_by("test_signatures_are_those_of_the_interface")
class OtherParameters(ListsBackend):
    """Wants an index."""

    def frame(self, answer, index):
        return super().frame(answer)


@caught_by("test_no_promise_is_replaced_without_a_reason")
class Silenced(ListsBackend):
    """Nothing is wrong with it; but its class of tests leaves one out."""

    body = ("test_rows_come_in_their_order = None",)


@caught_by("test_columns_come_in_their_order")
class SortsColumns(ListsBackend):
    """By their names."""

    def frame(self, answer):
        return Frame(sorted(super().frame(answer).items()))


@caught_by("test_names_of_columns_are_any_text")
class KnowsNoCases(ListsBackend):
    """Takes two columns for the same."""

    def name(self, column):
        return column.name.lower()


@caught_by("test_rows_come_in_their_order")
class LastFirst(ListsBackend):
    """Reads the batches from the end."""

    def batches(self, answer):
        return reversed([*answer.batches])


@caught_by("test_cells_of_one_kind_are_exact")
class Rounds(ListsBackend):
    """Keeps few digits."""

    def cells(self, column, cells):
        return [float(f"{cell:.12g}") if type(cell) is float else cell for cell in cells]


@caught_by("test_missing_cells_are_missing")
class Zeros(ListsBackend):
    """Fills gaps."""

    def cells(self, column, cells):
        return [0 if cell is None else cell for cell in cells]


@caught_by("test_durations_and_datetimes_are_exact")
class SecondsOfDurations(ListsBackend):
    """Makes numbers of durations."""

    def cells(self, column, cells):
        return [cell.total_seconds() if type(cell) is timedelta else cell for cell in cells]


@caught_by("test_durations_and_datetimes_are_exact")
class LosesZones(ListsBackend):
    """Keeps the clock of a datetime, and not its zone."""

    def cells(self, column, cells):
        return [cell.replace(tzinfo=None) if type(cell) is datetime else cell for cell in cells]


@caught_by("test_timestamps_are_parsed_or_left_alone")
class ParsesByHalves(ListsBackend, ParsesDates):
    """Takes what is no timestamp for a missing one."""

    def parse_dates(self, frame, column):
        frame[column] = Cells(map(self.moment, frame[column]))
        return frame

    def moment(self, text):
        try:
            return text and datetime.fromisoformat(text)
        except ValueError:
            return None


@caught_by("test_integers_among_floats_are_exact")
class OneNumber(ListsBackend):
    """Takes integers for floats."""

    def cells(self, column, cells):
        floats = len(column.kinds) > 1
        return [float(cell) if floats and type(cell) is int else cell for cell in cells]


@caught_by("test_columns_of_several_kinds_are_exact")
class TextOfMixtures(ListsBackend):
    """Makes text of what is of several kinds."""

    def cells(self, column, cells):
        return [*map(str, cells)] if len(column.kinds) > 1 else cells


@caught_by("test_cells_of_another_program_are_exact")
class TrustsTheTable(ListsBackend):
    """Takes a cell of another kind for a missing one."""

    def cells(self, column, cells):
        return [cell if kind_of(cell) in column.kinds else None for cell in cells]


@caught_by("test_an_answer_without_rows_has_its_columns")
class NeedsRows(ListsBackend):
    """Makes columns when the first row comes."""

    def frame(self, answer):
        frame = super().frame(answer)
        return frame if any(frame.values()) else Frame()


@caught_by("test_an_answer_without_arrays_is_read_in_batches")
class TakesArraysForGranted(ListsBackend):
    """Expects them wherever a database can have them."""

    def frame(self, answer):
        if isinstance(answer, HasArrow):
            arrays, _ = answer.arrow()
            return Frame(arrays)
        return super().frame(answer)
