"""Taking the backend of a part away, and what each method may do meanwhile."""

from __future__ import annotations

import time
import warnings
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import pytest

from xetrack.errors import XetrackError, XetrackWarning
from xetrack_testing.declared import Contract

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Iterator, Mapping
    from contextlib import AbstractContextManager

Outage: TypeAlias = "Callable[[], AbstractContextManager[object]]"
"""Returns a context in which nobody reaches the backend; it is back as it was afterwards."""


@contextmanager
def displaced(path: str | os.PathLike[str]) -> Iterator[None]:
    """Put something else in the place of a file or folder; afterwards it is as before.

    For the fixture `outage` of parts that keep files::

        @pytest.fixture
        def outage(self, location):
            return lambda: displaced(location)

    Parameters
    ----------
    path
        What is moved aside: a folder takes the place of a file, and a file that of a folder.
    """
    place = Path(path)
    aside = place.with_name(f"{place.name}.aside")
    if place.is_dir():
        place.rename(aside)
        place.write_text("in the way")
    else:
        if place.exists():
            place.rename(aside)
        place.mkdir()
    try:
        yield
    finally:
        if place.is_dir():
            place.rmdir()
        else:
            place.unlink()
        if aside.exists():
            aside.rename(place)


class OutageFixtures(Contract):
    """The fixture that takes a backend away."""

    @pytest.fixture
    def outage(self) -> Outage:
        """Return a function whose context takes the backend away; override it."""
        pytest.skip("nothing says how the backend goes away: override the fixture `outage`")


def check_typed(calls: Mapping[str, Callable[[], object]]) -> dict[str, object]:
    """Make calls, of which each must answer or raise a `XetrackError`; return what they answered.

    Parameters
    ----------
    calls
        What is called, by the name of the method.
    """
    __tracebackhide__ = True
    answers: dict[str, object] = {}
    leaks = []
    for name, call in calls.items():
        try:
            answers[name] = call()
        except XetrackError:
            continue
        except BaseException as error:
            if isinstance(error, KeyboardInterrupt):
                raise
            leaks.append(f"{name} raised {type(error).__name__}: {error}")
    assert [] == leaks, "an exception of the backend's own is raised: raise one of xetrack.errors"
    return answers


@contextmanager
def quiet() -> Iterator[None]:
    """Ignore the warnings of xetrack."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", XetrackWarning)
        yield


def wait_until_back(ask: Callable[[], object], seconds: float) -> None:
    """Wait until a part uses its backend again, which it may leave alone for a while.

    Parameters
    ----------
    ask
        Asks the part for something.
    seconds
        How long it may take.
    """
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        with suppress(XetrackError), quiet():
            ask()
            return
        time.sleep(0.05)
    ask()


def close_all(parts: list[object]) -> None:
    """Close parts after an outage, whatever is left of it.

    Parameters
    ----------
    parts
        Each has a method ``close``; what of xetrack's errors it raises does not count.
    """
    for part in parts:
        with suppress(XetrackError):
            part.close()  # type: ignore[attr-defined]
