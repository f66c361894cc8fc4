"""An asset store or a codec that raises whatever it likes costs an object, and never a row."""

from __future__ import annotations

import pytest

from tests.seams.faults import OUTSIDE, RAW, AlarmError, armed
from tests.seams.table import SEAMS
from xetrack import Tracker
from xetrack.errors import AssetError, PartFailedError, XetrackError, XetrackWarning

NAMES = {"asset store, with the rows": "faulty", "asset store, elsewhere": "apart"}


def cases(parts, *gets):
    return [
        pytest.param(seam, moment, id=f"{seam.part}-{seam.method}-{moment}-{seam.use}")
        for seam in SEAMS
        for moment in seam.moments
        if seam.part in parts and (not gets or seam.gets in gets)
    ]


class Model:
    """What only an asset store takes."""

    def __str__(self):
        return "a model"


MODEL = Model()
RAISED = {"KeyboardInterrupt": KeyboardInterrupt, "handler": AlarmError}


@pytest.fixture
def opened(db):
    """Open a tracker with the store of a seam; each row before has an object."""
    trackers = []

    def open_tracker(part):
        tracker = Tracker(db, engine="sqlite", asset_store=NAMES.get(part, "sqlite"))
        trackers.append(tracker)
        tracker.log({"n": 0, "model": array()})
        return tracker

    yield open_tracker
    for tracker in trackers:
        tracker.close()


def array():
    """Another object than a model, which a faulty codec takes as well."""
    return {1, 2, 3}


@pytest.mark.parametrize("kind", [*RAW, "typed"])
@pytest.mark.parametrize(("seam", "moment"), cases(NAMES, "as text", "kept"))
def test_the_row_is_stored_once(opened, rows, seam, moment, kind):
    """With its object, or without it; of `log`, of a batch and of a tracked function."""
    tracker = opened(seam.part)
    kept = seam.gets == "kept"
    uses = [
        lambda: tracker.log({"n": 1, "model": MODEL}),
        lambda: tracker.log_batch([{"n": 1}, {"n": 1, "model": MODEL}]),
        lambda: tracker.track(lambda: {"n": 1, "model": MODEL}) and tracker.latest,
    ]
    for number, use in enumerate(uses):
        before = rows()
        with armed(seam.method, moment, kind) as plan, pytest.warns(XetrackWarning) as warned:
            row = use()
        assert plan.struck, "the method is not called"
        assert [*before, *([1, 1] if number == 1 else [1])] == rows()
        texts = [str(one.message) for one in warned if one.category is XetrackWarning]
        assert any("'model'" in text for text in texts)
        if kind != "typed":
            assert any(f"{NAMES[seam.part]!r} of xetrack-faulty 2.5" in text for text in texts)
        cell = row["model"]
        if kept:
            assert isinstance(tracker.assets.get(cell, trust=True), Model)
        else:
            assert cell == ("a model" if number == 2 else None)
        assert cell == [*tracker][-1]["model"]
        assert [] == [one for one in tracker.assets.gc() if one == cell]
    asset = tracker.log({"n": 2, "model": MODEL})["model"]
    assert isinstance(tracker.assets.get(asset, trust=True), Model)


@pytest.mark.parametrize("kind", [*RAW, "typed"])
@pytest.mark.parametrize(("seam", "moment"), cases(NAMES, "as text"))
def test_params_are_set_without_the_object(opened, rows, seam, moment, kind):
    """And all later rows have the others."""
    tracker = opened(seam.part)
    with armed(seam.method, moment, kind), pytest.warns(XetrackWarning, match="'model'"):
        tracker.set_params({"model": MODEL, "n": 5})
    tracker.log({"x": 1})
    assert [0, 5] == rows()
    assert [*tracker][-1]["model"] is None


@pytest.mark.parametrize("kind", [*RAW, "typed"])
@pytest.mark.parametrize(("seam", "moment"), cases(NAMES, "as text"))
def test_a_value_that_cannot_be_set_leaves_the_one_before(opened, seam, moment, kind):
    """Here an object that is lost would take another one with it."""
    tracker = opened(seam.part)
    before = next(iter(tracker))["model"]
    with armed(seam.method, moment, kind), pytest.raises(XetrackError):
        tracker.set_value("model", MODEL)
    assert before == next(iter(tracker))["model"]


