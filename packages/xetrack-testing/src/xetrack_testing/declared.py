"""How a part says that it cannot keep a promise, and that none is dropped without a word."""

from __future__ import annotations

import functools
import inspect
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

KIT = __name__.rpartition(".")[0]


def gap(promise: Callable[..., Any], reason: str) -> Callable[..., Any]:
    """Declare that a part does not keep a promise of its contract.

    The test still runs and must fail; once it passes, it turns red, so that the gap goes::

        class TestMyEngine(EngineContract):
            test_x = gap(EngineContract.test_x, "the server has no time zones")

    Parameters
    ----------
    promise
        The test of the contract.
    reason
        Why it cannot hold, for whoever reads the report.
    """

    @functools.wraps(promise)
    def expected_to_fail(*args: Any, **kwargs: Any) -> None:
        promise(*args, **kwargs)

    marks = [*getattr(promise, "pytestmark", [])]
    expected_to_fail.pytestmark = [*marks, pytest.mark.xfail(strict=True, reason=reason).mark]  # type: ignore[attr-defined]
    return expected_to_fail


def must_raise(error: type[Exception], call: Callable[[], object], what: str) -> None:
    """Fail unless a call raises such an error; say which of many calls it was."""
    __tracebackhide__ = True
    try:
        found = call()
    except error:
        return
    except Exception as other:  # noqa: BLE001 - whatever it is, it is the wrong one
        pytest.fail(f"{what} raised {type(other).__name__} ({other}) and not {error.__name__}")
    pytest.fail(f"{what} returned {found!r}, but must raise {error.__name__}")


class Contract:
    """What all contracts share. A contract is no test itself: inherit it in a class ``Test...``."""

    def test_no_promise_is_replaced_without_a_reason(self) -> None:
        """A test of the contract may be replaced only by ``gap(...)``, which says why."""
        silent = sorted(set(_replaced(type(self))))
        assert not silent, (
            f"{type(self).__name__} replaces {', '.join(silent)}. Declare what cannot hold: "
            "test_x = gap(Contract.test_x, 'the reason')"
        )


def _replaced(cls: type) -> Iterator[str]:
    promised = {
        name: one
        for one in cls.__mro__
        if one.__module__.startswith(KIT)
        for name in vars(one)
        if name.startswith("test_")
    }
    for one in cls.__mro__:
        if one.__module__.startswith(KIT):
            continue
        for name, found in vars(one).items():
            marks = getattr(found, "pytestmark", [])
            if name in promised and not any(
                mark.name == "xfail" and mark.kwargs.get("strict") and mark.kwargs.get("reason")
                for mark in marks
            ):
                yield name


def drifted(cls: type, interface: type) -> list[str]:
    """Say where the methods of a class take other parameters than those of its interface.

    Further parameters with a default are no drift.
    """
    found = []
    for name, method in vars(interface).items():
        plain = getattr(method, "__func__", method)
        if not inspect.isfunction(plain) or (name.startswith("_") and name != "__init__"):
            continue
        own = getattr(cls, name)
        wanted = _parameters(plain)
        given = _parameters(getattr(own, "__func__", own))
        further = list(given.values())[len(wanted) :]
        if [*given.values()][: len(wanted)] != [*wanted.values()] or any(
            one[1] is _REQUIRED for one in further
        ):
            found.append(
                f"{cls.__qualname__}.{name}{inspect.signature(getattr(cls, name))} is not what "
                f"{interface.__qualname__} says: {name}{inspect.signature(plain)}"
            )
    return found


_REQUIRED = object()


def _parameters(function: Callable[..., Any]) -> dict[str, tuple[str, object]]:
    """Return name, sort and whether there is a default of each parameter; types may differ."""
    return {
        name: (
            f"{one.kind.name} {name}",
            _REQUIRED
            if one.default is one.empty and one.kind not in {one.VAR_POSITIONAL, one.VAR_KEYWORD}
            else None,
        )
        for name, one in inspect.signature(function).parameters.items()
    }
