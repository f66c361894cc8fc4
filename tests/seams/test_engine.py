"""An engine that raises whatever it likes: errors are typed, and each row is stored once."""

from __future__ import annotations

import json

import pytest

import xetrack
from tests.seams.faults import ALL, OUTSIDE, RAW, AlarmError, armed
from tests.seams.table import SEAMS
from xetrack import Reader, Tracker
from xetrack.errors import (
    EngineFailedError,
    NotADatabaseError,
    RowNotStoredError,
    StorageError,
    XetrackError,
    XetrackWarning,
)
from xetrack.interfaces.component import PartKind
from xetrack.plugins.guards.origin import Origin

ENGINE = [
    pytest.param(seam, moment, id=f"{seam.method}-{moment}-{seam.use}")
    for seam in SEAMS
    for moment in seam.moments
    if seam.part == "engine"
]
WRITES = [case for case in ENGINE if case.values[0].gets in {"not stored", "stored"}]
OTHERS = [case for case in ENGINE if case not in WRITES]


def new_tracker(db, **options):
    Tracker(db, engine="faulty", **options).close()


LOGS = {
    "log": lambda tracker: tracker.log({"n": 2}),
    "log with new keys": lambda tracker: tracker.log({"n": 2, "new": 1}),
    "log_batch": lambda tracker: tracker.log_batch([{"n": 2}, {"n": 3}]),
}
USES = {
    "Tracker(...)": lambda tracker: new_tracker(tracker.db),
    "Tracker(reset=True)": lambda tracker: new_tracker(tracker.db, reset=True),
    "to_df": lambda tracker: tracker.to_df(),
    "len": len,
    "key in tracker": lambda tracker: "n" in tracker,
    "sql": lambda tracker: Reader(tracker.db, engine="faulty").sql('SELECT n FROM "default"'),
    "set_value": lambda tracker: tracker.set_value("n", 7),
    "delete_run": lambda tracker: Reader(tracker.db, engine="faulty").delete_run(tracker.track_id),
    "copy": lambda tracker: xetrack.copy(tracker.db, f"{tracker.db}.faulty"),
    "close": lambda tracker: tracker.close(),
}


def is_of_the_engine(error, kind):
    """Whether an error is typed and names the part and its distribution, or the typed one."""
    if kind == "typed":
        return any("'faulty' of xetrack-faulty 2.5" in note for note in error.__notes__)
    return isinstance(error, EngineFailedError) and (
        "'faulty' of xetrack-faulty 2.5" in str(error) and error.__cause__ is not None
    )


@pytest.mark.parametrize("kind", RAW)
@pytest.mark.parametrize(("seam", "moment"), WRITES)
def test_log_says_whether_its_rows_are_stored(tracker, rows, seam, moment, kind):
    """And they are, or not, as it says; the next ones are stored as ever."""
    stored = seam.gets == "stored"
    with armed(seam.method, moment, kind) as plan, pytest.raises(EngineFailedError) as caught:
        LOGS[seam.use](tracker)
    assert plan.struck, "the method is not called"
    error = caught.value
    assert is_of_the_engine(error, kind)
    assert stored is bool(error.stored)
    new = [2, 3] if seam.use == "log_batch" else [2]
    assert [0, 1, *(new if stored else ())] == rows()
    LOGS["log"](tracker)
    assert 2 == rows()[-1]


@pytest.mark.parametrize("kind", [*RAW, "typed"])
@pytest.mark.parametrize(("seam", "moment"), WRITES)
@pytest.mark.parametrize("result", [{"n": 2}, {"n": 2, "list": [1]}], ids=["plain", "list"])
def test_track_returns_the_result_and_stores_one_row(tracker, rows, seam, moment, kind, result):
    """A row that is stored is not stored again, as plain values or at all."""
    if seam.use == "log":
        tracker.track(lambda: {**result, "n": 1})
    else:
        result = {**result, "new": 1}
    before = rows()
    with armed(seam.method, moment, kind) as plan:
        if seam.gets == "stored" and seam.use != "log":
            with pytest.warns(XetrackWarning, match="is stored"):
                assert result == tracker.track(lambda: result)
        elif plan.method != "append" or "list" not in result:
            with_error(tracker, result, seam)
    stored = seam.gets == "stored"
    if plan.struck:
        assert [*before, *([2] if stored else ())] == rows()


def with_error(tracker, result, seam):
    """Run a call whose row fails; its result is to be had."""
    if seam.gets == "stored":
        with pytest.warns(XetrackWarning, match="is stored"):
            assert result == tracker.track(lambda: result)
        return
    with pytest.raises(RowNotStoredError) as caught:
        tracker.track(lambda: result)
    assert result == caught.value.result
    assert isinstance(caught.value.__cause__, XetrackError)