USES = {
    "assets[id]": lambda tracker, asset: tracker.assets.get(asset, trust=True),
    "assets.info": lambda tracker, asset: tracker.assets.info(asset[:8]),
    "list(assets)": lambda tracker, asset: list(tracker.assets),
    "assets.references": lambda tracker, asset: tracker.assets.references(asset),
    "assets.delete": lambda tracker, asset: tracker.assets.delete(asset),
    "assets.short_text": lambda tracker, asset: tracker.assets.short_text(
        tracker.assets.info(asset)
    ),
    "assets.gc": lambda tracker, asset: tracker.assets.gc(),
}


@pytest.mark.parametrize("kind", [*RAW, "typed"])
@pytest.mark.parametrize(("seam", "moment"), cases(NAMES, "typed", "changed"))
def test_every_other_use_raises_a_typed_error(opened, rows, seam, moment, kind):
    """It names the part; rows are not concerned."""
    tracker = opened(seam.part)
    asset = tracker.log({"n": 1, "model": MODEL})["model"]
    with armed(seam.method, moment, kind) as plan, pytest.raises(XetrackError) as caught:
        USES[seam.use](tracker, asset)
    assert plan.struck, "the method is not called"
    if kind != "typed":
        assert isinstance(caught.value, PartFailedError)
        assert f"{NAMES[seam.part]!r} of xetrack-faulty 2.5" in str(caught.value)
    assert [0, 1] == rows()


@pytest.mark.parametrize("kind", ["OSError", "DriverError", "RuntimeError"])
@pytest.mark.parametrize(("seam", "moment"), cases(["codec"], "next codec"))
def test_another_codec_takes_the_object(opened, seam, moment, kind):
    """The one that fails is as if it were not there."""
    tracker = opened(seam.part)
    with armed(seam.method, moment, kind) as plan:
        asset = tracker.log({"model": MODEL})["model"]
    assert plan.struck, "the method is not called"
    assert "pickle" == tracker.assets.info(asset).header.codec
    assert isinstance(tracker.assets.get(asset, trust=True), Model)


@pytest.mark.parametrize("kind", [*RAW, "typed"])
@pytest.mark.parametrize(("seam", "moment"), cases(["codec"], "no text"))
def test_an_asset_without_a_short_text_is_listed_all_the_same(opened, seam, moment, kind):
    """It is only shown; it can be loaded."""
    assets = opened(seam.part).assets
    info = assets.info(assets.put(MODEL))
    assert "a pickle" == assets.short_text(info)
    with armed(seam.method, moment, kind) as plan:
        assert not assets.short_text(info)
    assert plan.struck, "the method is not called"


@pytest.mark.parametrize("kind", ["OSError", "DriverError", "RuntimeError"])
@pytest.mark.parametrize("moment", ["before", "after"])
def test_an_object_that_cannot_be_decoded_is_an_asset_error(opened, moment, kind):
    """It is there, and decoded when its codec works again."""
    tracker = opened("codec")
    asset = tracker.log({"model": MODEL})["model"]
    with (
        armed("decode", moment, kind),
        pytest.raises(AssetError, match="codec faulty"),
    ):
        tracker.assets.get(asset, trust=True)
    assert isinstance(tracker.assets.get(asset, trust=True), Model)


@pytest.mark.parametrize("kind", OUTSIDE)
@pytest.mark.parametrize(("seam", "moment"), cases([*NAMES, "codec"]))
def test_what_comes_from_outside_passes_unchanged(opened, seam, moment, kind):
    """Ctrl-C, and what handlers of signals raise."""
    tracker = opened(seam.part)
    uses = {**USES, "log an object": lambda tracker, _: tracker.log({"model": MODEL, "n": 3})}
    asset = tracker.log({"n": 1, "model": MODEL})["model"]
    with armed(seam.method, moment, kind), pytest.raises(RAISED[kind]) as caught:
        uses[seam.use](tracker, asset)
    assert type(caught.value) is RAISED[kind]
