"""Which catalogue answers a question: that of core alone, or that with all plugins."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

from xetrack.errors import XetrackWarning
from xetrack.plugins.discovery import discover, own_parts
from xetrack.plugins.quarantine import HERE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xetrack.plugins.catalog import Catalog


class Catalogs:
    """The two catalogues of a registry, each made when first asked for.

    No lock is held while a stranger's code runs: threads that ask at once may each do the work,
    and the first result stands for all. So neither a fork nor an import can get stuck here.
    """

    def __init__(self, builtin: str, path: Sequence[str] | None) -> None:
        self._builtin = builtin
        self._path = path
        self._made: dict[str, Catalog] = {}

    def own(self) -> Catalog:
        """Return what is built in; looks for no plugin."""
        own = self._made.get("own")
        # setdefault: of two threads, both get the catalogue that was there first.
        return own or self._made.setdefault("own", own_parts(self._builtin))

    def full(self, *, warn: bool = True) -> Catalog:
        """Return everything, and warn once of each broken plugin unless told not to."""
        full = self._made.get("full")
        if full is None:
            if HERE.steps is not None:
                # A plugin asks while it is being imported: what it offers is not known yet.
                return self.own()
            full = self._made.setdefault("full", discover(self.own(), self._path))
        if warn:
            self._warn(full)
        return full

    def forget(self) -> None:
        """Make both anew when they are next asked for."""
        self._made.clear()

    @staticmethod
    def _warn(catalog: Catalog) -> None:
        while True:
            try:
                error = catalog.unreported.popleft()
            except IndexError:  # another thread may have taken the last one
                return
            warnings.warn(str(error), XetrackWarning, stacklevel=4)
