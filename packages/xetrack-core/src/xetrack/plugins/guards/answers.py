"""Answers of parts that do work later: contexts, iterators and inserts, each of them guarded."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

from xetrack.interfaces.engine import Inserter

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from contextlib import AbstractContextManager

    from xetrack.model.kinds import Value
    from xetrack.plugins.guards.origin import Origin

T = TypeVar("T")


def watched(function: Callable[..., T], passed: list[BaseException]) -> Callable[..., T]:
    """Return a function that notes what the caller's function raises.

    Parameters
    ----------
    function
        The function that the part is called with.
    passed
        The list to which what it raises is added.
    """

    def call(*args: Any, **options: Any) -> T:
        try:
            return function(*args, **options)
        except BaseException as error:
            passed.append(error)
            raise

    return call


@contextmanager
def guarded_context(
    context: AbstractContextManager[T], part: object, origin: Origin, method: str
) -> Iterator[T]:
    """Guard a context of a part; what its body raises is not the part's.

    It is made by `contextlib`, as engines tell a block of their caller from contexts around theirs.

    Parameters
    ----------
    context
        What a method of the part returned.
    part
        The part, which tells where it works.
    origin
        Names the part in errors.
    method
        Name of the method.
    """
    body: BaseException | None = None
    try:
        with context as value:
            try:
                yield value
            except BaseException as error:
                body = error
                raise
    except BaseException as error:
        origin.raise_typed(error, part, method, [body])
        raise
    finally:
        body = None


class GuardedIterator(Iterator[Any]):
    """What a part yields."""

    def __init__(self, items: Iterator[Any], part: object, origin: Origin, method: str) -> None:
        self._items = items
        self._part = part
        self._origin = origin
        self._method = method

    def __next__(self) -> Any:
        try:
            return next(self._items)
        except StopIteration:
            raise
        except BaseException as error:
            self._origin.raise_typed(error, self._part, self._method)
            raise

    def close(self) -> None:
        """Release what the part holds for it."""
        close = getattr(self._items, "close", None)
        if close is None:
            return
        try:
            close()
        except BaseException as error:
            self._origin.raise_typed(error, self._part, self._method)
            raise


class GuardedInserter(Inserter):
    """An insert of a part; a class of its own, as a row may be stored by each call."""

    def __init__(self, inserter: Inserter, engine: object, origin: Origin) -> None:
        self._inserter = inserter
        self._append = inserter.append
        self._engine = engine
        self._origin = origin

    @property
    def columns(self) -> tuple[str, ...]:  # type: ignore[override]
        """The column of each field, as they are now."""
        return self._inserter.columns

    def write(self, rows: Sequence[Sequence[Value]]) -> None:
        """Store rows; see `Inserter.write`."""
        try:
            self._inserter.write(rows)
        except BaseException as error:
            self._origin.raise_typed(error, self._engine, "write")
            raise

    def write_columns(self, columns: Sequence[Sequence[Value]]) -> None:
        """Store rows by columns; see `Inserter.write_columns`."""
        try:
            self._inserter.write_columns(columns)
        except BaseException as error:
            self._origin.raise_typed(error, self._engine, "write_columns")
            raise

    def append(self, row: Sequence[Value]) -> None:
        """Store one row; see `Inserter.append`."""
        try:
            self._append(row)
        except BaseException as error:
            self._origin.raise_typed(error, self._engine, "append")
            raise
