"""What breaks the whole product, though its own contract may not see it: see `test_product`."""

from __future__ import annotations

import threading

from tests.testing.catalogue import caught_by
from xetrack.builtin.sqlite.engine import SQLiteEngine
from xetrack.errors import InvalidTableError
from xetrack.interfaces.engine import Selection
from xetrack.interfaces.probes import Measurement, Probe
from xetrack.interfaces.sinks import Sink
from xetrack_assets.codecs.pickles import PickleCodec
from xetrack_testing.caches.stand_ins import MemoryCache


class Broken:
    """The options of a tracker, and what is replaced in this process."""

    distribution = "xetrack-core"
    options = {}  # noqa: RUF012 - none is changed
    replaced = ()


@caught_by("test_its_parts_are_ready")
class NotAPlugin(Broken):
    """Is installed, and announces nothing."""

    distribution = "pytest"


class Raising(Sink):
    """Raises at the first row."""

    def emit(self, row, level):
        raise ValueError(level)


@caught_by("test_rows_are_logged_and_read")
class SwitchedOff(Broken):
    """A sink that fails at once, and is switched off with a warning."""

    options = {"sinks": [Raising({})]}  # noqa: RUF012


class Forgetful(MemoryCache):
    """Keeps nothing."""

    def put(self, key, entry):
        pass


@caught_by("test_calls_are_tracked_and_answered")
class AnswersNothing(Broken):
    """A cache that never has what was stored."""

    options = {"cache": Forgetful()}  # noqa: RUF012


@caught_by("test_objects_are_stored_with_their_rows")
class LosesWeights(Broken):
    """A codec whose objects come back empty."""

    @staticmethod
    def decode(*_):
        return type("Other", (), {})()

    replaced = ((PickleCodec, "decode", decode),)


@caught_by("test_rows_are_changed_and_runs_deleted")
class SetsTooMuch(Broken):
    """An engine that sets a value in all rows."""

    update_where = SQLiteEngine.update

    @staticmethod
    def update(engine, table, values, where):
        return SetsTooMuch.update_where(engine, table, values, [])

    replaced = ((SQLiteEngine, "update", update),)


@caught_by("test_rows_are_copied_here_and_away")
class CopiesTwice(Broken):
    """An engine whose rows are never those that the target has already."""

    read_all = SQLiteEngine.read

    @staticmethod
    def read(engine, table, query):
        answer = CopiesTwice.read_all(engine, table, query)
        if "runs.db" not in engine.location:
            return answer
        shifted = [
            [
                [f"{cell}0" for cell in cells] if column.name == "timestamp" else cells
                for column, cells in zip(answer.columns, batch, strict=True)
            ]
            for batch in answer.batches
        ]
        return Selection(answer.columns, iter(shifted))

    replaced = ((SQLiteEngine, "read", read),)


class Locked(Sink):
    """Has a lock, which cannot be pickled."""

    quick = True

    def __init__(self, options):
        super().__init__(options)
        self.lock = threading.Lock()

    def emit(self, row, level):
        pass


@caught_by("test_a_tracker_goes_to_other_processes")
class StaysAtHome(Broken):
    """A sink with which a tracker cannot be pickled."""

    options = {"sinks": [Locked({})]}  # noqa: RUF012


class Staying(Probe):
    """Starts a thread that nobody ends."""

    def present(self):
        return {}

    def start(self):
        threading.Thread(target=threading.Event().wait, args=(60,), daemon=True).start()
        return Measured()


class Measured(Measurement):
    """Has no figures."""

    def stop(self):
        return {}


@caught_by("test_closing_leaves_no_thread_and_a_later_row_is_stored")
class LeavesThreads(Broken):
    """A probe whose threads outlive the tracker."""

    options = {"probes": [Staying({})]}  # noqa: RUF012


@caught_by("test_xt_reads_changes_copies_and_checks")
class LogsElsewhere(Broken):
    """Rows that lie where neither readers nor `xt` look for them."""

    options = {"table": "elsewhere"}  # noqa: RUF012


class WithoutRecords(SQLiteEngine):
    """Takes every table that users have, and none else."""

    def add_columns(self, table, fields):
        if table.startswith("xetrack_"):
            raise InvalidTableError(table, "it is internal")
        return super().add_columns(table, fields)

    def inserter(self, table, fields):
        self.add_columns(table, fields)
        return super().inserter(table, fields)


@caught_by("test_a_run_has_its_record")
class RefusesRecords(Broken):
    """An engine that refuses the table of the records."""

    options = {"engine": WithoutRecords}  # noqa: RUF012
