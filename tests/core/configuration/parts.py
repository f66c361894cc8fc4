"""Parts that tell what they were made with; in a module, as other processes import them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import ClassVar

from xetrack.interfaces.assets import AssetStore
from xetrack.interfaces.cache import Cache
from xetrack.interfaces.component import Component, Option
from xetrack.interfaces.engines.memory.engine import MemoryEngine
from xetrack.interfaces.probes import Measurement, Probe
from xetrack.interfaces.rows.filters import RowFilter
from xetrack.interfaces.runs.hooks import RunHooks
from xetrack.interfaces.sinks import Sink

OPTIONS = (
    Option("endpoint", str, "http://localhost", "Where rows go."),
    Option("batch", int, 100, "Rows that are sent at once."),
    Option("rate", float, 1.5),
    Option("quick", bool, False),
    Option("tags", list, ["none"]),
    Option("file", Path),
    Option("token", str),
)

HERE = "tests.core.configuration.parts"


class Otel(Sink):
    """Remembers its options and rows, and writes each row where `file` says."""

    quick = True
    made: ClassVar[list[Otel]] = []

    def __init__(self, options):
        super().__init__(options)
        self.rows = []
        Otel.made.append(self)

    def emit(self, row, level):
        """Remember a row."""
        self.rows.append(dict(row))
        if self.options.get("file"):
            with Path(self.options["file"]).open("a") as file:
                said = {name: self.options.get(name) for name in ("endpoint", "batch", "location")}
                file.write(json.dumps({**said, "x": row.get("x")}) + "\n")


class Plain(Otel):
    """The same without a description of its options."""


class Gpu(Probe):
    """Gives its options as figures."""

    quick = True

    def present(self):
        """The options."""
        return {f"gpu_{name}": value for name, value in self.options.items() if value is not None}

    def start(self):
        """A measurement without figures."""
        return NoFigures()


class NoFigures(Measurement):
    """Of a call."""

    def stop(self):
        """Nothing."""
        return {}


class OptionsEngine(MemoryEngine):
    """Keeps nothing, and tells its settings."""

    opened: ClassVar[list[OptionsEngine]] = []

    def __init__(self, location, settings):
        super().__init__(location, settings)
        self.opened_at = location
        OptionsEngine.opened.append(self)

    @classmethod
    def owns(cls, location):
        """Own no file."""
        return False


class Bucket(AssetStore):
    """Stores nothing, and tells what it was made with."""

    def __init__(self, engine, **made_with):
        super().__init__(engine)
        self.made_with = made_with


class Results(Cache):
    """Keeps nothing, and tells what it was made with."""

    def __init__(self, location, size_limit=None, *, ttl=60):
        super().__init__(location, size_limit)
        self.ttl = ttl


class Bell(RunHooks):
    """Remembers its options."""

    made: ClassVar[list[Bell]] = []

    def __init__(self, options):
        super().__init__(options)
        Bell.made.append(self)

    def started(self, run):
        """Do nothing."""


class Mask(RowFilter):
    """Hides a column."""

    def filter(self, row):
        """Put stars in its place."""
        return {**row, self.options.get("column", "secret"): "***"}


def hide(row):
    """Put stars in the place of a column."""
    return {**row, "secret": "***"}


# What they would do with objects and results is tested elsewhere.
Bucket.__abstractmethods__ = Results.__abstractmethods__ = frozenset()


class Unpicklable(Sink):
    """Has what cannot be pickled."""

    quick = True

    def __init__(self):
        super().__init__({})
        self.function = lambda: None

    def emit(self, row, level):
        """Do nothing."""


PARTS = {
    ("sink", "otel"): Component(
        name="otel",
        target=f"{HERE}:Otel",
        summary="A sink.",
        schemes=("otlp", "otlps"),
        options=OPTIONS,
    ),
    ("sink", "plain"): Component(name="plain", target=f"{HERE}:Plain", summary="A sink."),
    ("probe", "gpu"): Component(
        name="gpu",
        target=f"{HERE}:Gpu",
        summary="A probe.",
        options=(Option("index", int, 0), Option("interval", float)),
    ),
    ("probe", "otel"): Component(
        name="otel", target=f"{HERE}:Gpu", summary="A probe.", options=(Option("index", int, 0),)
    ),
    ("engine", "lmdb"): Component(
        name="lmdb",
        target=f"{HERE}:OptionsEngine",
        summary="An engine.",
        schemes=("lmdb",),
        suffixes=(".lmdb",),
        options=(Option("size", int, 10), Option("folder", Path)),
    ),
    ("asset-store", "bucket"): Component(
        name="bucket",
        target=f"{HERE}:Bucket",
        summary="A store.",
        schemes=("bkt",),
        options=(Option("region", str, "eu"), Option("retries", int, 3)),
    ),
    ("asset-store", "raw"): Component(name="raw", target=f"{HERE}:Bucket", summary="A store."),
    ("cache", "results"): Component(
        name="results",
        target=f"{HERE}:Results",
        summary="A cache.",
        schemes=("mem",),
        options=(Option("ttl", int, 60),),
    ),
    ("run-hook", "bell"): Component(name="bell", target=f"{HERE}:Bell", summary="A hook."),
    ("row-filter", "mask"): Component(name="mask", target=f"{HERE}:Mask", summary="A filter."),
    ("engine", "driver"): Component(
        name="driver", target=f"{HERE}:OptionsEngine", summary="An engine.", schemes=("driver",)
    ),
}