@pytest.mark.parametrize("kind", [*RAW, "typed"])
@pytest.mark.parametrize(("seam", "moment"), OTHERS)
def test_every_other_use_raises_a_typed_error(tracker, rows, seam, moment, kind):
    """What was stored is there, and the engine works again when the fault is over."""
    with armed(seam.method, moment, kind) as plan, pytest.raises(XetrackError) as caught:
        USES[seam.use](tracker)
    assert plan.struck, "the method is not called"
    assert is_of_the_engine(caught.value, kind)
    if seam.gets == "typed":
        assert [0, 1] == rows()
        USES[seam.use](tracker)


@pytest.mark.parametrize("kind", OUTSIDE)
@pytest.mark.parametrize(("seam", "moment"), ENGINE)
def test_what_comes_from_outside_passes_unchanged(tracker, seam, moment, kind):
    """Ctrl-C, and what handlers of signals raise."""
    error = {"KeyboardInterrupt": KeyboardInterrupt, "handler": AlarmError}[kind]
    uses = {**LOGS, **USES}
    with armed(seam.method, moment, kind), pytest.raises(error) as caught:
        uses[seam.use](tracker)
    assert type(caught.value) is error
    assert {*ALL} > {*OUTSIDE}


def test_a_failing_close_does_not_hide_what_the_body_raised(db):
    """It is a warning then."""
    with (
        armed("close", "before", "OSError"),
        pytest.warns(XetrackWarning, match="the host is down"),
        pytest.raises(ZeroDivisionError),
        Tracker(db, engine="faulty"),
    ):
        raise ZeroDivisionError


@pytest.mark.parametrize("kind", [*RAW, "typed"])
def test_an_engine_that_cannot_say_whether_it_owns_a_file_owns_none(tmp_path, kind):
    """The others are asked all the same, and files that nobody knows are a typed error."""
    path = tmp_path / "letters.txt"
    path.write_text("dear sir")
    with armed("owns", "before", kind) as plan, pytest.raises(NotADatabaseError):
        Tracker(path)
    assert plan.struck, "the method is not called"


@pytest.mark.parametrize("kind", OUTSIDE)
def test_what_comes_from_outside_passes_while_engines_are_asked(tmp_path, kind):
    """Ctrl-C, and what handlers of signals raise."""
    path = tmp_path / "letters.txt"
    path.write_text("dear sir")
    error = {"KeyboardInterrupt": KeyboardInterrupt, "handler": AlarmError}[kind]
    with armed("owns", "before", kind), pytest.raises(error):
        Tracker(path)


def test_a_reader_that_cannot_be_closed_does_not_hide_what_its_body_raised(tracker):
    """It is a warning then, too."""
    with (
        armed("close", "before", "OSError"),
        pytest.warns(XetrackWarning, match="the host is down"),
        pytest.raises(ZeroDivisionError),
        Reader(tracker.db, engine="faulty"),
    ):
        raise ZeroDivisionError


def test_an_engine_that_nobody_can_ask_leaves_it_open(tracker, rows, monkeypatch):
    """The error says so, and a tracked function has its result, but no second row."""
    engine = tracker._engine
    monkeypatch.setattr(type(engine), "count", lambda *_: _raise_typed())
    tracker.track(lambda: {"n": 1, "new": 1, "list": [1]})
    with armed("write_columns", "after", "OSError"):
        with pytest.raises(EngineFailedError, match="cannot be asked") as caught:
            tracker.log({"n": 5, "other": 1})
        with pytest.raises(RowNotStoredError, match="may not be stored") as missing:
            tracker.track(lambda: {"n": 6, "more": 1, "list": [1]})
    monkeypatch.undo()
    assert caught.value.stored is None
    assert (False, {"n": 6, "more": 1, "list": [1]}) == (
        missing.value.is_known,
        missing.value.result,
    )
    assert [0, 1, 1, 5, 6] == rows()


def _raise_typed():
    raise StorageError("x", "Asking", "it is away")


def test_sinks_get_a_row_that_is_stored_though_its_engine_failed(db, tmp_path):
    """As they get every row that is stored."""
    path = tmp_path / "rows.jsonl"
    with Tracker(db, engine="faulty", jsonl=path) as tracker:
        for n in (0, 1):
            tracker.log({"n": n})
        for n, moment in ((2, "before"), (3, "after")):
            with armed("append", moment, "OSError"), pytest.raises(EngineFailedError):
                tracker.log({"n": n})
    assert [0, 1, 3] == [json.loads(line)["n"] for line in path.read_text().splitlines()]


def test_errors_of_a_password_do_not_show_it():
    """The location in an error is the one that users may see."""
    origin = Origin(PartKind.ENGINE, "the engine 'x' of y 1")
    with pytest.raises(EngineFailedError, match=r"'redis://me:\*\*\*@host'"):
        origin.raise_typed(OSError("no"), "redis://me:secret@host", "__init__")
