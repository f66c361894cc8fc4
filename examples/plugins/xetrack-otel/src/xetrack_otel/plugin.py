"""What this distribution offers: the sink ``otel``."""

from __future__ import annotations

from xetrack.plugins import Component, Option, hookimpl


@hookimpl
def xetrack_sinks() -> list[Component]:
    """Offer the sink."""
    return [
        Component(
            name="otel",
            target="xetrack_otel.sink:OtelSink",
            summary="Each row as a log record of OpenTelemetry, by OTLP over HTTP.",
            options=(
                Option("endpoint", str, "http://localhost:4318", "Address of the collector."),
                Option("service", str, "xetrack", "The service.name of the records."),
                Option("batch", int, 100, "Rows in one request."),
                Option("timeout", float, 5.0, "Seconds in which the collector has to take them."),
                Option("interval", float, 1.0, "Seconds after which the next row sends all."),
            ),
        )
    ]
