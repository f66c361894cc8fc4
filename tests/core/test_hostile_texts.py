"""Promise 16: keys, tables and values stay what they are; none of them becomes SQL."""

from __future__ import annotations

import pytest

from xetrack import Reader, Tracker, XetrackError
from xetrack.errors import RunNotFoundError

HOSTILE = [
    'x"; DROP TABLE "default"; --',
    "x'; DELETE FROM events; --",
    "' OR '1'='1",
    '" = "',
    "x] = 1; --",
    "? :x $x @x",
    "/* */",
    "track_id = track_id",
]


@pytest.fixture
def others(db):
    """Rows of another run, which nobody may touch."""
    with Tracker(db, track_id="others") as tracker:
        tracker.log_batch([{"x": at, "label": "theirs"} for at in range(3)])
        before = list(tracker)
        yield
        known = {name: [row[name] for row in before] for name in before[0]}
        assert known == {name: [row[name] for row in tracker] for name in before[0]}


@pytest.mark.parametrize("text", HOSTILE)
def test_promise_16_keys_and_values_never_become_sql(db, others, text):
    """In rows, params and changes of a run, named by whatever."""
    with Tracker(db, {text: text}, warnings=False, track_id=text) as tracker:
        tracker.log({"x": text})
        tracker.log_batch([{"x": text, text: 1}])
        assert 2 == tracker.set_value("label", text)
        assert 1 == tracker.set_where("y", text, text, 1)
        assert 2 == tracker.set_where(text, text, "label", text)
        assert 0 == tracker.set_where("y", 0, "x", f"{text} ")
        assert [(text, text, text)] * 2 == [
            (row["x"], row["label"], row["track_id"]) for row in tracker
        ]
        assert [None, text] == [row["y"] for row in tracker]
        assert [text, text] == tracker[text].tolist()


@pytest.mark.parametrize("text", HOSTILE)
def test_promise_16_a_reader_changes_only_what_such_a_text_names(db, others, text):
    """A run of that name, or none at all."""
    with Tracker(db, warnings=False, track_id=text) as tracker:
        tracker.log({"x": text})
    reader = Reader(db)
    with pytest.raises(RunNotFoundError):
        reader.set_value("label", text, track_id=f"{text} ")
    assert 1 == reader.set_value("label", text, track_id=text)
    assert 1 == reader.set_where(text, text, "x", text)
    assert 0 == reader.set_where("x", 1, text, f"{text} ")
    assert [text] == reader.to_df(text)["label"].tolist()
    with pytest.raises(XetrackError):
        reader.delete_run(f"{text} ")
    assert 1 == reader.delete_run(text)
    assert 3 == len(reader)


@pytest.mark.parametrize("text", HOSTILE)
def test_promise_16_a_table_may_be_called_anything(db, others, text):
    """A table may be called anything, and is read, changed and dropped under that name alone."""
    with Tracker(db, table=text) as tracker:
        tracker.log({"x": 1})
    assert {"default", text} == set(Reader(db).tables)
    assert (1, [1]) == (len(Reader(db, table=text)), Reader(db, table=text).to_df()["x"].tolist())
    assert 0 == Tracker(db, table=text, reset=True).count_all()
    assert 3 == len(Reader(db))
