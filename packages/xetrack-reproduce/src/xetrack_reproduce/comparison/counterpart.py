"""The run that repeats another one, among those that the command made."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from xetrack import Reader
    from xetrack.interfaces.runs.record import RunRecord


def run_ids(reader: Reader) -> list[str]:
    """Return the runs of a table in the order of their first rows.

    Parameters
    ----------
    reader
        Reads the table.
    """
    (column,) = reader.select(["track_id"]).cells
    return list(dict.fromkeys(each for each in column if isinstance(each, str)))


def find_counterpart(reader: Reader, old: RunRecord, suffix: str) -> RunRecord | None:
    """Return the new run that stands where the old one stood; None if there is no new run.

    A program may make several. The one with the same name counts; else one with the same params; of
    several such, the one at the same place among those of its process.

    Parameters
    ----------
    reader
        Reads the table.
    old
        The recorded run.
    suffix
        The end of the names of the new runs.
    """
    ids = run_ids(reader)
    new = [reader.run(each) for each in ids if each.endswith(suffix)]
    named = [each for each in new if each.track_id == f"{old.track_id}{suffix}"]
    alike = named or [each for each in new if each.params == old.params] or new
    if len(alike) < 2:  # noqa: PLR2004 - one alone
        return alike[0] if alike else None
    records = [reader.run(each) for each in ids if not each.endswith(suffix)]
    siblings = [
        each.track_id
        for each in records
        if (each.host, each.pid, each.argv) == (old.host, old.pid, old.argv)
        and (alike is new or each.params == old.params)
    ]
    place = siblings.index(old.track_id) if old.track_id in siblings else 0
    return alike[min(place, len(alike) - 1)]
