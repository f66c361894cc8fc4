"""What this distribution offers: the probe and the recorder ``gpu``."""

from __future__ import annotations

from xetrack.plugins import Component, Option, hookimpl


@hookimpl
def xetrack_probes() -> list[Component]:
    """Offer the probe."""
    return [
        Component(
            name="gpu",
            target="xetrack_gpu.probe:GpuProbe",
            summary="Load, memory and power of NVIDIA GPUs.",
            options=(Option("interval", float, None, "Seconds between two samples."),),
        )
    ]


@hookimpl
def xetrack_recorders() -> list[Component]:
    """Offer the recorder."""
    return [
        Component(
            name="gpu",
            target="xetrack_gpu.recorder:GpuRecorder",
            summary="Driver, name and memory of NVIDIA GPUs.",
            options=(),
        )
    ]
