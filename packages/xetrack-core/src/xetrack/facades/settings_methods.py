"""What may be changed of a tracker after it was made."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from xetrack.errors import XetrackError, report
from xetrack.model.validation import checked_text

if TYPE_CHECKING:
    from xetrack.interfaces.cache import CallCache
    from xetrack.interfaces.engine import Engine
    from xetrack.recording.recorder import RowRecorder
    from xetrack.views.table_view import TableView


class SettingsMethods:
    """Settings of a tracker."""

    _options: dict[str, Any]
    _engine: Engine
    _recorder: RowRecorder
    _call_cache: CallCache | None
    _table_view: TableView
    _defined: dict[str, dict[str, str]] | None = None
    """What `define` stored last, by key."""

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

    def define(
        self,
        column: str,
        *,
        goal: Literal["max", "min", ""] | None = None,
        unit: str | None = None,
        x: str | None = None,
    ) -> None:
        """Set which way a metric gets better, its unit, and its axis, for all runs of this table.

        What is None stays as it is; an empty text removes a setting. Settings that cannot be
        stored are a warning, and no row is lost.

        Parameters
        ----------
        column
            The key of the metric, which need not have been logged yet.
        goal
            Whether ``"max"`` or ``"min"`` is better.
        unit
            The unit of its numbers.
        x
            The key of the axis to show it over, or ``"timestamp"``.

        Raises
        ------
        InvalidArgumentError
            There is no such goal, or another argument is no text.

        Examples
        --------
        >>> from xetrack import Tracker
        >>> tracker = Tracker(Tracker.IN_MEMORY)
        >>> tracker.define("loss", goal="min", unit="nats", x="epoch")
        >>> tracker.series_settings()["loss"].unit
        'nats'
        """
        from xetrack.runs.series import checked_settings, write_settings  # noqa: PLC0415 - few do

        settings = checked_settings(goal, unit, x)
        key = self._table_view.key_of(checked_text("column", column, "the name of a column"))
        self._defined = self._defined or {}
        if self._defined.get(key) == settings:  # as in a loop
            return
        try:
            write_settings(self._engine, self._table_view.table, key, settings)
        except XetrackError as error:
            report(f"The settings of the metric {key!r} are not stored: {error}")
        else:
            self._defined[key] = settings

    def _set_cache(self, **options: Any) -> None:
        """Change options of the call cache, if there is one."""
        if self._call_cache is not None:
            from attrs import evolve  # noqa: PLC0415 - few have one

            self._call_cache.settings = evolve(self._call_cache.settings, **options)
