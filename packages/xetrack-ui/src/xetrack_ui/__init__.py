"""Runs of xetrack as a page: on this machine by ``xt ui``, in one file, and in a notebook.

`page` is all that programs call; the rest is the command's own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from xetrack_ui.export.notebook import page

__all__ = ["page"]


def __getattr__(name: str) -> Any:
    if name != "page":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from xetrack_ui.export.notebook import page  # noqa: PLC0415 - plugins are listed without it

    return page
