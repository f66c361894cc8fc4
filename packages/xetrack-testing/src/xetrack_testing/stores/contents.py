"""Contents: stored once, with their headers, and never changed."""

from __future__ import annotations

import hashlib
import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from xetrack.errors import AssetNotStoredError, DamagedAssetError, XetrackError
from xetrack_testing.declared import must_raise
from xetrack_testing.stores.base import NOBODY, StoreFixtures, content, keep, loaded, put

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from xetrack.interfaces.assets import AssetStore
    from xetrack_testing.stores.base import Opened

NOISE = b"".join(hashlib.sha256(b"%d" % n).digest() for n in range(2**15))
"""1 MB that cannot be compressed."""

CONTENTS = (
    content(),
    content(b""),
    content(b"\0"),
    content(b"text"),
    content(*(b"%d," % n for n in range(3_000))),
    content(b"a", NOISE, b"b", NOISE * 17),
    content(b"x" * 2**21),
)
"""Contents of several sizes and numbers of pieces; the first two are equal."""

TIME = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}|")


class _Broken:
    """Pieces that raise after the first."""

    def __iter__(self) -> Iterator[bytes]:
        yield NOISE[:1_000]
        raise OSError("the disk is gone")


class ContentsContract(StoreFixtures):
    """The promises about contents."""

    def test_looking_makes_nothing(self, opened: Opened, tmp_path: Path) -> None:
        """Where nothing was stored, nothing is found, and nothing comes to be by asking."""
        before = sorted(tmp_path.rglob("*"))
        store = opened()
        assert ([], [], None) == (store.infos(), store.find("0" * 6, 5), store.info("0" * 16))
        assert ([], 0) == (store.references("0" * 16), store.dereference(table="default"))
        assert [] == store.engine.tables()
        assert before == sorted(tmp_path.rglob("*")), "asking left something behind"

    @pytest.mark.parametrize("compress", [False, True])
    def test_contents_come_back_as_they_were(self, opened: Opened, compress: bool) -> None:
        """To whoever opens the store, in any pieces; from no bytes to 17 MB."""
        put(opened(compress=compress), *CONTENTS)
        other = opened(compress=not compress)
        for stored in CONTENTS:
            whole = b"".join(map(bytes, stored.pieces))
            assert len(whole) == stored.header.size
            assert loaded(other, stored.id) == whole, f"{len(whole)} bytes came back as others"

    def test_what_core_says_of_a_content_comes_back(self, opened: Opened) -> None:
        """The header to the last byte, since the seal is over it; and in the order they came."""
        contents = [
            content(b"%d" % n, codec=codec, version=n, seal=bytes(range(n, 256)))
            for n, codec in enumerate(["numpy", "a-codec-of-a-stranger", "z", "b"])
        ]
        for item in contents:
            put(opened(), item)
        store = opened()
        infos = store.infos()
        assert [(item.id, item.header) for item in contents] == [
            (item.id, item.header) for item in infos
        ]
        assert infos == [store.info(item.id) for item in contents]
        for info in infos:
            assert TIME.fullmatch(info.time), f"{info.time!r} is no time of ours"
            assert 0 < info.stored_size

    def test_equal_content_is_stored_once(self, opened: Opened) -> None:
        """Whoever stores it, compressed or not: it takes no more room, and counts references."""
        first, other = opened(), opened(compress=True)
        model = content(b"x" * 100_000)
        keep(first, model)
        size = first.infos()[0].stored_size
        for n in range(3):
            keep(other, model, run=f"run{n}")
            keep(first, model, model, key="again")
        (info,) = first.infos()
        assert (size, 5) == (info.stored_size, info.references)
        assert b"x" * 100_000 == loaded(other, model.id)

    def test_compressing_takes_less_room(self, opened: Opened) -> None:
        """Compressing takes less room, for what can be compressed."""
        put(opened(compress=True), content(b"x" * 2**20))
        (info,) = opened().infos()
        assert info.stored_size < info.header.size / 10

    def test_a_new_seal_takes_the_place_of_the_old(self, opened: Opened) -> None:
        """Whoever stores equal content has made it, and may sign it."""
        foreign = content(b"model", codec="pickle", seal=b"of another user")
        put(opened(), foreign)
        own = replace(foreign, header=replace(foreign.header, seal=b"\0mine"))
        put(opened(), own)
        assert [own.header] == [info.header for info in opened().infos()]

    def test_an_id_is_never_another_content(self, opened: Opened) -> None:
        """Two digests that begin alike: the second is refused, and no row comes of it."""
        store, model = opened(), content(b"one")
        keep(store, model)
        other = replace(content(b"other"), id=model.id)
        must_raise(AssetNotStoredError, lambda: keep(store, other), "storing another content")
        assert (b"one", [model.header]) == (
            loaded(store, model.id),
            [info.header for info in opened().infos()],
        )

    def test_assets_are_found_by_how_they_begin(self, store: AssetStore) -> None:
        """As many as are asked for, and none beside."""
        contents = [replace(content(b"%d" % n), id=f"abcd{n:012x}") for n in (0, 1, 16, 2**40)]
        put(store, *contents, replace(content(b"x"), id="abce" + "0" * 12))
        assert [item.id for item in contents] == sorted(store.find("abcd", 9))
        assert [contents[1].id] == store.find(contents[1].id, 9)
        assert {contents[0].id, contents[1].id} == {*store.find("abcd00000000000", 9)}
        assert (2, []) == (len(store.find("abcd", 2)), store.find("abcf", 9))

    def test_what_is_missing_is_a_typed_error(self, store: AssetStore) -> None:
        """Where nothing was stored yet, and beside others."""
        missing = content(b"missing")
        for _ in range(2):
            must_raise(DamagedAssetError, lambda: loaded(store, missing.id), "a missing content")
            assert (None, []) == (store.info(missing.id), store.references(missing.id))
            put(store, content(b"another"))

    @pytest.mark.parametrize("compress", [False, True])
    def test_damage_is_never_another_content(
        self, opened: Opened, damage: Callable[[str], object], compress: bool
    ) -> None:
        """It is an error, or bytes that do not match the digest; stored again it is whole."""
        store = opened(compress=compress)
        model = content(b"a model " * 5_000, seal=b"signed")
        put(store, model, content(b"beside"))
        damage(model.id)
        other, data = opened(), b""
        try:
            data = loaded(other, model.id)
        except DamagedAssetError:
            pass
        except XetrackError as error:
            pytest.fail(f"{type(error).__name__} is no DamagedAssetError: {error}")
        info = other.info(model.id)
        assert info is None or info.header == model.header, "the header follows the damage"
        assert data != b"".join(map(bytes, model.pieces)), "the fixture `damage` does none"
        assert b"beside" == loaded(other, content(b"beside").id)
        store.delete(model.id)
        put(store, model)
        assert b"a model " * 5_000 == loaded(opened(), model.id)

    def test_what_is_deleted_is_gone_until_it_is_stored_again(self, opened: Opened) -> None:
        """Under the references that it had."""
        store, model = opened(), content(b"x" * 10_000)
        keep(store, model, content(b"other"))
        store.delete(model.id)
        store.delete(model.id)
        other = opened()
        assert (None, 1) == (other.info(model.id), len(other.references(model.id)))
        must_raise(DamagedAssetError, lambda: loaded(other, model.id), "a deleted content")
        assert ([], [content(b"other").id]) == (
            other.find(model.id, 1),
            [info.id for info in other.infos()],
        )
        keep(other, model, run="another")
        info = store.info(model.id)
        assert info is not None
        assert (2, b"x" * 10_000) == (info.references, loaded(store, model.id))
        other.delete(model.id)  # behind the back of the store that had it first
        keep(store, model, run="third")
        assert b"x" * 10_000 == loaded(opened(), model.id), "a row names what was deleted"

    def test_a_content_that_breaks_off_is_not_there(self, opened: Opened) -> None:
        """Its pieces may fail midway, as a file that is being read may; no row comes of it."""
        store, model = opened(), content(NOISE)

        must_raise(
            OSError,
            lambda: keep(store, content(b"first"), replace(model, pieces=_Broken())),
            "a content that breaks off",
        )
        other = opened()
        assert [] == other.engine.tables(), "a row was stored all the same"
        assert other.info(model.id) is None, "half a content is there"
        other.collect(lambda: NOBODY)
        keep(other, model)
        assert NOISE == loaded(store, model.id)
