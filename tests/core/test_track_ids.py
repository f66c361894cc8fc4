"""Promise 2: track ids and the user's own random numbers do not touch each other."""

from __future__ import annotations

import random
import re

import numpy as np
import pytest

from xetrack import Tracker
from xetrack.errors import InvalidArgumentError


def test_promise_2_a_seed_changes_no_track_id():
    """Two scripts that seed alike get runs of their own."""
    names = set()
    for _ in range(20):
        random.seed(1)
        np.random.seed(1)  # noqa: NPY002 - the stream that scripts seed
        names.add(Tracker.generate_track_id())
    assert 20 == len(names)


def test_promise_2_a_tracker_leaves_the_random_streams_alone():
    """Neither `random` nor NumPy's global stream goes on by a step."""
    random.seed(1)
    np.random.seed(1)  # noqa: NPY002
    before = random.getstate(), np.random.get_state()[1].tolist()  # noqa: NPY002
    tracker = Tracker(Tracker.IN_MEMORY)
    tracker.log({"x": 1})
    tracker.track(lambda: 1)
    assert before == (random.getstate(), np.random.get_state()[1].tolist())  # noqa: NPY002


def test_a_track_id_is_two_words_and_four_digits():
    """A track id is two words and four digits, as in ``cool-name-1234``."""
    assert re.fullmatch(r"[a-z]+-[a-z]+-\d{4}", Tracker.generate_track_id())


def test_a_run_can_be_named(db):
    """A run can be named, and gone on with by a later tracker of that name."""
    for at in range(2):
        with Tracker(db, track_id="mine") as tracker:
            tracker.log({"at": at})
            assert (at + 1, "mine") == (len(tracker), tracker.track_id)


@pytest.mark.parametrize("name", ["", 5, b"x"])
def test_a_run_needs_a_text_for_a_name(db, name):
    """A run needs a text for a name, and no file is made when it has none."""
    with pytest.raises(InvalidArgumentError, match="track_id"):
        Tracker(db, track_id=name)
    assert not db.exists()
