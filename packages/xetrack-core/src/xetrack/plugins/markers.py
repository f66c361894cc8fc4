"""The marks that make a function a hook of xetrack, or an answer to one."""

from __future__ import annotations

from pluggy import HookimplMarker, HookspecMarker

PROJECT = "xetrack"

hookspec = HookspecMarker(PROJECT)
"""Marks the functions of `xetrack.plugins.hookspecs`."""

hookimpl = HookimplMarker(PROJECT)
"""Marks a function of a plugin that answers the hook of the same name."""
