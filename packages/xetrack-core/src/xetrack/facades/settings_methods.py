"""What may be changed of a tracker after it was made."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from xetrack.interfaces.cache import CallCache
    from xetrack.interfaces.engine import Engine
    from xetrack.recording.recorder import RowRecorder


class SettingsMethods:
    """Settings of a tracker."""

    _options: dict[str, Any]
    _engine: Engine
    _recorder: RowRecorder
    _call_cache: CallCache | None

    @property
    def warnings(self) -> bool:
        """Whether to warn of keys, columns and calls, as the option of that name; may be set.

        Examples
        --------
        >>> from xetrack import Tracker
        >>> tracker = Tracker(Tracker.IN_MEMORY)
        >>> tracker.warnings = False
        >>> row = tracker.log({"a b": 1, "a_b": 2})
        """
        return bool(self._options["warnings"])

    @warnings.setter
    def warnings(self, warnings: bool) -> None:
        self._options["warnings"] = warnings
        with self._engine.lock:
            self._recorder.set_warnings(warn=warnings)
        self._set_cache(warn=warnings)

    def _set_cache(self, **options: Any) -> None:
        """Change options of the call cache, if there is one."""
        if self._call_cache is not None:
            from attrs import evolve  # noqa: PLC0415 - few have one

            self._call_cache.settings = evolve(self._call_cache.settings, **options)
