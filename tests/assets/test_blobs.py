"""Stores of blobs: what lies in them, who is protected from whom, and what strangers put there."""

from __future__ import annotations

import json
import threading
import time

import pytest

from tests.assets.blob_stores import DictStore
from xetrack.errors import AssetNotStoredError, AssetStoreError, DamagedAssetError
from xetrack.interfaces.assets import Reference
from xetrack.interfaces.engine import Settings
from xetrack.interfaces.engines.memory.engine import MemoryEngine
from xetrack_testing.stores.base import content, keep, loaded, put

DAY = 86_400.0
NOBODY = frozenset()


@pytest.fixture
def opened():
    """Make stores of the same blobs."""
    DictStore.stored.clear()
    return lambda **settings: DictStore(MemoryEngine(":memory:", Settings()), **settings)


def age(seconds=2 * DAY):
    """Let all blobs be older."""
    for name, (data, when) in [*DictStore.stored.items()]:
        DictStore.stored[name] = data, when - seconds


def kinds():
    """What kinds of blobs there are, with their numbers."""
    names = sorted(name.partition("/")[0] for name in DictStore.stored)
    return {name: names.count(name) for name in names}


def test_three_blobs_make_an_asset(opened):
    """Content, record and reference; the second run adds a reference."""
    keep(opened(), content(b"model"))
    assert {"assets": 1, "contents": 1, "references": 1} == kinds()
    keep(opened(), content(b"model"), run="second")
    assert {"assets": 1, "contents": 1, "references": 2} == kinds()


def test_what_is_young_is_not_collected(opened):
    """A writer may be about to refer to it, as its upload took long."""
    store = opened()
    put(store, content(b"young"))
    assert [] == store.collect(lambda: NOBODY)
    age(0.9 * DAY)
    assert [] == store.collect(lambda: NOBODY)
    age(0.2 * DAY)
    assert [content(b"young").id] == store.collect(lambda: NOBODY)
    assert {} == kinds(), "something was left"


def test_the_clock_of_the_server_counts(opened):
    """A collector whose clock is a week ahead removes nothing that is young there."""
    store = opened()
    store.ahead = -7 * DAY
    put(store, content(b"young"))
    assert [] == store.collect(lambda: NOBODY)


def interrupted(store, call, prefix, work):
    """Do some work, once, before a call."""
    done = []

    def before(name, blob):
        if name == call and blob.startswith(prefix) and not done:
            done.append(1)
            work()

    store.before = before


STEPS = [
    ("blobs", "assets/"),
    ("blobs", "contents/"),
    ("put", "clock/"),
    ("blobs", "references/"),
    ("blobs", "announced/"),
    ("put", "condemned/"),
    ("remove", "assets/"),
    ("remove", "condemned/"),
    ("remove", "contents/"),
]


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("begun", [False, True])
def test_a_writer_between_two_steps_of_a_collector_loses_nothing(opened, step, begun):
    """Whether it stores all of a row there, or had begun before and ends there."""
    model = content(b"an old model")
    put(opened(), model)
    age()
    writer, collector = opened(), opened()
    storing = writer.storing([model], [Reference(model.id, "default", "model", "run")])
    rows = set()

    def write():
        if not begun:
            storing.__enter__()
        rows.add(model.id)
        storing.__exit__(None, None, None)

    if begun:
        storing.__enter__()
    interrupted(collector, *step, write)
    collector.collect(lambda: {*rows})
    if not rows:
        write()
    assert b"an old model" == loaded(opened(), model.id)
    assert 1 == len(opened().references(model.id))
    assert [] == opened().collect(lambda: NOBODY)
    assert b"an old model" == loaded(opened(), model.id)


