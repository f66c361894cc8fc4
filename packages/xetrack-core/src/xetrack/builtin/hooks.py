"""What the core itself offers, announced as a plugin announces it."""

from __future__ import annotations

from pathlib import Path

from xetrack.interfaces.component import Component, Option
from xetrack.plugins.markers import hookimpl

_INTERVAL = Option(
    "interval", float, None, "Seconds between samples; else measurement_interval of the tracker."
)


@hookimpl
def xetrack_engines() -> list[Component]:
    """Offer the storage engines."""
    return [
        Component(
            name="sqlite",
            target="xetrack.builtin.sqlite.engine:SQLiteEngine",
            summary="Tables in one SQLite file, or in memory; the engine of new files.",
            suffixes=(".db", ".sqlite", ".sqlite3"),
            options=(),
        ),
        Component(
            name="skip",
            target="xetrack.builtin.null:SkipEngine",
            summary="Keeps no rows; for trackers that only write logs.",
            options=(),
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
            options=(
                Option("path", Path, None, "The folder; else logs_path of the tracker."),
                Option("format", str, None, "The name of a file; else logs_file_format."),
            ),
        ),
        Component(
            name="stdout",
            target="xetrack.builtin.sinks.text:StdoutSink",
            summary="Text logs on standard output.",
            options=(),
        ),
        Component(
            name="jsonl",
            target="xetrack.builtin.sinks.jsonl:JsonlSink",
            summary="One line of JSON for each row.",
            options=(Option("path", Path, None, "The file; else jsonl of the tracker."),),
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
            options=(_INTERVAL,),
        ),
        Component(
            name="network",
            target="xetrack.builtin.probes.network:NetworkProbe",
            summary="Megabytes sent and received.",
            options=(_INTERVAL,),
        ),
        Component(
            name="git",
            target="xetrack.builtin.probes.git:GitProbe",
            summary="The commit of the code that logs.",
            options=(Option("root", Path, None, "A folder in it; else git_root of the tracker."),),
        ),
    ]


@hookimpl
def xetrack_frame_backends() -> list[Component]:
    """Offer the frame backends."""
    return [
        Component(
            name="pandas",
            target="xetrack.builtin.pandas.backend:PandasBackend",
            summary="Frames of pandas; those of to_df, where nothing else is chosen.",
        ),
    ]


@hookimpl
def xetrack_recorders() -> list[Component]:
    """Offer the recorders."""
    return [
        Component(
            name="environment",
            target="xetrack.builtin.recorders.environment:EnvironmentRecorder",
            summary="Python, the platform, processors, memory, and some variables.",
            options=(Option("variables", list, None, "Further variables of the environment."),),
        ),
        Component(
            name="packages",
            target="xetrack.builtin.recorders.packages:PackagesRecorder",
            summary="Installed distributions and their versions.",
            options=(),
        ),
        Component(
            name="git",
            target="xetrack.builtin.recorders.git:GitRecorder",
            summary="The commit of the code, and a patch of what is not committed.",
            options=(
                Option("root", Path, None, "A folder in the repository; else the working one."),
                Option("limit", int, 1_000_000, "Bytes that the patch may have."),
            ),
        ),
        Component(
            name="command",
            target="xetrack.builtin.recorders.command:CommandRecorder",
            summary="The command line, and the script, module or notebook that runs.",
            options=(),
        ),
    ]
