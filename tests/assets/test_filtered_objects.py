"""Objects of rows that pass through filters."""

from __future__ import annotations

import numpy as np

from xetrack import Reader, Tracker

SECRET = "hunter2-the-secret"


def test_an_object_that_a_filter_removes_is_not_stored(db):
    """Neither its content nor a reference; one that stays comes back, under a new key too."""

    def rename(row):
        row.pop("removed", None)
        row["model"] = row.pop("renamed", None)
        return row

    secret, public = np.frombuffer(SECRET.encode(), "u1"), np.frombuffer(b"public", "u1")
    with Tracker(db, filters=[rename]) as tracker:
        tracker.log({"removed": secret, "renamed": public, "x": 1})
        tracker.log_batch([{"removed": secret, "renamed": public}, {"removed": secret}])
        assert tracker.track(lambda: {"removed": secret})["removed"] is secret
    reader = Reader(db)
    rows = [*reader.iter_rows()]
    assert [False] * 4 == ["removed" in row for row in rows]
    assert 1 == len({row["model"] for row in rows[:2]}) == len(reader.assets)
    assert [*b"public"] == reader.assets.get(rows[0]["model"]).tolist()
    assert {"model"} == {one.key for one in reader.assets.references(rows[0]["model"])}
    content = b"".join(path.read_bytes() for path in db.parent.glob(f"{db.name}*"))
    assert b"public" in content
    assert SECRET.encode() not in content