@pytest.mark.parametrize("step", STEPS)
def test_a_writer_that_is_slower_than_a_whole_collection_loses_nothing(opened, step):
    """It looks before a step of the collector, and its row comes after the end."""
    model = content(b"an old model")
    put(opened(), model)
    age()
    writer, collector = opened(), opened()
    storing = writer.storing([model], [Reference(model.id, "default", "model", "run")])
    begun = []

    def begin():
        storing.__enter__()
        begun.append(1)

    interrupted(collector, *step, begin)
    collector.collect(lambda: NOBODY)
    if not begun:
        begin()
    assert b"an old model" == loaded(opened(), model.id), "what a row is to name was collected"
    storing.__exit__(None, None, None)
    opened().collect(lambda: NOBODY)
    assert b"an old model" == loaded(opened(), model.id)


def test_two_collectors_and_a_writer_lose_nothing(opened):
    """What one spares, because it sees the writer, the other had condemned before."""
    model = content(b"an old model")
    put(opened(), model)
    age()
    writer, first, second = opened(), opened(), opened()
    storing = writer.storing([model], [Reference(model.id, "default", "model", "run")])
    has_condemned, is_announced = threading.Event(), threading.Event()
    looks = []

    def wait_for_writer(call, name):
        if (call, name) == ("blobs", "announced/"):
            looks.append(name)
            if len(looks) == 3:  # it looks twice before it condemns
                has_condemned.set()
                assert is_announced.wait(20)

    second.before = wait_for_writer
    thread = threading.Thread(target=second.collect, args=(lambda: NOBODY,))

    def let_second_end():
        is_announced.set()
        thread.join()

    def begin():
        thread.start()
        assert has_condemned.wait(20)
        interrupted(writer, "blobs", "condemned/", let_second_end)
        storing.__enter__()

    interrupted(first, "remove", "assets/", begin)
    first.collect(lambda: NOBODY)
    storing.__exit__(None, None, None)
    assert b"an old model" == loaded(opened(), model.id)


@pytest.mark.parametrize("step", STEPS)
def test_a_collector_that_is_killed_loses_nothing(opened, step):
    """At any step; the next one ends its work."""
    model, orphan = content(b"model"), content(b"orphan")
    keep(opened(), model)
    put(opened(), orphan)
    age()
    collector = opened()

    def die():
        raise KeyboardInterrupt

    interrupted(collector, *step, die)
    with pytest.raises(KeyboardInterrupt):
        collector.collect(lambda: NOBODY)
    keep(opened(), model, run="another")
    assert b"model" == loaded(opened(), model.id)
    age()
    assert [] == [*{*opened().collect(lambda: NOBODY)} - {orphan.id}]
    assert {"assets": 1, "contents": 1, "references": 2} == kinds()


def test_a_killed_writer_leaves_what_a_later_collection_removes(opened):
    """A content without a record, and an announcement that nobody withdraws."""
    store, model = opened(), content(b"model")

    def die():
        raise SystemExit

    interrupted(store, "put", "assets/", die)
    with pytest.raises(SystemExit):
        keep(store, model)
    assert {"contents": 1} == kinds()
    put(opened(), model)
    age()
    second = opened()
    interrupted(second, "put", "references/", die)
    with pytest.raises(SystemExit):
        keep(second, model)
    assert {"announced": 1, "assets": 1, "contents": 2} == kinds()
    assert [] == opened().collect(lambda: NOBODY), "somebody had announced to need it"
    assert {"announced": 1, "assets": 1, "contents": 1} == kinds()
    age()
    assert [model.id] == opened().collect(lambda: NOBODY)
    assert {} == kinds()


def test_many_writers_and_collectors_at_once(opened):
    """Nothing that is referred to is lost, however old it was."""
    models = [content(b"model %d" % n) for n in range(5)]
    put(opened(), *models)
    age()
    errors = []

    def write(who):
        store = opened()
        try:
            for n in range(30):
                model = models[n % 5]
                keep(store, model, run=f"{who} {n}")
                assert loaded(store, model.id)
                store.dereference(track_id=f"{who} {n}")
                if n % 7 == 0:
                    age()
        except BaseException as error:
            errors.append(error)
            raise

    threads = [threading.Thread(target=write, args=(n,)) for n in range(3)]
    for thread in threads:
        thread.start()
    store = opened()
    while any(thread.is_alive() for thread in threads):
        store.collect(lambda: NOBODY)
    assert [] == errors


