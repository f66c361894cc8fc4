"""Declaring a promise that a part cannot keep, and checks that all contracts share."""

from __future__ import annotations

import functools
import inspect
from typing import TYPE_CHECKING, Any

import pytest

from xetrack_testing.hangs.patience import set_factor
from xetrack_testing.hangs.watchdog import watched

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
        Why the part cannot keep it, for the test report.

    Returns
    -------
    function
        The test to assign under the same name.
    """

    @functools.wraps(promise)
    def expected_to_fail(*args: Any, **kwargs: Any) -> None:
        promise(*args, **kwargs)

    marks = [*getattr(promise, "pytestmark", [])]
    expected_to_fail.pytestmark = [*marks, pytest.mark.xfail(strict=True, reason=reason).mark]  # type: ignore[attr-defined]
    return expected_to_fail


def must_raise(error: type[Exception], call: Callable[[], object], what: str) -> None:
    """Fail unless a call raises an error of a type.

    Parameters
    ----------
    error
        The expected type of exception.
    call
        The function to call.
    what
        A description of the call, for the message.
    """
    __tracebackhide__ = True
    try:
        returned = call()
    except error:
        return
    except Exception as other:  # noqa: BLE001 - whatever it is, it is the wrong one
        pytest.fail(f"{what} raised {type(other).__name__} ({other}) and not {error.__name__}")
    pytest.fail(f"{what} returned {returned!r}, but must raise {error.__name__}")


class Contract:
    """The base of all contracts. A contract is not collected: inherit it in a class ``Test...``.

    A test that hangs fails after 100 seconds, and says where each thread and child process is.
    """

    patience: float = 1.0
    """What every deadline of the kit is multiplied by, beside ``XETRACK_TESTING_PATIENCE``."""

    @pytest.fixture(autouse=True)
    def _watched(self, request: pytest.FixtureRequest) -> Iterator[None]:
        set_factor(self.patience)
        with watched(request.node):
            yield
        set_factor(1)

    def test_no_promise_is_replaced_without_a_reason(self) -> None:
        """A test of the contract may be replaced only by ``gap(...)``, which says why."""
        silent = sorted(set(_replaced(type(self))))
        assert not silent, (
            f"{type(self).__name__} replaces {', '.join(silent)}. Declare what cannot hold: "
            "test_x = gap(Contract.test_x, 'the reason')"
        )


def _replaced(cls: type) -> Iterator[str]:
    promised = {
        name: base
        for base in cls.__mro__
        if base.__module__.startswith(KIT)
        for name in vars(base)
        if name.startswith("test_")
    }
    for base in cls.__mro__:
        if base.__module__.startswith(KIT):
            continue
        for name, attribute in vars(base).items():
            marks = getattr(attribute, "pytestmark", [])
            if name in promised and not any(
                mark.name == "xfail" and mark.kwargs.get("strict") and mark.kwargs.get("reason")
                for mark in marks
            ):
                yield name


def signature_differences(cls: type, interface: type) -> list[str]:
    """Return the methods of a class whose parameters differ from those of its interface.

    Further parameters with a default are allowed.

    Parameters
    ----------
    cls
        The class under test.
    interface
        The class that it extends.

    Returns
    -------
    list of str
        A sentence for each method that differs.
    """
    differences = []
    for name, method in vars(interface).items():
        plain = getattr(method, "__func__", method)
        if not inspect.isfunction(plain) or (name.startswith("_") and name != "__init__"):
            continue
        own = getattr(cls, name)
        wanted = _parameters(plain)
        parameters = _parameters(getattr(own, "__func__", own))
        further = list(parameters.values())[len(wanted) :]
        if [*parameters.values()][: len(wanted)] != [*wanted.values()] or any(
            parameter[1] is _REQUIRED for parameter in further
        ):
            differences.append(
                f"{cls.__qualname__}.{name}{inspect.signature(getattr(cls, name))} is not what "
                f"{interface.__qualname__} says: {name}{inspect.signature(plain)}"
            )
    return differences


_REQUIRED = object()


def _parameters(function: Callable[..., Any]) -> dict[str, tuple[str, object]]:
    """Return name, kind and whether there is a default of each parameter; types may differ."""
    return {
        name: (
            f"{parameter.kind.name} {name}",
            _REQUIRED
            if parameter.default is parameter.empty
            and parameter.kind not in {parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD}
            else None,
        )
        for name, parameter in inspect.signature(function).parameters.items()
    }
