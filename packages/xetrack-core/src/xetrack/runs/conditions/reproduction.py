"""A run that repeats another one: where it goes, as ``xt reproduce`` says by a variable.

``XETRACK_REPRODUCE`` holds JSON: ``db``, the database of the run that is repeated; ``parent``, its
name; ``suffix``, which ends the names of the new runs; ``seed``, which it was seeded with, or null.
Child processes inherit it, and so do what the program does.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path

from xetrack.errors import InvalidArgumentError
from xetrack.model.names import REPRODUCE


@dataclass(frozen=True, slots=True, kw_only=True)
class Reproduction:
    """What the trackers of this process are told of the run that they repeat."""

    db: str
    """The database that all of them log into, whatever the program names."""
    parent: str
    """The run that is repeated."""
    suffix: str
    """The end of the names of the new runs, by which they are found."""
    seed: int | None = None
    """What the run was seeded with."""

    def name(self, track_id: str) -> str:
        """Return the name of the new run in place of one that the program chose, or nobody.

        Parameters
        ----------
        track_id
            The name; one that this returned stays.
        """
        return track_id if track_id.endswith(self.suffix) else f"{track_id}{self.suffix}"

    def database(self, db: str | os.PathLike[str]) -> str | os.PathLike[str]:
        """Return the database to read where the program names one: its own, if that is another.

        Parameters
        ----------
        db
            A path or URL.
        """
        if "://" in str(db):
            return db
        path = Path(db)
        return db if path.exists() and path.name != Path(self.db).name else self.db


def read_reproduction() -> Reproduction:
    """Return what the variable says.

    Raises
    ------
    InvalidArgumentError
        It says something else.
    """
    text = os.environ[REPRODUCE]
    try:
        content = json.loads(text)
        texts = {name: content[name] for name in ("db", "parent", "suffix")}
        seed = content.get("seed")
    except (ValueError, KeyError, TypeError, AttributeError):
        texts, seed = {}, None
    is_valid = texts and all(isinstance(value, str) and value for value in texts.values())
    if not is_valid or not (seed is None or type(seed) is int):
        raise InvalidArgumentError(REPRODUCE, text, "what xt reproduce sets it to, or unset it")
    return Reproduction(**texts, seed=seed)
