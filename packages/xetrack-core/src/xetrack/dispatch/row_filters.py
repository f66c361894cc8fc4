"""The row filters of one tracker, through which each row passes before it is stored."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from xetrack.configuration.choice import is_function
from xetrack.dispatch.fan_out import PartGroup
from xetrack.errors import RowFilterError
from xetrack.interfaces.component import PartKind
from xetrack.interfaces.rows.filters import RowFilter
from xetrack.process.signal_handlers import is_of_handler

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from xetrack.model.kinds import Value

    Function = Callable[[dict[str, Value]], Mapping[str, Value] | None]


class FunctionFilter(RowFilter):
    """A plain function as a filter.

    Parameters
    ----------
    function
        Takes a row, and returns the row to be stored, or None.
    """

    def __init__(self, function: Function) -> None:
        super().__init__({})
        self.name = str(getattr(function, "__qualname__", type(function).__name__))
        self.filter = function  # type: ignore[method-assign,assignment]  # a call less

    def filter(self, row: dict[str, Value]) -> Mapping[str, Value] | None:
        """Stand for the function, which takes its place; see `RowFilter.filter`."""
        raise NotImplementedError(row)


class NamedFilter:
    """One filter, with the name that errors give it.

    Parameters
    ----------
    name
        Its name.
    part
        The filter.
    """

    kind = PartKind.ROW_FILTER
    missed = 0

    def __init__(self, name: str, part: RowFilter) -> None:
        self.name = part.name if isinstance(part, FunctionFilter) else name
        self.filter = part.filter


class RowFilters(PartGroup[Any]):
    """The filters of a tracker, in the order in which they are called; see `PartGroup`.

    Parameters
    ----------
    chosen
        Names of filters, choices of them, filters, and functions.
    """

    interface, argument = RowFilter, "filters"

    @property
    def isolate(self) -> type[Any]:
        """The class that gives a filter its name."""
        return NamedFilter

    def __init__(self, chosen: Sequence[Any]) -> None:
        parts: list[Any] = [
            FunctionFilter(part) if is_function(PartKind.ROW_FILTER, part) else part
            for part in chosen
        ]
        super().__init__(parts, {})

    def apply(self, row: dict[str, Value]) -> Mapping[Any, Value] | None:
        """Return the row that is to be stored; None for none.

        Parameters
        ----------
        row
            Values by key; it may be changed.

        Raises
        ------
        RowFilterError
            A filter raised, or returned what is no row.
        """
        filtered: Mapping[Any, Value] | None = row
        for each in self._parts:
            try:
                filtered = each.filter(filtered if type(filtered) is dict else {**filtered})  # type: ignore[dict-item]
            except Exception as error:
                if is_of_handler(error):
                    raise
                # Not its message, which may hold the value that was to be removed.
                raise RowFilterError(each.name, f"raised {type(error).__name__}") from error
            if filtered is None:
                return None
            if not isinstance(filtered, Mapping):
                reason = f"returned a {type(filtered).__name__}, and no mapping"
                raise RowFilterError(each.name, reason)
        return filtered

    def close(self) -> None:
        """Do nothing, as filters have nothing open."""

    def shut_down(self, began: float) -> None:
        """Do nothing, as filters have nothing open; see `PartGroup.shut_down`."""
