"""``/api/databases``: the databases of the page, with their tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from xetrack.errors import MissingPackageError, PluginError, UnsupportedOperationError, XetrackError
from xetrack.parts.sql import sql_runner_for
from xetrack_ui.tables.databases import engine_name
from xetrack_ui.values.cells import to_json
from xetrack_ui.values.failures import to_failure

if TYPE_CHECKING:
    from xetrack.interfaces.engine import Engine
    from xetrack_ui.answers.question import Question
    from xetrack_ui.tables.databases import Database


def list_databases(question: Question) -> list[dict[str, Any]]:
    """Return the databases; of one that cannot be read, why not.

    Parameters
    ----------
    question
        It has no parameters.
    """
    question.parameters()
    return [_describe(database) for database in question.workspace.databases]


def _describe(database: Database) -> dict[str, Any]:
    described: dict[str, Any] = {
        "id": database.number,
        "name": to_json(database.name),
        "location": to_json(database.location),
        "engine": None,
        "sql": False,
        "tables": [],
    }
    try:
        with database.reading() as reader:
            engine = reader.engine
            described |= {"engine": engine_name(engine), "sql": runs_sql(engine)}
            described["tables"] = [
                {"name": name, "rows": engine.count(name)} for name in reader.tables
            ]
    except XetrackError as error:
        described["error"] = to_failure(error)
    return described


def runs_sql(engine: Engine) -> bool:
    """Return True if statements of SQL can be run over the rows of an engine.

    Parameters
    ----------
    engine
        The engine.
    """
    try:
        sql_runner_for(engine)
    except (MissingPackageError, PluginError, UnsupportedOperationError):
        return False
    return True
