"""Entries of xetrack 0.7, of which key and value are pickles that nobody signed.

Their keys tell objects by a bare ``hash()``, so no call is answered from them; they are there to
be looked at. What is listed of them without trust is read from the opcodes of the pickle, of which
none is executed.
"""

from __future__ import annotations

import pickle
import pickletools
from itertools import islice
from typing import TYPE_CHECKING, Any

from xetrack_cache.signed.entries import DamagedError

if TYPE_CHECKING:
    from collections.abc import Iterator

_MOST = 2_000_000
"""Opcodes that are looked at, in about a second; of a pickle with more, the run stays unknown."""

_FROM_MEMO = {"BINGET", "LONG_BINGET", "GET"}
_TO_MEMO = {"MEMOIZE", "BINPUT", "LONG_BINPUT", "PUT"}


def function_of(key: bytes) -> str:
    """Return the name of the function in a key; empty when there is none.

    Parameters
    ----------
    key
        The pickle of a key.
    """
    return next(_texts(key), "")


def run_of(value: bytes) -> str:
    """Return the run in a value; empty when there is none.

    Parameters
    ----------
    value
        The pickle of a value.
    """
    texts = list(_texts(value))
    return texts[-1] if texts[-2:-1] == ["cache"] else ""


def _texts(data: bytes) -> Iterator[str]:
    """Yield the texts in a pickle, in order."""
    memo: dict[Any, object] = {}
    last: object = None
    try:
        for opcode, argument, _ in islice(pickletools.genops(data), _MOST):
            if opcode.name in _TO_MEMO:
                memo[len(memo) if argument is None else argument] = last
                continue
            last = memo.get(argument) if opcode.name in _FROM_MEMO else argument
            if isinstance(last, str) and ("UNICODE" in opcode.name or opcode.name in _FROM_MEMO):
                yield last
    except Exception:  # noqa: BLE001 - it may be anything at all
        return


def key_bytes(key: tuple[Any, ...]) -> bytes:
    """Encode a key as xetrack 0.7 stored it.

    Parameters
    ----------
    key
        The function's name and the arguments, as 0.7 put them together.

    Returns
    -------
    bytes
        The pickle that 0.7 used as the key.
    """
    return pickletools.optimize(pickle.dumps(key, protocol=pickle.HIGHEST_PROTOCOL))


def load_pickle(data: bytes) -> Any:
    """Load a pickle of somebody who is trusted.

    Parameters
    ----------
    data
        A pickle; to load it can run any code.

    Returns
    -------
    Any
        The object.

    Raises
    ------
    DamagedError
        It cannot be loaded.
    """
    try:
        return pickle.loads(data)  # noqa: S301 - asked for with trust
    except Exception as error:  # noqa: BLE001 - loading may raise anything
        raise DamagedError(f"it cannot be loaded ({type(error).__name__}: {error})") from None


def result_of(value: Any) -> tuple[Any, str]:
    """Return the result and the run of a value.

    Parameters
    ----------
    value
        An unpickled value.

    Returns
    -------
    object, str
        The result, and the track id.

    Raises
    ------
    DamagedError
        It is no value of xetrack 0.7.
    """
    if isinstance(value, dict) and {"result", "cache"} <= value.keys():
        return value["result"], str(value["cache"])
    raise DamagedError("it is no result of a call")
