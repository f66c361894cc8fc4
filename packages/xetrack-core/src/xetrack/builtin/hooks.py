"""What the core itself offers, announced as a plugin announces it."""

from __future__ import annotations

from xetrack.interfaces.component import Component
from xetrack.plugins.markers import hookimpl


@hookimpl
def xetrack_engines() -> list[Component]:
    """Offer the storage engines."""
    return [
        Component(
            name="sqlite",
            target="xetrack.builtin.sqlite.engine:SQLiteEngine",
            summary="Tables in one SQLite file, or in memory; the engine of new files.",
            suffixes=(".db", ".sqlite", ".sqlite3"),
        ),
        Component(
            name="skip",
            target="xetrack.builtin.null:SkipEngine",
            summary="Keeps no rows; for trackers that only write logs.",
        ),
    ]


@hookimpl
def xetrack_sinks() -> list[Component]:
    """Offer the log sinks."""
    return [
        Component(
            name="log",
            target="xetrack.builtin.sinks.text:FolderSink",
            summary="Text logs in a folder, one file a day.",
        ),
        Component(
            name="stdout",
            target="xetrack.builtin.sinks.text:StdoutSink",
            summary="Text logs on standard output.",
        ),
        Component(
            name="jsonl",
            target="xetrack.builtin.sinks.jsonl:JsonlSink",
            summary="One line of JSON for each row.",
        ),
    ]


@hookimpl
def xetrack_probes() -> list[Component]:
    """Offer the probes."""
    return [
        Component(
            name="system",
            target="xetrack.builtin.probes.system:SystemProbe",
            summary="Processor, memory and disk, in per cent.",
        ),
        Component(
            name="network",
            target="xetrack.builtin.probes.network:NetworkProbe",
            summary="Megabytes sent and received.",
        ),
        Component(
            name="git",
            target="xetrack.builtin.probes.git:GitProbe",
            summary="The commit of the code that logs.",
        ),
    ]


@hookimpl
def xetrack_frame_backends() -> list[Component]:
    """Offer the frame backends."""
    return [
        Component(
            name="pandas",
            target="xetrack.builtin.pandas.backend:PandasBackend",
            summary="Frames of pandas; what `to_df` returns where nothing else is chosen.",
        ),
    ]
