"""Runs that are run again from their records, and compared row by row."""

from typing import Any


def __getattr__(name: str) -> Any:
    # The metadata is slow to load, and plugins are imported whenever parts are looked for.
    if name == "__version__":
        from importlib.metadata import version  # noqa: PLC0415

        return version("xetrack-reproduce")
    message = f"module {__name__!r} has no attribute {name!r}"
    raise AttributeError(message)
