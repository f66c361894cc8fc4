"""The decorators for hooks of xetrack and their implementations."""

from __future__ import annotations

from pluggy import HookimplMarker, HookspecMarker

PROJECT = "xetrack"
"""The name of the project for pluggy."""

hookspec = HookspecMarker(PROJECT)
"""Marks the functions of `xetrack.plugins.hookspecs`."""

hookimpl = HookimplMarker(PROJECT)
"""Marks a function of a plugin that implements the hook of the same name."""
