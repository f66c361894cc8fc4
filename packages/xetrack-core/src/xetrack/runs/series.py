"""The settings of metrics, in events that are stored as those of runs."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from xetrack.errors import InvalidArgumentError
from xetrack.interfaces.engines.repeats import read_whole
from xetrack.interfaces.query import Condition
from xetrack.interfaces.runs.series import SeriesSettings
from xetrack.model.names import SERIES_TABLE, TRACK_ID
from xetrack.model.validation import checked_text
from xetrack.runs.events import TABLE, EventTable

if TYPE_CHECKING:
    from collections.abc import Callable

    from xetrack.interfaces.engine import Engine
    from xetrack.model.kinds import Value

_NAMES = ("goal", "unit", "x")


def checked_settings(goal: object, unit: object, x: object) -> dict[str, str]:
    """Return the settings that a user gave, without those that are None.

    Parameters
    ----------
    goal
        ``"max"``, ``"min"``, or an empty text.
    unit, x
        Texts.

    Raises
    ------
    InvalidArgumentError
        One of them is none of these.
    """
    if goal is not None and not (isinstance(goal, str) and goal in {"", "max", "min"}):
        raise InvalidArgumentError("goal", goal, "'max', 'min', None, or '' for none from now on")
    settings: dict[str, str] = {}
    for name, value in zip(_NAMES, (goal, unit, x), strict=True):
        if value is not None:
            if not isinstance(value, str):
                raise InvalidArgumentError(name, value, "a text, None, or '' for none from now on")
            settings[name] = value
    return settings


def write_settings(engine: Engine, table: str, key: str, settings: dict[str, str]) -> None:
    """Store settings of a metric; those that are not among them stay as they are.

    Parameters
    ----------
    engine, table
        The table.
    key
        The key of the metric.
    settings
        What `checked_settings` returned.

    Raises
    ------
    StorageError
        They could not be stored.
    """
    checked_text("column", key, "the name of a column")
    if settings:
        # The metric stands where other rows have their run: engines know a row by that.
        event: dict[str, Value] = {TABLE: table, "at": datetime.now(UTC), **settings}
        EventTable(engine, SERIES_TABLE).store(event, key)


def read_settings(
    engine: Engine, table: str, key_of: Callable[[str], str]
) -> dict[str, SeriesSettings]:
    """Return the settings of the metrics of a table, by key.

    Events may come from any hand that could write the database; what has another type than it
    should have is passed over.

    Parameters
    ----------
    engine, table
        The table.
    key_of
        Returns the key of a column, for its name or for the key itself.
    """
    settings: dict[str, dict[str, Any]] = {}
    of_table, events = [Condition(TABLE, "=", table)], EventTable(engine, SERIES_TABLE)
    for event in read_whole(engine, lambda: [*events.read(of_table)]):
        if isinstance(event.get(TRACK_ID), str):
            metric = settings.setdefault(key_of(event[TRACK_ID]), {})
            metric |= {name: event[name] for name in _NAMES if isinstance(event.get(name), str)}
    defined = {
        key: SeriesSettings(
            goal=values["goal"] if values.get("goal") in {"max", "min"} else None,
            unit=values.get("unit") or None,
            x=key_of(values["x"]) if values.get("x") else None,
        )
        for key, values in settings.items()
    }
    return {key: values for key, values in defined.items() if values != SeriesSettings()}
