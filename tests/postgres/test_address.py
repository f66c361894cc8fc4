"""URLs: what libpq gets of them, and that nobody is shown a password."""

from __future__ import annotations

import pickle
import traceback

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.postgres.engines import log, opened
from xetrack import Reader, Tracker, copy
from xetrack.errors import InvalidArgumentError, NotADatabaseError, XetrackError
from xetrack.model.locations import shown_location
from xetrack_postgres.address import is_url, parse_address
from xetrack_postgres.engine import PostgresEngine


def test_parameters_of_ours_are_kept_from_libpq():
    """All others are libpq's own."""
    found = parse_address("postgresql://me@h:5433/runs?sslmode=require&schema=a%20b&spool=/x/y")
    assert ("a b", "/x/y", "runs") == (found.schema, str(found.spool), found.database)
    assert {
        "user": "me",
        "host": "h",
        "port": "5433",
        "dbname": "runs",
        "sslmode": "require",
    } == found.conninfo


def test_a_url_may_leave_everything_to_the_environment():
    """PGHOST, PGUSER, PGPASSWORD, PGSSLMODE and others are libpq's business."""
    assert ({}, "xetrack", None) == (
        parse_address("postgresql://").conninfo,
        parse_address("postgres://").schema,
        parse_address("postgresql://").spool,
    )


SECRET = "hush-hush"


@pytest.mark.parametrize(
    "url",
    [
        f"postgresql://me:{SECRET}@h/db",
        f"postgresql://me:{SECRET}@:99999999/db",
        f"postgresql://me:a@{SECRET}@h/db",
        f"postgresql://me:a/{SECRET}@h/db",
        f"postgresql://me:a?{SECRET}@h/db",
        f"postgresql://me:%zz{SECRET}@h/db",
        f"postgresql://h/db?password={SECRET}",
        f"postgresql://h/db?user=me&sslpassword={SECRET}&x",
        f"postgresql://me:{SECRET}@h:port/db?nonsense=1",
        f"postgresql://me:{SECRET}@[::1/db",
        f"POSTGRES://:{SECRET}@/db",
    ],
)
def test_no_text_shows_a_password(url):
    """No text shows a password, whether the URL is one or not, and whatever goes wrong with it."""
    assert SECRET not in shown_location(url)
    with pytest.raises(XetrackError) as caught:
        opened(f"{url}{'&' if '?' in url else '?'}connect_timeout=1")
    assert SECRET not in "".join(traceback.format_exception(caught.value))


@given(st.text(min_size=4).filter(lambda text: "*" not in text))
def test_no_address_shows_a_password(password):
    """No address shows a password, also where nobody thought of quoting it."""
    url = f"postgresql://me:{password}@host/db"
    assert "postgresql://me:***@host/db" == shown_location(url) or "?" in password
    try:
        shown = repr(parse_address(url))
    except XetrackError as error:
        shown = str(error)
    assert f":{password}@" not in shown or "?" in password


def test_what_the_server_says_is_shown_without_the_password(mortal):
    """A server that quotes it, and one that refuses it."""
    address = parse_address(f"postgresql://me:{SECRET}%21@h/db")
    assert "password *** is wrong" == address.without_secrets(f"password {SECRET}! is\nwrong")
    mortal.kill()
    hba = mortal.folder / "pg_hba.conf"
    before = hba.read_text()
    hba.write_text("local all all scram-sha-256\n")
    try:
        mortal.start()
        with pytest.raises(XetrackError, match=r"PGPASSWORD or in ~/\.pgpass") as caught:
            opened(mortal.url.replace("postgres:@", f"postgres:{SECRET}@"))
        assert isinstance(caught.value, PermissionError)
        assert SECRET not in "".join(traceback.format_exception(caught.value))
    finally:
        mortal.kill()
        hba.write_text(before)
        mortal.start()


@pytest.mark.parametrize("url", ["postgresql://%", "postgresql://h:x/db", "postgresql://h/d?no=1"])
def test_what_is_no_url_is_a_typed_error(url):
    """The text says how one is written."""
    with pytest.raises(NotADatabaseError, match="postgresql://USER@HOST:PORT/DATABASE"):
        opened(url)


@pytest.mark.parametrize("schema", ["", "x" * 64, "%00", "%0A", "100%25"])
def test_a_schema_that_cannot_be_is_a_typed_error(schema):
    """PostgreSQL would cut a long one."""
    with pytest.raises(InvalidArgumentError, match="at most 63 bytes"):
        opened(f"postgresql://h/db?schema={schema}")


def test_a_missing_database_is_a_typed_error(server):
    """The text says how to make it."""
    with pytest.raises(FileNotFoundError, match="Type: createdb nothing"):
        opened(server.url.replace("/postgres?", "/nothing?"))


def test_other_locations_are_not_owned(url):
    """Other locations are not owned: paths, other schemes, and schemas without rows."""
    assert [True, True, False, False] == [
        is_url(one) for one in ("postgres://", "PostgreSQL://h", "postgresql:/h", "mysql://h")
    ]
    assert not PostgresEngine.owns(url)
    assert not PostgresEngine.owns("runs.db")


@pytest.mark.parametrize("schema", ["a%20b", "%22x%22", "it's", "\u00fc", "Case"])
def test_a_schema_has_any_name(server, schema):
    """Quoted wherever it stands in SQL."""
    engine = opened(f"{server.url}&schema={schema}")
    log(engine, {"x": 1}, {"x": float("nan")})
    log(engine, {"x": 0.5})
    assert [(3,)] == engine.sql("SELECT count(*) FROM db.default").rows
    assert 3 == engine.update("default", {"x": "y"}, [])
    assert 3 == engine.delete("default", [])
    engine.drop("default")
    engine.close()


def test_trackers_readers_and_copies_show_no_password(url):
    """Their own `db` is as it was given, as others are made with it."""
    secret = url.replace("postgres:@", f"postgres:{SECRET}@")
    with Tracker(secret) as tracker, Reader(secret) as reader:
        tracker.log({"x": 1})
        assert SECRET not in f"{tracker!r}{reader!r}{tracker.conn!r}"
        assert "postgres:***@" in repr(tracker)
        assert secret == tracker.db
        assert 1 == len(pickle.loads(pickle.dumps(reader)).to_df())
        with pytest.raises(XetrackError) as caught:
            copy(secret, secret)
        assert SECRET not in str(caught.value)
        with pytest.raises(XetrackError) as caught:
            Reader(secret, table="nothing").to_df()
        assert SECRET not in str(caught.value)
