"""A small sink that keeps every promise, and one for each promise that breaks it."""

from __future__ import annotations

import threading
import time

from tests.testing.catalogue import caught_by
from xetrack.interfaces.sinks import Sink
from xetrack_testing.rows import exact


class FileSink(Sink):
    """Appends each row to a file; nothing is wrong with it."""

    def __init__(self, options):
        super().__init__(options)
        self.path = options["path"]

    def emit(self, row, level):
        self.append(f"{level} {exact(dict(row))!a}\n")

    def append(self, text):
        with self.path.open("a") as file:
            file.write(text)


@caught_by("test_signatures_are_those_of_the_interface")
class OtherParameters(FileSink):
    """Takes rows without their level."""

    def emit(self, row):
        super().emit(row, "")


@caught_by("test_no_promise_is_replaced_without_a_reason")
class Silenced(FileSink):
    """Nothing is wrong with it; but its class of tests leaves one out."""

    body = ("test_emit_returns_soon = None",)


@caught_by("test_rows_arrive_once_and_in_order")
class Twice(FileSink):
    """Writes rows again when it is flushed."""

    last = ""

    def append(self, text):
        self.last = text
        super().append(text)

    def flush(self):
        super().append(self.last)


@caught_by("test_rows_have_arrived_when_flush_returns")
class OnlyWhenClosed(FileSink):
    """Writes all rows when it is closed."""

    waiting = ""

    def append(self, text):
        self.waiting += text

    def flush(self):
        self.path.touch()

    def close(self):
        super().append(self.waiting)
        self.waiting = ""


@caught_by("test_runs_begin_and_end_around_their_rows")
class OneRun(FileSink):
    """Is done with the end of a run."""

    run = None

    def opened(self, run):
        self.run = self.run or run

    def closed(self, run, error):
        if run != self.run:
            raise ValueError("there was another run before")


@caught_by("test_its_limits_can_be_used")
class NoRoom(FileSink):
    """Lets no row wait for it."""

    queue_limit = 0


@caught_by("test_values_of_every_kind_are_taken")
class OnlyUnicode(FileSink):
    """Fails where a text has no UTF-8."""

    def emit(self, row, level):
        "".join(map(str, row.values())).encode()
        super().emit(row, level)


@caught_by("test_a_row_is_not_changed")
class Adds(FileSink):
    """Adds the level to the row."""

    def emit(self, row, level):
        row["level"] = level
        super().emit(row, level)


@caught_by("test_a_row_is_not_kept")
class Keeps(FileSink):
    """Keeps the last row."""

    def emit(self, row, level):
        self.last = row
        super().emit(row, level)


@caught_by("test_options_of_others_are_left")
class Strict(FileSink):
    """Refuses options that it does not know."""

    def __init__(self, options):
        assert {*options} == {"path"}, "unknown options"
        super().__init__(options)


@caught_by("test_emit_returns_soon")
class Slow(FileSink):
    """Waits for a server."""

    def emit(self, row, level):
        time.sleep(0.005)
        super().emit(row, level)


@caught_by("test_rows_come_from_any_thread")
class OfOneThread(FileSink):
    """Works in the thread that made it."""

    def __init__(self, options):
        super().__init__(options)
        self.thread = threading.get_ident()

    def emit(self, row, level):
        if self.thread == threading.get_ident():
            super().emit(row, level)


@caught_by("test_closing_twice_does_nothing")
class ClosesOnce(FileSink):
    """Takes a second close for an error."""

    closed = False

    def close(self):
        if self.closed:
            raise RuntimeError("closed already")
        self.closed = True


@caught_by("test_a_row_after_close_arrives")
class ClosedForGood(FileSink):
    """Drops rows that come after close."""

    closed = False

    def emit(self, row, level):
        if not self.closed:
            super().emit(row, level)

    def close(self):
        self.closed = True


@caught_by("test_closing_ends_every_thread")
class LeavesAThread(FileSink):
    """Leaves a thread behind."""

    def emit(self, row, level):
        super().emit(row, level)
        threading.Thread(target=time.sleep, args=(5,), daemon=True).start()


@caught_by("test_after_a_fork_both_sides_emit")
class HoldsBack(FileSink):
    """Holds rows back, and both sides of a fork hand them on."""

    held = ""

    def append(self, text):
        self.held += text

    def close(self):
        super().append(self.held)
        self.held = ""
