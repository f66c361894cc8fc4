"""No error, warning or repr shows a secret of what a user gave."""

from __future__ import annotations

import pytest

from tests.core.configuration.parts import OptionsEngine, Plain
from xetrack import Reader, Tracker, XetrackWarning
from xetrack.errors import (
    InvalidArgumentError,
    NotADatabaseError,
    PartFailedError,
    PartOptionError,
    XetrackError,
)
from xetrack.model.locations import shown_location, without_secrets

SECRET = "lovelace"


@pytest.mark.parametrize(
    "wrong",
    [
        {"sinks": [{"nme": "otel", "token": SECRET}]},
        {"sinks": [("otel", {"api_key": SECRET, 1: 2})]},
        {"sinks": [(f"otlp://ada:{SECRET}@host", "batch=1")]},
        {"sinks": [("otel", [{"aws_secret_access_key": SECRET}])]},
        {"sinks": [("otel", {"batch": f"http://ada:{SECRET}@host"})]},
        {"sinks": [f"?token={SECRET}"]},
        {"cache": ("results", {"location": [f"mem://ada:{SECRET}@host"]})},
        {"options": {"otel": {"password": SECRET}, "jsonl": "rows"}},
        {"options": [{"otel": {"password": SECRET}}]},
        {"engine": f"postgresql://ada:{SECRET}@host/db"},
        {"engine": (f"postgresql://ada:{SECRET}@host/db", {})},
    ],
    ids=str,
)
def test_no_error_shows_a_secret_of_what_was_given(installed, wrong):
    """In whatever form."""
    with pytest.raises((InvalidArgumentError, PartOptionError)) as caught:
        Tracker(":memory:", **wrong)
    assert SECRET not in str(caught.value)
    assert "***" in str(caught.value)


def test_an_engine_shows_no_password_of_its_url(installed):
    """Neither do a tracker, a reader, and the errors of both."""
    url = f"driver://ada:{SECRET}@host/rows?token={SECRET}"
    shown = "driver://ada:***@host/rows?token=***"
    tracker = Tracker(url)
    assert url == OptionsEngine.opened[-1].opened_at
    assert shown in repr(tracker)
    with pytest.raises(XetrackError) as caught:
        Reader(url).to_df()
    assert shown in str(caught.value)
    assert SECRET not in str(caught.value)


class Telling(Plain):
    """Tells its URL when it fails."""

    def __init__(self, options):
        super().__init__(options)
        if "fail" in options:
            self.emit({}, "")

    def emit(self, row, level):
        """Fail."""
        raise OSError(f"no route to {self.options['location']}")


def test_a_part_that_tells_its_url_shows_no_secret():
    """When it is made, and when it fails later."""
    location = f"redis://ada:{SECRET}@host/0?access_token={SECRET}"
    with pytest.raises(PartFailedError, match="no route to redis://ada:") as caught:
        Tracker(":memory:", sinks=[(Telling, {"location": location, "fail": True})])
    assert SECRET not in str(caught.value)
    tracker = Tracker(":memory:", sinks=[(Telling, {"location": location})])
    with pytest.warns(XetrackWarning, match="no route to redis://ada:") as warned:
        tracker.log({"x": 1})
    assert SECRET not in str(warned[0].message)


@pytest.mark.parametrize("url", ["postgresql://ada:lovelace@host/db", "lmdb://x", "sqlite:///x.db"])
def test_an_engine_for_files_makes_no_folders_of_a_url(installed, url, tmp_path):
    """Whose name would be the password; the error says what to do."""
    with pytest.raises(NotADatabaseError, match=r"Leave the engine out|Give the path") as caught:
        Tracker(url, engine="sqlite")
    assert SECRET not in str(caught.value)
    assert [] == [*tmp_path.iterdir()]


@pytest.mark.parametrize(
    ("url", "shown", "stored"),
    [
        ("s3://b?e=http://me:PW@h&x=1", "s3://b?e=http://me:***@h&x=1", "s3://b?e=http://h&x=1"),
        ("s3://b?e=http%3A%2F%2Fme%3APW%40h", "s3://b?e=http%3A%2F%2Fme%3A***%40h", None),
        ("s3://b?e=http://h/?token=PW", "s3://b?e=http://h/?token=***", "s3://b?e=http://h"),
        ("s3://b:8/p?e=http://me:PW@h", "s3://b:8/p?e=http://me:***@h", "s3://b:8/p?e=http://h"),
        ("s3://b?pass%77ord=PW&x=1", "s3://b?pass%77ord=***&x=1", "s3://b?x=1"),
        ("s3://b?API_KEY=PW&sig=PW&x=1", "s3://b?API_KEY=***&sig=***&x=1", "s3://b?x=1"),
        ("s3://b?e=http://h/&x=a%20b", "s3://b?e=http://h/&x=a%20b", "s3://b?e=http://h/&x=a%20b"),
        ("s3://b?partition_key=x", "s3://b?partition_key=x", "s3://b?partition_key=x"),
    ],
)
def test_secrets_anywhere_in_a_query_are_neither_shown_nor_stored(url, shown, stored):
    """Also those of a URL that is the value of a parameter; all else stays as it was typed."""
    assert shown == shown_location(url)
    assert (stored or "s3://b?e=http%3A%2F%2Fh") == without_secrets(url)
