"""`xt cache` on a URL does what it does on a folder."""

from __future__ import annotations

import json

import pytest

from xetrack import Tracker
from xetrack_cli.__main__ import main


def scale(x, by=1):
    return x * by


@pytest.fixture
def xt(capsys):
    """Run a command; return code, output and errors, in which no password is."""

    def run(*words):
        code = main(["cache", *map(str, words)])
        out, err = capsys.readouterr()
        assert "hush" not in out + err
        return code, out, err

    return run


@pytest.fixture
def rows(xt):
    """Run a command, and return its rows."""

    def run(*words):
        code, out, err = xt(*words, "--json")
        assert (0, "") == (code, err)
        return json.loads(out)

    return run


@pytest.fixture
def secret(url):
    """The URL with a password in it."""
    return url.replace("postgres:@", "postgres:hush-hush@")


@pytest.fixture(params=["folder", "postgres"])
def filled(request, secret, tmp_path):
    """Two results of one run and one of another: in a folder, and in PostgreSQL."""
    cache = secret if request.param == "postgres" else str(tmp_path / "cache")
    for run, calls in (("first-run", [(1,), ("a" * 50_000,)]), ("other-run", [(1, 2)])):
        with Tracker(Tracker.IN_MEMORY, cache=cache, track_id=run) as tracker:
            for args in calls:
                tracker.track(scale, args=args)
    return cache


def test_all_commands_say_the_same_of_a_folder_and_of_a_url(filled, xt, rows):
    """All commands say the same of a folder and of a URL: output and exit codes."""
    found = rows("ls", filled)
    assert ["first-run", "first-run", "other-run"] == [one["track_id"] for one in found]
    assert [(1, ""), (50_002, ""), (1, "")] == [(one["bytes"], one["state"]) for one in found]
    assert {"tests.postgres.test_cache_xt.scale"} == {one["function"] for one in found}
    assert {"key", "stored"} <= found[0].keys()
    (counted,) = rows("stats", filled)
    assert counted.pop("bytes") > 50_000
    assert {"results": 3, "functions": 1, "runs": 2, "unusable": 0} == counted
    ((difference),) = rows("why", filled)
    assert ("argument by", "2", "1") == tuple(difference[n] for n in ("part", "here", "nearest"))
    assert "first result of tests.postgres" in xt("why", filled, found[0]["key"])[1]
    code, _, err = xt("why", filled, "zz")
    assert (1, True) == (code, "xt cache ls" in err)
    assert (0, "Deleted 2 cached results of first-run.\n", "") == xt("delete", filled, "first-run")
    code, out, err = xt("delete", filled, "first-run")
    assert (1, "", True) == (code, out, "no cached result of the run 'first-run'" in err)
    assert (0, "Deleted 1 cached result.\n", "") == xt("clear", filled)
    assert [] == rows("ls", filled)


def test_nothing_is_unpickled_and_what_is_foreign_is_told_of(secret, by_hand, rows, xt):
    """Nothing is unpickled and what is foreign is reported, also what somebody else put there."""
    with Tracker(Tracker.IN_MEMORY, cache=secret, track_id="a-run") as tracker:
        for x in range(3):
            tracker.track(scale, args=[x])
    by_hand("UPDATE xetrack_cache SET entry = set_byte(entry, 5, 0) WHERE number = 1")
    by_hand(r"UPDATE xetrack_cache SET entry = '\x80049501' WHERE number = 2")
    assert ["not signed by you", "it is no entry of this version", ""] == [
        one["state"] for one in rows("ls", secret)
    ]
    assert 2 == rows("stats", secret)[0]["unusable"]
    assert (0, "Deleted 3 cached results of a-run.\n", "") == xt("delete", secret, "a-run")


@pytest.mark.parametrize("command", ["ls", "stats", "clear", "why"])
def test_a_database_without_a_cache_is_a_failure(secret, by_hand, xt, command):
    """A database without a cache is a failure, and none is made."""
    code, out, err = xt(command, secret)
    assert (1, "") == (code, out)
    assert "There is no cache at" in err
    assert "Check the URL" in err
    assert [(None,)] == by_hand("SELECT to_regclass('xetrack_cache')")


def test_what_cannot_be_used_says_what_to_type(secret, by_hand, schema, xt):
    """A table of another program, a server that is away, a scheme that nobody knows."""
    by_hand(f"CREATE SCHEMA {schema}")
    by_hand("CREATE TABLE xetrack_cache (key text)")
    code, _, err = xt("ls", secret)
    assert (1, True) == (code, "type: xt cache clear" in err.replace("\n", " "))
    code, out, _ = xt("clear", secret)
    assert (0, "The database of the cache could not be read, and was removed.\n") == (code, out)
    assert 1 == xt("ls", secret)[0]
    for url, said in (
        ("postgresql://me:hush-hush@localhost:1/db", "or start the server."),
        ("redis://me:hush-hush@localhost/db", "There is no cache named 'redis'"),
        (secret.replace("/postgres?", "/nothing?"), "createdb nothing"),
    ):
        for command in ("ls", "clear"):
            code, out, err = xt(command, url)
            assert (1, "", True) == (code, out, said in " ".join(err.split())), err
