"""What this distribution offers. It is imported for every list of plugins, so it stays light."""

from __future__ import annotations

from xetrack.plugins import Component, hookimpl


@hookimpl
def xetrack_engines() -> list[Component]:
    """Offer the engine."""
    return [
        Component(
            name="journal",
            target="xetrack_example.engine:JournalEngine",
            summary="Tables in one text file that is only appended to.",
            suffixes=(".journal",),
        )
    ]


@hookimpl
def xetrack_sinks() -> list[Component]:
    """Offer the sink."""
    return [
        Component(
            name="webhook",
            target="xetrack_example.sink:WebhookSink",
            summary="Rows posted to an address, from a thread of its own.",
        )
    ]


@hookimpl
def xetrack_probes() -> list[Component]:
    """Offer the probe."""
    return [
        Component(
            name="load",
            target="xetrack_example.probe:LoadProbe",
            summary="The load of the machine, in runnable processes.",
        )
    ]


@hookimpl
def xetrack_commands() -> list[Component]:
    """Offer the command."""
    return [
        Component(
            name="journal",
            target="xetrack_example.commands:journal",
            summary="Show how much of a journal is history.",
        )
    ]
