"""The probe: measures the world around a row or a call."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any, ClassVar

if TYPE_CHECKING:
    from collections.abc import Mapping

    from xetrack.model.kinds import Value


class Measurement(ABC):
    """What was begun by `Probe.start`: one tracked call that is going on."""

    @abstractmethod
    def stop(self) -> Mapping[str, Value]:
        """Return the figures of the call, once, from any thread; at once, without waiting."""


class Probe(ABC):
    """Measures something that belongs into the rows: memory, network, a commit.

    A tracker makes its probes once, when it is built. An error in a probe costs no row: it is
    reported once with the probe's name. A probe that goes on failing, or is slow ten times in a
    row, is switched off; while one gives no answer, rows go without its figures.
    Keys are column names; say the unit in the key or in the docstring.
    """

    quick: ClassVar[bool] = False
    """Whether no method ever waits for anything but this machine's processor and disk: then they
    are called in the thread that logs. Those of others are called in a thread that the tracker
    makes for them, so that nobody waits long for one that hangs."""

    def __init__(self, options: Mapping[str, Any]) -> None:
        """Prepare to measure; start no thread before the first question.

        Parameters
        ----------
        options
            What the tracker was given for its probes: ``interval`` (seconds between samples),
            ``git_root`` (a folder or None); a probe takes what it knows and leaves the rest.
        """
        self.options = options

    @abstractmethod
    def present(self) -> Mapping[str, Value]:
        """Return the figures of this moment, for a row that is no call.

        Whoever logs waits for it, but a moment only: return within 40 microseconds, from what a
        thread of your own has sampled if need be. An empty mapping says nothing. Values are plain
        (see `xetrack.model.kinds`); where the row has one under the same key, the row's counts.
        """

    @abstractmethod
    def start(self) -> Measurement:
        """Begin to measure a call. Many calls may go on at once, in any threads and tasks."""

    def close(self) -> None:  # noqa: B027 - most probes hold nothing
        """Stop every thread, when the tracker is closed; a later question begins anew."""
