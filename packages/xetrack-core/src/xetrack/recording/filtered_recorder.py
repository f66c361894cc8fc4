"""A recorder whose rows pass through filters before they are stored.

It is a class of its own, so that a row of a tracker without filters costs nothing more.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from xetrack.errors import RowFilterError
from xetrack.model.kinds import plain
from xetrack.model.names import TIMESTAMP, TRACK_ID, UTC_OFFSET
from xetrack.recording.pending_assets import ContentRemovedError
from xetrack.recording.recorder import RowRecorder

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from xetrack.dispatch.row_filters import RowFilters
    from xetrack.model.kinds import Row, Value


class FilteredRecorder(RowRecorder):
    """Builds, filters and stores the rows of one tracker.

    Parameters
    ----------
    filters
        Return the row that is to be stored.
    *args, **kwargs
        See `RowRecorder`.
    """

    def __init__(self, filters: RowFilters, *args: Any, **kwargs: Any) -> None:
        self._filters = filters
        super().__init__(*args, **kwargs)

    def log(
        self,
        data: Mapping[Any, object],
        objects_as_text: bool = False,
        assets: dict[str, str] | None = None,
    ) -> Row:
        """Store one row; see `RowRecorder.log`.

        Returns
        -------
        dict
            The row as it was stored; empty where a filter kept it from being stored.

        Raises
        ------
        RowFilterError
            A filter failed; the row is not stored.
        """
        try:
            return self._log_filtered(data, objects_as_text, assets)
        except ContentRemovedError:
            return self._log_filtered(data, objects_as_text, None)

    def _log_filtered(
        self, data: Mapping[Any, object], objects_as_text: bool, assets: dict[str, str] | None
    ) -> Row:
        if assets and self._engine.is_writing():
            assets.clear()  # as `RowRecorder.log` does
        # Without texts in the place of objects whose store fails: no filter would see them.
        pending = self.pending_assets(assets)
        row = self._filtered(self.to_plain(data, pending, objects_as_text=objects_as_text))
        if row is None:
            return {}
        if pending.is_empty():
            return super().log(row, objects_as_text)
        pending.keep([row])
        return self._log_plain({}, self.to_plain(row, pending), pending, doubt=objects_as_text)

    def log_batch(
        self, batch: Sequence[Mapping[Any, object]], measurements: Mapping[str, Value]
    ) -> Row:
        """Store many rows, all or none, but for those that a filter leaves out.

        Parameters
        ----------
        batch
            The rows, each by key.
        measurements
            What probes measured; a row gets it where it has no value of its own.

        Returns
        -------
        dict
            The last row that was stored, by column; empty if filters left out all.

        Raises
        ------
        RowFilterError
            A filter failed; no row is stored.
        """
        pending = self.pending_assets()
        self._mark_offset()
        rows = [self._filtered({**self.to_plain(row, pending)}, measurements) for row in batch]
        remaining = [row for row in rows if row is not None]
        if not remaining:
            return {}
        pending.keep(remaining)
        return self._log_batch(remaining, {}, pending)

    def build_row(self, data: Mapping[Any, object]) -> dict[str, Value] | None:
        """Return the row that `log` would store; None where it would store none.

        Parameters
        ----------
        data
            The values of the row, by key.
        """
        with self._engine.lock:
            self._mark_offset()
            (stamp,) = self._clock.stamps(1)
        row = self._filtered(self.to_plain(data))
        if row is None:
            return None
        return {**self.to_plain(row), TIMESTAMP: stamp, TRACK_ID: self._track_id}

    def described_params(self) -> dict[str, Value]:
        """Return the params as they are in rows, for those who are told of the run.

        Empty where the filters take no row of params alone, as one that converts a column may do.
        """
        try:
            return self.to_plain(self._filtered({}) or {})
        except RowFilterError:
            return {}

    def _with_params(self, values: Mapping[str, Value]) -> dict[str, Value]:
        """Return the values as they are: the filters had the params, too."""
        offset = self.params.get(UTC_OFFSET)
        if offset is None or UTC_OFFSET in values:
            return {**values}
        return {**values, UTC_OFFSET: offset}

    def _filtered(
        self, values: Mapping[str, Value], measurements: Mapping[str, Value] | None = None
    ) -> Mapping[Any, Value] | None:
        """Return what the filters make of a row with its params; None for no row."""
        full = {**(measurements or {}), **self.params}
        missing = {key: plain(value) for key, value in full.items() if key not in values}
        return self._filters.apply({**values, **missing})
