"""Run hooks, filters, formats and judges: one that keeps every promise, one for each it breaks."""

from __future__ import annotations

import itertools
import time

from tests.testing.catalogue import caught_by
from xetrack.interfaces.query import Condition
from xetrack.interfaces.rows.filters import RowFilter
from xetrack.interfaces.rows.formats import Format
from xetrack.interfaces.runs.hooks import RunHooks
from xetrack.interfaces.runs.judges import Judge, Verdict
from xetrack.model.kinds import shown
from xetrack.model.names import TRACK_ID


class Notes(RunHooks):
    """Notes both ends of a run; nothing is wrong with it."""

    def started(self, run):
        self.run = run.track_id

    def finished(self, run):
        self.run = run.track_id

    def failed(self, run, error):
        self.run = run.track_id, str(error)


@caught_by("test_signatures_are_those_of_the_interface")
class MadeOtherwise(Notes):
    """Is made from more than its options."""

    def __init__(self, options, tracker):
        super().__init__(options)


@caught_by("test_no_promise_is_replaced_without_a_reason")
class SilencedHooks(Notes):
    """Nothing is wrong with it; but its class of tests leaves one out."""

    body = ("test_a_run_does_not_wait_long = None",)


@caught_by("test_its_methods_take_arguments_that_there_are")
class WantsMore(Notes):
    """Wants the rows."""

    def finished(self, run, rows):
        """Never called."""


@caught_by("test_no_method_is_misspelt")
class Misspelt(Notes):
    """Would have files copied when a run is finished."""

    def finish(self, run):
        """Never called."""


@caught_by("test_a_run_that_ends_well_gives_no_warning")
class CannotFinish(Notes):
    """Finds no server."""

    def finished(self):
        raise ConnectionError("no server")


@caught_by("test_a_run_that_fails_gives_no_warning")
class CannotFail(Notes):
    """Expects every exception to have a text."""

    def failed(self, error):
        return error.args[0].upper()


@caught_by("test_runs_may_follow_each_other")
class OneRun(Notes):
    """Has one run in its life."""

    began = False

    def started(self, run):
        if self.began:
            raise RuntimeError("began already")
        self.began = True


@caught_by("test_a_run_does_not_wait_long")
class Slow(Notes):
    """Waits for a server at both ends."""

    def finished(self):
        time.sleep(2)

    started = finished


class Rounds(RowFilter):
    """Rounds floats; nothing is wrong with it."""

    def filter(self, row):
        return {key: self.change(value) for key, value in row.items()}

    def change(self, value):
        return round(value, 3) if type(value) is float else value


@caught_by("test_signatures_are_those_of_the_interface")
class WithLevel(Rounds):
    """Wants to know the level of the row."""

    def filter(self, row, level):
        return row


@caught_by("test_no_promise_is_replaced_without_a_reason")
class SilencedFilter(Rounds):
    """Nothing is wrong with it; but its class of tests leaves one out."""

    body = ("def test_a_row_is_not_kept(self): pass",)


@caught_by("test_a_row_becomes_a_row_or_none")
class Pairs(Rounds):
    """Gives pairs."""

    def filter(self, row):
        return [*row.items()]


@caught_by("test_a_row_of_any_keys_and_values_is_taken")
class OnlyUnicode(Rounds):
    """Fails at keys that have no UTF-8."""

    def filter(self, row):
        "".join(row).encode()
        return super().filter(row)


@caught_by("test_a_row_is_not_kept")
class KeepsRow(Rounds):
    """Keeps the last row, to compare."""

    def filter(self, row):
        self.last = row
        return super().filter(row)


@caught_by("test_a_row_does_not_wait")
class AsksAServer(Rounds):
    """Asks a server what is secret."""

    def filter(self, row):
        time.sleep(0.005)
        return super().filter(row)


@caught_by("test_threads_get_rows_of_their_own")
class OneDict(Rounds):
    """Has one dict for all rows."""

    def filter(self, row):
        self.row = super().filter(row)
        time.sleep(0.0001)
        return self.row


