"""The types of what a user may choose a part with, for annotations."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    import os

    from xetrack.interfaces.assets import AssetStore
    from xetrack.interfaces.cache import Cache
    from xetrack.interfaces.engine import Engine
    from xetrack.interfaces.engines.factory import EngineFactory
    from xetrack.interfaces.probes import Probe
    from xetrack.interfaces.rows.filters import RowFilter
    from xetrack.interfaces.runs.hooks import RunHooks
    from xetrack.interfaces.runs.recorders import Recorder
    from xetrack.interfaces.sinks import Sink

Options: TypeAlias = Mapping[str, Any]
"""Options of one part, by their names."""

SinkForm: TypeAlias = "str | tuple[str | type[Sink], Options] | type[Sink] | Sink"
ProbeForm: TypeAlias = "str | tuple[str | type[Probe], Options] | type[Probe] | Probe"
HookForm: TypeAlias = "str | tuple[str | type[RunHooks], Options] | type[RunHooks] | RunHooks"
RecorderForm: TypeAlias = "str | tuple[str | type[Recorder], Options] | type[Recorder] | Recorder"
FilterForm: TypeAlias = (
    "str | tuple[str | type[RowFilter], Options] | type[RowFilter] | RowFilter"
    " | Callable[[dict[str, Any]], Any]"
)
StoreForm: TypeAlias = "str | tuple[str | type[AssetStore], Options] | type[AssetStore]"
CacheForm: TypeAlias = "str | os.PathLike[str] | tuple[str | type[Cache], Options] | Cache"
EngineForm: TypeAlias = (
    "str | tuple[str | type[Engine] | EngineFactory, Options] | type[Engine] | EngineFactory"
)
