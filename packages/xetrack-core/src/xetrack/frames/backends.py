"""Which frame backend makes a frame: the one that was named, or the choice of this process.

A backend is a part like any other: found by name, built in or a plugin's. None of their libraries
is imported before the first frame.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from xetrack.errors import InvalidArgumentError, MissingPackageError, UnknownComponentError
from xetrack.interfaces.component import PartKind
from xetrack.interfaces.engine import Selection
from xetrack.interfaces.frames import ParsesDates
from xetrack.model.kinds import Kind
from xetrack.model.names import TIMESTAMP

if TYPE_CHECKING:
    from xetrack.interfaces.frames import Columnar, FrameBackend

PANDAS, ARROW = "pandas", "arrow"
"""The backends whose frames the core itself asks for: to print a run, and to write files."""

_backend = PANDAS


def set_backend(backend: str) -> None:
    """Choose what ``to_df`` returns from now on, in all of this process.

    Parameters
    ----------
    backend
        The name of a frame backend: ``"pandas"``, ``"polars"``, ``"arrow"``, or that of a plugin;
        ``"auto"`` for the first of these three that is installed.

    Raises
    ------
    UnknownComponentError
        There is no such backend; the text names those that are nearest.
    MissingPackageError
        It is not installed.

    Examples
    --------
    >>> import xetrack
    >>> xetrack.set_backend("pandas")
    >>> xetrack.get_backend()
    'pandas'
    """
    global _backend  # noqa: PLW0603 - a setting of the process is what was asked for
    if backend == "auto":
        backend = _first_installed()
    load_backend(backend)
    _backend = backend


def _first_installed() -> str:
    """Return the first of xetrack's own backends that can be made; pandas if none can."""
    for name in (PANDAS, "polars", ARROW):
        with suppress(MissingPackageError, UnknownComponentError):
            load_backend(name)
            return name
    return PANDAS


def get_backend() -> str:
    """Return the name of the backend that ``to_df`` uses where none is named."""
    return _backend


def load_backend(name: str) -> FrameBackend:
    """Make a frame backend.

    Parameters
    ----------
    name
        The name of a backend, such as ``pandas``.

    Raises
    ------
    InvalidArgumentError
        The name is no text.
    UnknownComponentError
        There is no such backend.
    MissingPackageError
        It is not installed, or needs a package that is not.
    """
    if not isinstance(name, str):
        raise InvalidArgumentError("backend", name, "the name of a frame backend")
    from xetrack.plugins.registry import registry  # noqa: PLC0415 - with the first part

    try:
        return registry().make(PartKind.FRAME_BACKEND, name)
    except UnknownComponentError as error:
        from xetrack.plugins.hints import missing_package  # noqa: PLC0415 - seldom needed

        raise missing_package(PartKind.FRAME_BACKEND, name, error) from error


def to_frame(answer: Columnar, backend: str | None = None, *, parse_dates: bool = False) -> Any:
    """Return a frame of all rows of an answer.

    Parameters
    ----------
    answer
        The columns and their cells; its batches are gone afterwards.
    backend
        The name of a frame backend; by default the one that `set_backend` chose.
    parse_dates
        Whether timestamps of rows are datetimes; as texts they are as they were stored.
    """
    from xetrack.frames.whole_columns import with_arrays  # noqa: PLC0415 - most make no frame

    maker = load_backend(_backend if backend is None else backend)
    stamps = {column.name for column in answer.columns if column.kinds == {Kind.TEXT}}
    if not parse_dates or TIMESTAMP not in stamps:
        return maker.frame(with_arrays(answer))
    if isinstance(maker, ParsesDates):
        return maker.parse_dates(maker.frame(with_arrays(answer)), TIMESTAMP)
    return maker.frame(_parsed(answer))


def _parsed(answer: Columnar) -> Columnar:
    """Return an answer whose timestamps are datetimes, for a backend that cannot parse them."""
    at = [column.name for column in answer.columns].index(TIMESTAMP)
    batches = [list(batch) for batch in answer.batches]
    try:
        moments = [
            [None if cell is None else datetime.fromisoformat(str(cell)) for cell in batch[at]]
            for batch in batches
        ]
    except (ValueError, TypeError):  # another program wrote something else
        return Selection(answer.columns, iter(batches))
    for batch, cells in zip(batches, moments, strict=True):
        batch[at] = cells
    columns = list(answer.columns)
    columns[at] = replace(columns[at], kinds=frozenset({Kind.DATETIME}))
    return Selection(tuple(columns), iter(batches))