def test_equal_content_of_two_writers_at_once_is_an_asset(opened):
    """Both upload it, one counts, and the other goes when it is collected."""
    first, second, model = opened(), opened(), content(b"model")
    interrupted(first, "put", "contents/", lambda: keep(second, model, run="second"))
    keep(first, model, run="first")
    assert {"assets": 2, "contents": 2, "references": 2} == kinds()
    (info,) = opened().infos()
    assert 2 == info.references
    age()
    assert [] == opened().collect(lambda: NOBODY)
    assert {"assets": 1, "contents": 1, "references": 2} == kinds()
    assert b"model" == loaded(opened(), model.id)


def test_a_content_that_is_cut_is_uploaded_anew(opened):
    """When an equal object is stored; until then it is what was read."""
    model = content(b"x" * 5_000)
    keep(opened(), model)
    (name,) = (name for name in DictStore.stored if name.startswith("contents/"))
    DictStore.stored[name] = b"x" * 10, time.time()
    keep(opened(), model)
    assert b"x" * 5_000 == loaded(opened(), model.id)


RECORDS = [
    b"",
    b"null",
    b"[1]",
    b'{"header": 1}',
    b"[" * 100_000,
    json.dumps({"header": {"seal": "zz"}}).encode(),
    json.dumps(
        {
            "header": {"seal": "", "digest": 1, "codec": [], "version": "", "size": None},
            "compression": 1,
            "stored_size": {},
            "time": None,
        }
    ).encode(),
]


@pytest.mark.parametrize("record", RECORDS)
def test_a_record_of_a_stranger_is_damaged(opened, record):
    """Listing goes on, reading is a typed error, and storing the object again mends it."""
    model, other = content(b"model"), content(b"other")
    keep(opened(), model, other)
    for name in DictStore.stored:
        if name.startswith(f"assets/{model.id[:2]}/{model.id}"):
            DictStore.stored[name] = record, time.time()
    store = opened()
    assert {model.id, other.id} == {info.id for info in store.infos()}
    with pytest.raises(DamagedAssetError):
        loaded(store, model.id)
    assert "damaged" == store.info(model.id).header.digest
    keep(store, model)
    assert b"model" == loaded(opened(), model.id)


def test_a_reference_of_a_stranger_is_none(opened):
    """It counts, so that nothing is removed because of it, and names nobody."""
    model = content(b"model")
    keep(opened(), model)
    DictStore.stored[f"references/{model.id}/x"] = b"[1, 2, 3]", time.time()
    DictStore.stored[f"references/{model.id}/y"] = b"not JSON", time.time()
    assert [Reference(model.id, "default", "model", "run")] == opened().references(model.id)
    assert 3 == opened().info(model.id).references


def test_errors_of_a_store_are_typed_and_those_of_others_are_not(opened):
    """What pieces raise, and what takes a content raises, goes on as it is."""
    store, model = opened(), content(b"model" * 1_000)
    keep(store, model)

    def fail(call, name):
        raise ConnectionResetError("by peer")

    def stop(piece):
        raise LookupError("enough")

    with pytest.raises(LookupError, match="enough"):
        store.content(model.id, stop)
    store.before = fail
    for what in (
        lambda: store.info(model.id),
        store.infos,
        lambda: store.content(model.id, len),
        store.dereference,
        lambda: store.delete(model.id),
        lambda: store.collect(lambda: NOBODY),
        lambda: keep(store, model),
    ):
        with pytest.raises(AssetStoreError, match="by peer") as caught:
            what()
        assert isinstance(caught.value.__cause__, ConnectionResetError)


def test_an_id_of_two_contents_is_refused(opened):
    """Digests that begin alike: the object is not stored, and the first one stays."""
    model = content(b"model")
    keep(opened(), model)
    other = content(b"other")
    forged = type(other)(id=model.id, header=other.header, pieces=other.pieces)
    with pytest.raises(AssetNotStoredError, match=model.id):
        keep(opened(), forged)
    assert b"model" == loaded(opened(), model.id)
