"""Errors are typed, survive pickling, and end with what to type."""

from __future__ import annotations

import inspect
import pickle
import re
import threading

import pytest

from xetrack import XetrackError, XetrackWarning, errors
from xetrack_cache.commands import ResultNotFoundError
from xetrack_duckdb.errors import NestedReadError, StrandedRowsError

MADE = [
    (errors.InvalidKeyError((1,), "it is a tuple"), ValueError),
    (errors.InvalidTableError("xetrack_x", "it is internal"), ValueError),
    (errors.UnsupportedOperationError("the engine 'x' of y", "run SQL", "Type: z"), ValueError),
    (errors.InvalidArgumentError("n", -1, "a whole number from 0 on"), ValueError),
    (errors.UnsupportedValueError("key", object()), TypeError),
    (errors.LogsNotFoundError("logs"), FileNotFoundError),
    (errors.UnreadableLogsError("logs", "it is a pipe"), OSError),
    (errors.DatabaseNotFoundError("trak.db", ["track.db"]), FileNotFoundError),
    (errors.NotADatabaseError("x.txt", "no engine knows it"), ValueError),
    (errors.TableNotFoundError("tabel", "x.db", ["table"]), LookupError),
    (errors.ColumnNotFoundError("los", "default", ["loss"]), KeyError),
    (errors.RunNotFoundError("cool-name-1234", "default"), LookupError),
    (errors.StorageError("x.db", "Writing to", "the disk is full"), OSError),
    (errors.DatabaseBusyError("x.db", 60.0), TimeoutError),
    (NestedReadError("x.db"), TimeoutError),
    (errors.NestedWriteError("x.db", "Writing to"), TimeoutError),
    (StrandedRowsError("x.duckdb", "x.duckdb.rows", "Type: mv a b"), OSError),
    (errors.FileInTheWayError("x.db", "is there already", "Give another path."), FileExistsError),
    (
        errors.AccessDeniedError("x.db", "Reading", "you may not read it", "Type: ls"),
        PermissionError,
    ),
    (errors.RowRefusedError("x.db", "Writing to"), OSError),
    (
        errors.PartFailedError("the frame-backend 'x' of y 1", "", "frame", "KeyError: 1"),
        RuntimeError,
    ),
    (errors.EngineFailedError("the engine 'x' of y 1", "x://h", "read", "Oh: no"), OSError),
    (errors.CacheFailedError("the cache 'x' of y 1", "x://h", "get", "Oh: no"), OSError),
    (errors.RowNotStoredError("train", "the disk is full.", threading.Lock()), RuntimeError),
    (errors.RowExistsError("x.db"), ValueError),
    (errors.InterruptedReadError("x.db"), OSError),
    (errors.InterruptedWriteError("x.db"), OSError),
    (errors.OutcomeUnknownError("x.db"), OSError),
    (errors.ReadOnlyError("x.db", "Writing"), PermissionError),
    (errors.QueryError("SELEC", "syntax error"), ValueError),
    (errors.TrustKeyError("trust.key", "it has 5 bytes"), ValueError),
    (errors.AssetNotStoredError("a.Kind", "no codec takes it"), TypeError),
    (errors.AssetNotFoundError("012345", "track.db", ["0123456789abcdef"]), LookupError),
    (errors.AssetError("0123456789abcdef", "no module", "Check what is installed."), ValueError),
    (errors.DamagedAssetError("0123456789abcdef", "a digest differs"), ValueError),
    (errors.AssetStoreError("s3://bucket", "Reading", "no route to host"), OSError),
    (errors.CacheNotFoundError("cache_dir"), FileNotFoundError),
    (errors.CacheError("cache_dir", "the disk is full"), OSError),
    (errors.DamagedCacheError("cache_dir", "file is not a database"), OSError),
    (ResultNotFoundError("cool-name-1234", "cache_dir"), LookupError),
    (errors.UntrustedPickleError("The asset 0123456789abcdef"), PermissionError),
    (errors.UntrustedStoreError("track.db", "s3://bucket"), PermissionError),
    (errors.UnknownComponentError("engine", "duck", ["duckdb"]), LookupError),
    (errors.MissingPackageError("duckdb", "duckdb"), ImportError),
    (errors.PluginError("bad", "it raised"), RuntimeError),
    (errors.PartClashError(["xetrack-a", "xetrack-b"], "both offer it"), RuntimeError),
    (errors.ConfigurationError("/project/xetrack.toml", "it is no TOML", 3), ValueError),
    (errors.PartOptionError("sink", "otel", "batsh", "it takes batch.", "sinks"), ValueError),
    (errors.PartNotPickledError("sink", "Mine", "TypeError: a lock"), TypeError),
    (errors.RowFilterError("redact", "raised KeyError"), RuntimeError),
]
BY_TYPE = pytest.mark.parametrize(
    ("error", "builtin"), MADE, ids=[type(one).__name__ for one, _ in MADE]
)


