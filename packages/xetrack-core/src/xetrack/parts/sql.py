"""SQL for any engine: its own, or that of a distribution that lends its database."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xetrack.errors import MissingPackageError, PluginError, UnsupportedOperationError
from xetrack.interfaces.component import PartKind
from xetrack.interfaces.engines.sql import RunsSQL
from xetrack.parts.titles import title_of
from xetrack.plugins import hints
from xetrack.plugins.registry import registry

if TYPE_CHECKING:
    from xetrack.interfaces.engine import Engine
    from xetrack.interfaces.engines.sql_runner import SQLRunner


def sql_runner_for(engine: Engine) -> RunsSQL | SQLRunner:
    """Return what runs SQL over the rows of an engine.

    Parameters
    ----------
    engine
        The engine, which is returned itself if its database runs SQL.

    Raises
    ------
    UnsupportedOperationError
        It does not, and nothing is installed that does for it; or several parts would, and none of
        them comes first.
    PluginError, MissingPackageError
        What would run it cannot be used.
    """
    if isinstance(engine, RunsSQL):
        return engine
    parts, title = registry(), title_of(PartKind.ENGINE, engine)
    names = [part.name for part in parts.components(PartKind.SQL_RUNNER)]
    runners, errors = [], []
    for name in names:
        try:
            runners.append((parts.load(PartKind.SQL_RUNNER, name), name))
        except (PluginError, MissingPackageError) as error:  # another may do
            errors.append(error)
    if not runners:
        if errors:
            raise errors[0]
        raise UnsupportedOperationError(title, "run SQL", _what_to_install())
    first = min(runner.rank for runner, _ in runners)
    chosen = [(runner, name) for runner, name in runners if runner.rank == first]
    if len(chosen) > 1:
        listed = " and ".join(repr(name) for _, name in chosen)
        hint = "Leave out the plugin of one with: XETRACK_DISABLE_PLUGINS=NAME"
        reason = f"the SQL runners {listed} have one rank, and none comes first"
        raise UnsupportedOperationError(title, "run SQL", hint, reason)
    return chosen[0][0](engine)


def _what_to_install() -> str:
    kind, name = next(part for part in hints.EXTRAS if part[0] == PartKind.SQL_RUNNER)
    return hints.hint(PartKind(kind), name, registry().statuses())
