"""The properties of a `Tracker` that are about its run as a whole."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from xetrack.model.validation import checked_text

if TYPE_CHECKING:
    from xetrack.assets.manager import AssetManager
    from xetrack.interfaces.engine import Engine
    from xetrack.recording.recorder import RowRecorder
    from xetrack.runs.live import LiveRun
    from xetrack.views.run_view import RunView


class RecordMethods:
    """Names the run of a tracker, and has its record."""

    _track_id: str
    _engine: Engine
    _asset_manager: AssetManager
    _recorder: RowRecorder
    _run_view: RunView
    _live_run: LiveRun

    def _end_run(self, error: BaseException | None) -> None:
        """End the run, if one has begun."""
        raise NotImplementedError

    def _set_cache(self, **options: Any) -> None:
        """Change options of the cache."""
        raise NotImplementedError

    @property
    def run(self) -> LiveRun:
        """The run: its name, group, tags and notes, which can be set at any time, and its record.

        Examples
        --------
        >>> from xetrack import Tracker
        >>> tracker = Tracker(Tracker.IN_MEMORY, name="wide")
        >>> tracker.run.add_tags("baseline")
        >>> tracker.run.name, tracker.run.tags
        ('wide', ('baseline',))
        """
        return self._live_run

    @property
    def track_id(self) -> str:
        """Name of this run; may be set, and a new run goes on from there with the same params.

        Examples
        --------
        >>> from xetrack import Tracker
        >>> tracker = Tracker(Tracker.IN_MEMORY, track_id="first")
        >>> row = tracker.log({"loss": 0.5})
        >>> tracker.track_id = "second"
        >>> len(tracker), tracker.count_all()
        (0, 1)
        """
        return self._track_id

    @track_id.setter
    def track_id(self, track_id: str) -> None:
        track_id = checked_text("track_id", track_id, "a text that is not empty")
        self._end_run(None)
        with self._engine.lock:
            self._track_id = self._asset_manager.track_id = track_id
            self._recorder.start_run(track_id)
            self._run_view.start_run(track_id)
        self._set_cache(track_id=track_id)
