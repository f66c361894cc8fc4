"""A pickler that leaves out what models hide: fields without a ``repr``, and secrets."""

from __future__ import annotations

from typing import Any

from xetrack.assets.script_pickler import ScriptPickler
from xetrack.interfaces.codecs import CannotEncodeError
from xetrack.model.objects.shown_fields import MASK, fields_of_class, is_secret

_PROTOCOL = 5
"""Every Python that xetrack supports reads it."""


class HidingPickler(ScriptPickler):
    """Pickles objects without the fields that their classes hide, and masks secrets.

    Parameters
    ----------
    file
        Gets what is written.
    """

    def __init__(self, file: Any) -> None:
        super().__init__(file)
        self.lacking: dict[str, None] = {}
        """The classes of which fields were left out, by qualified name."""

    def reducer_override(self, obj: Any) -> Any:
        """Reduce an object without what it hides; see `pickle.Pickler.reducer_override`."""
        cls = type(obj)
        if is_secret(obj):
            return _mask(obj)
        fields = None if issubclass(cls, type) else fields_of_class(cls)
        if fields is None or not fields.hidden:
            return super().reducer_override(obj)
        reduced = obj.__reduce_ex__(_PROTOCOL)
        if not isinstance(reduced, tuple) or len(reduced) <= _STATE:
            raise CannotEncodeError
        self.lacking[cls.__qualname__] = None
        state = _shown_state(reduced[_STATE], fields.hidden, obj)
        return (*reduced[:_STATE], state, *reduced[_STATE + 1 :])


_STATE = 2
"""Where the state of an object stands in what ``__reduce_ex__`` returns."""


def _mask(secret: Any) -> tuple[Any, tuple[Any, ...]]:
    """Return how to make a secret of the same class, with nothing in it."""
    is_pydantic = any(base.__module__.startswith("pydantic") for base in type(secret).__mro__)
    if not is_pydantic:  # nothing is known of how it is made
        raise CannotEncodeError
    value: Any = secret.get_secret_value()
    return type(secret), (MASK.encode() if isinstance(value, bytes) else MASK,)


def _shown_state(state: Any, hidden: frozenset[str], obj: Any) -> Any:
    """Return the state of a model without its hidden fields.

    Where the class has a hash of its own, these are None: in a set the hash is wanted at once.
    """
    has_hash = getattr(type(obj), "__hash__", None) not in {None, object.__hash__}
    if isinstance(state, dict):
        return {
            name: _shown_state(inner, hidden, obj)
            if name.startswith("__") and isinstance(inner, dict)
            else (None if name in hidden else inner)
            for name, inner in state.items()
            if name not in hidden or has_hash
        }
    if isinstance(state, tuple):  # attributes, and slots
        return tuple(_shown_state(part, hidden, obj) if part else part for part in state)
    if isinstance(state, list) and len(state) == len(fields := type(obj).__dataclass_fields__):
        pairs = zip(fields, state, strict=True)  # a frozen dataclass with slots
        return [None if name in hidden else value for name, value in pairs]
    if state is None:
        return None
    raise CannotEncodeError