def test_every_error_is_looked_at_here():
    """Whoever adds one adds it to the table above."""
    found = {
        one
        for one in vars(errors).values()
        if inspect.isclass(one) and issubclass(one, XetrackError) and one is not XetrackError
    }
    assert found == {type(one) for one, _ in MADE if hasattr(errors, type(one).__name__)}


@BY_TYPE
def test_an_error_is_what_it_specialises(error, builtin):
    """`except FileNotFoundError` works as well as `except XetrackError`."""
    assert isinstance(error, XetrackError)
    assert isinstance(error, builtin)


@BY_TYPE
def test_an_error_survives_pickling(error, builtin):
    """Type, text and facts; what cannot be pickled becomes its text."""
    again = pickle.loads(pickle.dumps(error))
    assert (type(error), str(error), error.args) == (type(again), str(again), again.args)
    assert vars(error).keys() == vars(again).keys()
    assert vars(again) == vars(pickle.loads(pickle.dumps(again)))


@BY_TYPE
def test_an_error_ends_with_what_to_do(error, builtin):
    """The last sentence tells it; no text is a bare statement of failure."""
    *_, last = re.split(r"[.?] (?=[A-Z])", str(error))
    verbs = ("Use", "Choose", "Give", "Type", "Check", "List", "Log", "See", "Change", "To")
    assert last.startswith(verbs) or "again" in last


def test_what_to_type_is_what_a_shell_takes():
    """A URL may have an ampersand in it."""
    url = "postgresql://host/db?schema=a&port=1"
    for error in (errors.CacheError(url, "it is away"), ResultNotFoundError("run", url)):
        assert str(error).endswith(f" '{url}'")
    assert str(errors.CacheError("cache_dir", "it is full")).endswith(" cache_dir")


def test_near_names_come_first_and_long_lists_are_cut():
    """At most three near names, or a dozen of all."""
    assert "Did you mean 'loss'? " == errors.near("los", ["loss", "accuracy"])
    assert "" == errors.near("x", [])
    listed = errors.near("zzz", [f"name{number:02}" for number in range(30)])
    assert listed.startswith("There are: name00, ")
    assert listed.endswith("name11 and 18 more. ")


def test_a_warning_is_a_user_warning():
    """A warning is a user warning so that it is shown by default."""
    assert issubclass(XetrackWarning, UserWarning)


@pytest.mark.parametrize("stored", [True, False, None])
def test_only_what_is_not_stored_is_to_be_tried_again(stored):
    """Who tries again where rows are stored, or may be, has them twice."""
    error = errors.EngineFailedError("the engine 'x' of y 1", "x://h", "append", "Oh: no")
    told = error.with_outcome(stored)
    assert (stored, True) == (told.stored, told.is_settled)
    assert ("try again" in str(told)) == (stored is False)
    assert "x://h" in str(told)


def test_the_name_of_the_default_table_in_sql_is_explained():
    """Whoever read it in a statement may give it to a command, which knows another."""
    text = str(errors.TableNotFoundError("events", "runs.db", ["default"]))
    assert "Only in SQL is 'default' called so." in text
    assert "called so" not in str(errors.TableNotFoundError("events", "runs.db", ["other"]))


def test_what_is_no_id_of_an_asset_is_not_shown_whole():
    """As an object is that somebody gives in its place."""
    digest = "0123456789abcdef" * 4
    assert digest in str(errors.AssetNotFoundError(digest, "runs.db"))
    assert len(str(errors.AssetNotFoundError(str(bytes(10_000)), "runs.db"))) < 200
