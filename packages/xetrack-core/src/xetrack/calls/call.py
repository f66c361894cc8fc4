"""One tracked call, from the recording of its arguments to the row it becomes."""

from __future__ import annotations

from collections.abc import Mapping
from time import perf_counter
from typing import TYPE_CHECKING, Any

from xetrack.calls import argument_repr
from xetrack.calls.result_columns import columns_of, has_only_atoms, plain_or_text, plain_result
from xetrack.errors import InvalidArgumentError
from xetrack.model.kinds import NotPlainError, plain
from xetrack.model.names import CACHE, CALL_COLUMNS, RESULT, column_name, fold
from xetrack.model.objects.model_fields import models_in_call
from xetrack.model.times import rounded_times

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Sequence
    from collections.abc import Set as AbstractSet

_NO_ARGUMENTS = (str, bytes, bytearray, set, frozenset, Mapping)
"""What has items, but letters, keys, or items in no order are not what was meant."""

_SEQUENCES = {list, tuple, type(None)}
"""What most arguments are; the look at abstract classes is slow."""

_EXPECTED = "args=[...] and kwargs={...}, as func is to be called"


class Call:
    """A call that is to be tracked. What it is called with is recorded when this is made.

    Parameters
    ----------
    function
        Anything that can be called.
    args, kwargs
        What to call it with; nothing for None.
    own_params
        Values for the row of this call only.
    length
        Longest text kept of the arguments, in characters.
    measure
        Begins to measure when the call begins; what it returns ends that, and returns figures.

    Raises
    ------
    InvalidArgumentError
        The function cannot be called, or `args` or `kwargs` are none.
    """

    own_columns = CALL_COLUMNS
    """The columns that every call has itself."""
    origin: str | None = None
    """The run that computed the result, in the column ``cache`` of calls that have one."""
    assets: dict[str, str] | None = None
    """Ids of objects in the row by key, for calls whose result a cache stores."""

    __slots__ = (
        "_began",
        "_columns",
        "_measure",
        "_measurements",
        "_models",
        "_seconds",
        "_stop",
        "_texts",
        "args",
        "error",
        "function",
        "kwargs",
        "own_params",
        "result",
    )

    def __init__(
        self,
        function: Callable[..., Any],
        args: Sequence[Any] | None,
        kwargs: Mapping[str, Any] | None,
        own_params: Mapping[Any, Any],
        length: int,
        measure: Callable[[], Callable[[], Mapping[str, object]]] | None = None,
    ) -> None:
        if not callable(function):
            raise InvalidArgumentError("func", function, "a function, or what else can be called")
        if type(args) not in _SEQUENCES and isinstance(args, _NO_ARGUMENTS):
            raise InvalidArgumentError("args", args, _EXPECTED)
        try:
            self.args = args = () if args is None else tuple(args)
            self.kwargs = kwargs = {} if kwargs is None else dict(kwargs)
            if kwargs:
                "".join(kwargs)  # raises where a name is no text
        except (TypeError, ValueError):
            raise InvalidArgumentError("args, kwargs", (args, kwargs), _EXPECTED) from None
        self.function = function
        self.own_params = own_params
        self.result: Any = None
        self.error: BaseException | None = None
        self._columns: dict[Any, Any] | None = None
        self._texts = argument_repr.arguments(args, kwargs, length)
        # The function may change what it is called with, so the fields are copied now.
        try:
            models = models_in_call(function, args, kwargs)
            self._models = [(key, plain_or_text(model)) for key, model in models] if models else []
        except Exception:  # noqa: BLE001 - to read a user's attributes may raise anything
            self._models = []
        self._measure = measure
        self._stop: Callable[[], Mapping[str, object]] | None = None
        self._measurements: Mapping[str, object] = {}
        self._began = 0.0
        self._seconds = 0.0

    def begin(self) -> None:
        """Take the time at which the function begins."""
        if self._measure is not None:
            self._stop = self._measure()
        self._began = perf_counter()

    def end(self, result: Any = None, error: BaseException | None = None) -> None:
        """Take the time at which the function has ended, and how.

        Parameters
        ----------
        result
            What it returned.
        error
            What it raised.
        """
        self._seconds = perf_counter() - self._began
        self.result = result
        self.error = error
        # Past the attribute `__class__`, which may raise.
        cls = type(result)
        self._columns = columns_of(result) if cls is dict or issubclass(cls, dict) else None
        if self._stop is not None:
            self._measurements = self._stop()

    @property
    def name(self) -> str:
        """Name of the function."""
        return argument_repr.function_name(self.function)

    def can_omit_params(self, params: AbstractSet[str]) -> bool:
        """Return True if the row may lack params, which the recorder then adds as to any row.

        Parameters
        ----------
        params
            Their names.
        """
        if self._models or self._measurements or not self.own_columns.isdisjoint(params):
            return False
        # A key of the result that needs another name must get none of these.
        return self._columns is None or self.own_columns.isdisjoint(self._columns)

    def simplify_result(self) -> bool:
        """Replace what the function returned, in the row, by plain values and by texts.

        Returns
        -------
        bool
            True if that changes anything; then the row may be stored where it could not be before.
        """
        columns = {RESULT: self.result} if self._columns is None else self._columns
        if self.error is not None or has_only_atoms(columns):
            return False
        self._columns = plain_result(columns)
        return True

    def row(
        self, params: Mapping[str, object], note_renamed: Callable[[str, str], None]
    ) -> dict[Any, object]:
        """Return what is to be logged of the call.

        Parameters
        ----------
        params
            Values for what neither the call nor its result brings.
        note_renamed
            Called with each key of a result or param that the call itself has a column for, and
            with the other name under which it is stored.

        Returns
        -------
        dict
            Values by key.
        """
        args, kwargs = self._texts
        row: dict[Any, object] = {
            "function_name": argument_repr.function_name(self.function),
            "args": args,
            "kwargs": kwargs,
            "error": "" if self.error is None else argument_repr.error(self.error),
            "function_time": self._seconds,
        }
        if self.origin is not None:
            row[CACHE] = self.origin
        # A param gives way to a result of the same name; no other key gives way to any.
        extras = {**self._measurements, **params} if self._measurements else params
        if self._columns is None and not (extras or self._models):  # as nearly always
            row[RESULT] = self.result
            return row
        result = {RESULT: self.result} if self._columns is None else self._columns
        if not self._models and self.own_columns.isdisjoint((*result, *extras)):
            row.update(result)
            for key, value in extras.items():
                row.setdefault(key, value)
            return row
        values = {**extras, **result}
        taken = set(self.own_columns)
        for key, value in self._models:
            name = _free_key(key, row, taken, note_renamed)
            taken.add(fold(name))
            row[name] = value
        own_columns = frozenset(row)
        taken.update(fold(key) for key in values if isinstance(key, str))
        for key in dict.fromkeys((*result, *params, *self._measurements)):
            name = _free_key(key, own_columns, taken, note_renamed)
            if name is not key:
                taken.add(fold(name))
            row[name] = values[key]
        return row


def copy_values(values: Mapping[Any, object]) -> dict[Any, object]:
    """Return values that a caller may change later without changing ours.

    Parameters
    ----------
    values
        Arguments or params, by name; an asset among them stays as it is.
    """
    return {key: _copy(value) for key, value in values.items()}


def _copy(value: object) -> object:
    """Return a plain value that is ours, and an asset or what would lose digits as it is."""
    rounded = rounded_times()
    try:
        plain_value = plain(value)
        # Where the row is stored, the key is known that a warning has to name.
        return plain_value if rounded_times() == rounded else value
    except NotPlainError:
        return value


def _free_key(
    key: Any,
    own_columns: Container[Any],
    taken: Container[str],
    note_renamed: Callable[[str, str], None],
) -> Any:
    """Return the key, or another one where the call itself has a column of that name.

    Names that differ in case are told apart where a row is stored.
    """
    if key not in own_columns:
        return key
    name = column_name(key, taken)
    note_renamed(key, name)
    return name