@caught_by("test_a_tracker_stores_what_comes_back")
class FailsAtParams(Rounds):
    """Fails where the params are."""

    def filter(self, row):
        if "p" in row:
            raise KeyError("p")
        return super().filter(row)


class Lines(Format):
    """Writes ``repr`` of the texts, a line for each row; nothing is wrong with it."""

    def write(self, names, rows, out):
        for row in itertools.chain([names], rows):
            out.write(f"{[*map(self.text, row)]!r}\n")

    def text(self, value):
        return shown(value)


@caught_by("test_signatures_are_those_of_the_interface")
class WithoutNames(Lines):
    """Writes rows without names."""

    def write(self, rows, out):
        super().write([], rows, out)


@caught_by("test_no_promise_is_replaced_without_a_reason")
class SilencedFormat(Lines):
    """Nothing is wrong with it; but its class of tests leaves one out."""

    body = ("test_rows_come_one_by_one = None",)


@caught_by("test_rows_are_written_in_order")
class Sorts(Lines):
    """Sorts the rows downwards."""

    def write(self, names, rows, out):
        super().write(names, sorted(rows, key=str, reverse=True), out)


@caught_by("test_a_table_without_rows_has_its_names")
class NothingForNothing(Lines):
    """Writes nothing where there is no row."""

    def write(self, names, rows, out):
        rows = [*rows]
        if rows:
            super().write(names, rows, out)


@caught_by("test_rows_come_one_by_one")
class Counts(Lines):
    """Counts the rows first."""

    def write(self, names, rows, out):
        if len(rows):
            super().write(names, rows, out)


@caught_by("test_two_columns_may_have_one_name")
class ByName(Lines):
    """Makes dicts of the rows."""

    def write(self, names, rows, out):
        dicts = [dict(zip(names, row, strict=True)) for row in rows]
        super().write(names, [row.values() for row in dicts], out)


@caught_by("test_texts_mean_nothing_but_themselves")
class CutsTags(Lines):
    """Takes tags for its own."""

    def text(self, value):
        return shown(value).replace("<script>", "")


@caught_by("test_values_of_every_kind_are_written")
class OnlyTexts(Lines):
    """Cannot write bytes."""

    def text(self, value):
        return value + "" if isinstance(value, bytes) else shown(value)


class Params(Judge):
    """Compares the number of params; nothing is wrong with it."""

    def judge(self, engine, first, second):
        is_same = len(first.params) == len(second.params)
        return Verdict(is_same, "as many params" if is_same else "more or fewer params")


@caught_by("test_signatures_are_those_of_the_interface")
class WithTolerance(Params):
    """Wants to know how exact to be."""

    def judge(self, engine, first, second, tolerance):
        return None


@caught_by("test_no_promise_is_replaced_without_a_reason")
class SilencedJudge(Params):
    """Nothing is wrong with it; but its class of tests leaves one out."""

    body = ("def test_nothing_is_changed(self): pass",)


@caught_by("test_a_verdict_is_a_line_or_nothing")
class Talkative(Params):
    """Says what it read, with all that controls a terminal."""

    def judge(self, engine, first, second):
        return Verdict(None, "\x1b[31m\n" + first.track_id)


@caught_by("test_a_run_is_the_same_as_itself")
class Strict(Params):
    """Finds a difference anywhere."""

    def judge(self, engine, first, second):
        return Verdict(first is not second and first == second, "not the same object")


@caught_by("test_nothing_is_changed")
class Marking(Params):
    """Leaves a mark of what it has judged."""

    def judge(self, engine, first, second):
        engine.delete(first.table, (Condition(TRACK_ID, "=", second.track_id),))


@caught_by("test_a_verdict_comes_soon")
class Pondering(Params):
    """Takes its time."""

    def judge(self, engine, first, second):
        if first.track_id == "first":
            time.sleep(3.1)
