"""Text logs: what a line looks like, which file it goes to, and whom it leaves alone."""

from __future__ import annotations

import io
import json
import re
import sys
from contextlib import redirect_stdout
from datetime import timedelta

import loguru
import pytest
from loguru import logger as applications

from xetrack import Reader, Tracker, XetrackWarning
from xetrack.errors import InvalidArgumentError

LINE = re.compile(
    r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} \| (?P<level>\w+) \| [\w.]+:\w+:\d+(?P<rest>.*)\n"
)


def logged(folder):
    """The text of all files of a folder."""
    return "".join(file.read_text("utf-8") for file in sorted(folder.rglob("*.log")))


@pytest.fixture
def days(monkeypatch):
    """Turn the day as loguru sees it."""
    now = loguru._logger.aware_now
    past = [0]
    monkeypatch.setattr(loguru._logger, "aware_now", lambda: now() + timedelta(days=past[0]))

    def turn():
        past[0] += 1
        return (now() + timedelta(days=past[0])).date()

    return turn


def test_a_line_is_as_the_guide_shows_it(tmp_path):
    """Time with milliseconds, level, place, delimiter, and the row as JSON in its own order."""
    with Tracker(":memory:", logs_path=tmp_path) as tracker:
        row = tracker.log({"accuracy": 0.9})
    found = LINE.fullmatch(logged(tmp_path))
    assert "TRACKING" == found["level"]
    assert "!📁!" + json.dumps(row) == found["rest"]
    assert ["accuracy", "timestamp", "track_id"] == list(row)


def test_missing_folders_are_made_and_a_file_is_named_by_its_day(tmp_path, days):
    """The folder and those above it; nothing else lies in it."""
    folder = tmp_path / "a" / "b"
    today = f"{loguru._logger.aware_now():YYYY-MM-DD}"
    with Tracker(":memory:", logs_path=str(folder)) as tracker:
        tracker.log({"x": 1})
    assert [f"{today}.log"] == [file.name for file in folder.iterdir()]


@pytest.mark.parametrize(
    "name", ["run.log", "{time:YYYY}/{time:MM-DD}.log", "{time}.log", "x{{}}-{time:HH!UTC}.log"]
)
def test_logs_file_format_names_the_file(tmp_path, name):
    """`logs_file_format` names the file, in all that loguru understands.

    Its folder is made and read too.
    """
    with Tracker(":memory:", logs_path=tmp_path, logs_file_format=name) as tracker:
        tracker.log({"x": 1})
        tracker.log({"x": 2})
    (file,) = tmp_path.rglob("*.log")
    assert file.name.startswith("x{}-") == name.startswith("x")
    assert [1, 2] == Reader.read_logs(tmp_path)["x"].tolist()


@pytest.mark.parametrize("name", ["{day}.log", "{}.log", "{time", 7])
def test_a_file_format_that_is_none_is_refused(tmp_path, name):
    """When the tracker is made, not with each row."""
    with pytest.raises(InvalidArgumentError, match="logs_file_format"):
        Tracker(":memory:", logs_path=tmp_path, logs_file_format=name)


def test_a_folder_that_cannot_be_made_is_a_typed_error(tmp_path):
    """A file is in its place."""
    (tmp_path / "logs").touch()
    with pytest.raises(InvalidArgumentError, match=r"logs_path=.*File exists"):
        Tracker(":memory:", logs_path=tmp_path / "logs")


def test_promise_13_the_applications_own_handlers_get_nothing(tmp_path):
    """Neither one added before nor one added after; its levels are as they were."""
    before, after = [], []
    first = applications.add(before.append, level=0)
    with Tracker(":memory:", logs_path=tmp_path) as tracker:
        second = applications.add(after.append, level=0)
        tracker.log({"x": 1})
        tracker.logger.monitor({"x": 2})
        applications.info("its own")
    applications.remove(first)
    applications.remove(second)
    assert (1, 1) == (len(before), len(after))
    assert 2 == len(logged(tmp_path).splitlines())
    with pytest.raises(ValueError, match="TRACKING"):
        applications.level("TRACKING")


def test_promise_13_removing_the_applications_handlers_leaves_the_log(python):
    """Removing the application's handlers leaves the log, nor does disabling, configuring or
    patching its logger change a line.
    """
    found = python(
        "from loguru import logger\nfrom xetrack import Tracker\n"
        "t = Tracker(':memory:', logs_path='logs'); t.log({'x': 1})\n"
        "logger.remove(); logger.disable('xetrack'); logger.disable('')\n"
        "logger.configure(patcher=lambda record: record.update(message='mine'))\n"
        "t.log({'x': 2}); t.close(); logger.enable('')\n"
        "import pathlib\n"
        "print(sum('\"x\"' in line for f in pathlib.Path('logs').iterdir() for line in f.open()))\n"
    )
    assert ("2\n", "") == (found.stdout, found.stderr)


def test_promise_13_two_trackers_write_into_their_own_folders(tmp_path):
    """Turn by turn."""
    with (
        Tracker(":memory:", logs_path=tmp_path / "a") as one,
        Tracker(":memory:", logs_path=tmp_path / "b") as other,
    ):
        for at in range(3):
            one.log({"one": at})
            other.log({"other": at})
    assert (["one"] * 3, ["other"] * 3) == tuple(
        re.findall('"(one|other)"', logged(tmp_path / name)) for name in "ab"
    )


