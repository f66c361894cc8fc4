"""What this distribution offers. It is imported for every list of plugins, so it stays light."""

from __future__ import annotations

from xetrack.plugins import Component, hookimpl


@hookimpl
def xetrack_engines() -> list[Component]:
    """Offer the engines."""
    return [
        Component(
            name="example",
            target="xetrack_example.engine:ExampleEngine",
            summary="Tables in memory, and every change of them a line of a file.",
            suffixes=(".example",),
        ),
        Component(
            name="journal",
            target="xetrack_example.journal_engine:JournalEngine",
            summary="Tables in one text file that is only appended to.",
            suffixes=(".journal",),
        ),
    ]


@hookimpl
def xetrack_asset_stores() -> list[Component]:
    """Offer the asset store."""
    return [
        Component(
            name="example",
            target="xetrack_example.store:ExampleStore",
            summary="Objects as files, in a folder by the database.",
        ),
    ]


@hookimpl
def xetrack_codecs() -> list[Component]:
    """Offer the codec."""
    return [
        Component(
            name="example",
            target="xetrack_example.codec:ExampleCodec",
            summary="Fractions, as text.",
        ),
    ]


@hookimpl
def xetrack_caches() -> list[Component]:
    """Offer the cache."""
    return [
        Component(
            name="example",
            target="xetrack_example.cache:ExampleCache",
            summary="Results of functions in a folder, a file for each.",
        ),
    ]


@hookimpl
def xetrack_call_caches() -> list[Component]:
    """Offer the call cache."""
    return [
        Component(
            name="example",
            target="xetrack_example.calls:ExampleCalls",
            summary="Equal arguments make equal calls, whatever the code.",
        ),
    ]


@hookimpl
def xetrack_sinks() -> list[Component]:
    """Offer the sinks."""
    return [
        Component(
            name="example",
            target="xetrack_example.sink:ExampleSink",
            summary="A line of text for each row.",
        ),
        Component(
            name="webhook",
            target="xetrack_example.webhook:WebhookSink",
            summary="Rows posted to an address, from a thread of its own.",
        ),
    ]


@hookimpl
def xetrack_probes() -> list[Component]:
    """Offer the probe."""
    return [
        Component(
            name="load",
            target="xetrack_example.probe:LoadProbe",
            summary="The load of the machine, in runnable processes.",
        ),
    ]


@hookimpl
def xetrack_frame_backends() -> list[Component]:
    """Offer the frame backend."""
    return [
        Component(
            name="example",
            target="xetrack_example.frames:ExampleBackend",
            summary="Frames that are dicts, with a list for each column.",
        ),
    ]


@hookimpl
def xetrack_sql_runners() -> list[Component]:
    """Offer the SQL runner."""
    return [
        Component(
            name="example",
            target="xetrack_example.sql:ExampleRunner",
            summary="SQLite's SQL, over a copy of the rows in memory.",
        ),
    ]


@hookimpl
def xetrack_run_hooks() -> list[Component]:
    """Offer the run hooks."""
    return [
        Component(
            name="example",
            target="xetrack_example.runs:ExampleHooks",
            summary="A line in a file when a run begins and ends.",
        ),
    ]


@hookimpl
def xetrack_recorders() -> list[Component]:
    """Offer the recorder."""
    return [
        Component(
            name="disk",
            target="xetrack_example.recorder:ExampleRecorder",
            summary="What is free of a disk, when a run begins and when it ends.",
        ),
    ]


@hookimpl
def xetrack_row_filters() -> list[Component]:
    """Offer the row filter."""
    return [
        Component(
            name="redact",
            target="xetrack_example.redact:ExampleFilter",
            summary="No row with a password, a token or a key.",
        ),
    ]


@hookimpl
def xetrack_formats() -> list[Component]:
    """Offer the format."""
    return [
        Component(
            name="html",
            target="xetrack_example.html:ExampleTable",
            summary="A table in HTML.",
        ),
    ]


@hookimpl
def xetrack_judges() -> list[Component]:
    """Offer the judge."""
    return [
        Component(
            name="rows",
            target="xetrack_example.judge:ExampleJudge",
            summary="Whether two runs have as many rows.",
        ),
    ]


@hookimpl
def xetrack_commands() -> list[Component]:
    """Offer the commands."""
    return [
        Component(
            name="example",
            target="xetrack_example.commands:run_example",
            summary="Count the rows of each run.",
        ),
        Component(
            name="journal",
            target="xetrack_example.history:journal",
            summary="Show how much of a journal is history.",
        ),
    ]