@pytest.mark.parametrize("mark", ["|||", "{x}", "<red>", "</red>", "\\<", "%s", "\\", "{{}}", "ж"])
def test_the_environment_chooses_the_delimiter(tmp_path, monkeypatch, mark):
    """The environment chooses the delimiter, whatever it means to loguru.

    It is read when the tracker is made, and by the reader.
    """
    monkeypatch.setenv("LOGS_DELIMITER", mark)
    with Tracker(":memory:", logs_path=tmp_path) as tracker:
        row = tracker.log({"x": 1})
    assert mark + json.dumps(row) == LINE.fullmatch(logged(tmp_path))["rest"]
    assert [1] == Reader.read_logs(tmp_path)["x"].tolist()


HARD = [
    "{", "{}", "{x}", "{x.__class__}", "<red>", "</>", "a\nb", "a\r\nb", "\u2028\x85", "\udc80",
    "!📁!", '2023-12-14 21:46:55.290 | TRACKING | a:b:1!📁!{"x": 1}', "\x1b[31m", "%s", "\\", "ж",
]  # fmt: skip


@pytest.mark.parametrize("text", HARD, ids=ascii)
def test_promise_15_values_come_back_whatever_loguru_or_the_format_makes_of_them(tmp_path, text):
    """Values come back whatever loguru or the format makes of them, in one line without control
    characters; as values, keys of dicts and keys of rows.
    """
    data = {"x": text, "deep": {text: [text]}}
    with Tracker(Tracker.SKIP_INSERT, logs_path=tmp_path) as tracker:
        tracker.log(data)
        tracker.logger.monitor({text: 1})
    lines = logged(tmp_path).encode()
    # Two of the rows, and two of the run, whose record is nowhere else.
    assert (4, 4) == (lines.count(b"\n"), len(lines.splitlines()))
    assert not re.search(rb"[\x00-\x09\x0b-\x1f]", lines)
    found = Reader.read_logs(tmp_path)
    assert data == found[["x", "deep"]].iloc[0].to_dict()
    assert 1 == found[text.encode("utf-8", "backslashreplace").decode()].iloc[1]


def test_each_day_has_its_file(tmp_path, days):
    """A record goes to the file of its own day, and none is renamed."""
    with Tracker(":memory:", logs_path=tmp_path) as tracker:
        tracker.log({"x": 0})
        names = []
        for at in (1, 2):
            names.append(f"{days()}.log")
            tracker.log({"x": at})
            tracker.log({"x": at})
    files = sorted(tmp_path.iterdir())
    assert names == [file.name for file in files[1:]]
    assert [1, 2, 2] == [len(file.read_text().splitlines()) for file in files]


def test_a_file_without_a_time_in_its_name_takes_all_days(tmp_path, days):
    """It is never renamed."""
    with Tracker(":memory:", logs_path=tmp_path, logs_file_format="all.log") as tracker:
        for at in range(3):
            tracker.log({"x": at})
            days()
    assert ["all.log"] == [file.name for file in tmp_path.iterdir()]
    assert 3 == len(logged(tmp_path).splitlines())


def test_a_file_that_was_deleted_is_made_again(tmp_path):
    """A file that was deleted is made again, with its folder; the row after it is there."""
    with Tracker(":memory:", logs_path=tmp_path / "logs") as tracker:
        tracker.log({"x": 1})
        (file,) = (tmp_path / "logs").iterdir()
        file.unlink()
        file.parent.rmdir()
        tracker.log({"x": 2})
        assert '"x": 2' in file.read_text("utf-8")


def test_rows_after_close_are_logged_too(tmp_path):
    """The file is opened again."""
    tracker = Tracker(":memory:", logs_path=tmp_path)
    for at in range(3):
        tracker.log({"x": at})
        tracker.close()
    assert 3 == len(logged(tmp_path).splitlines())


def test_standard_output_is_whatever_it_is_when_a_row_comes(capsys):
    """Standard output is whatever it is when a row comes: redirected meanwhile or not."""
    elsewhere = io.StringIO()
    with Tracker(":memory:", logs_stdout=True) as tracker:
        tracker.log({"x": 1})
        with redirect_stdout(elsewhere):
            tracker.log({"x": 2})
        tracker.log({"x": 3})
    printed = capsys.readouterr()
    assert ["1", "3"] == re.findall(r'"x": (\d)', printed.out)
    assert ["2"] == re.findall(r'"x": (\d)', elsewhere.getvalue())
    assert "" == printed.err
    assert LINE.match(elsewhere.getvalue())


@pytest.mark.parametrize("stream", [None, "closed"])
def test_without_standard_output_no_row_is_lost(stream, monkeypatch):
    """Closed, or missing as in a service; it is said once."""
    if stream:
        stream = io.StringIO()
        stream.close()
    with Tracker(":memory:", logs_stdout=True) as tracker:
        with monkeypatch.context() as patch:
            patch.setattr(sys, "stdout", stream)
            with pytest.warns(XetrackWarning, match="sink 'stdout'"):
                tracker.log({"x": 1})
            tracker.log({"x": 2})
        assert 2 == len(tracker)


def test_a_terminal_without_the_characters_gets_their_escapes(monkeypatch):
    """A terminal without the characters gets their escapes, rather than nothing."""
    raw = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(raw, encoding="ascii"))
    with Tracker(":memory:", logs_stdout=True) as tracker:
        tracker.log({"x": "ж"})
    assert b'{"x": "\\u0436"' in raw.getvalue()


def test_the_time_in_a_line_is_local(tmp_path, days):
    """The time in a line is local, as the timestamp of the row is."""
    with Tracker(":memory:", logs_path=tmp_path) as tracker:
        row = tracker.log({"x": 1})
    assert row["timestamp"][:13] == logged(tmp_path)[:13]
