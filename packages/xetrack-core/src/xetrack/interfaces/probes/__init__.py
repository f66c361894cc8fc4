"""The probe: measures the environment of a row or a call."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any, ClassVar

if TYPE_CHECKING:
    from collections.abc import Mapping

    from xetrack.model.kinds import Value


class Measurement(ABC):
    """A measurement of one tracked call, from `Probe.start` to `stop`."""

    @abstractmethod
    def stop(self) -> Mapping[str, Value]:
        """End the measurement and return its figures; called once, from any thread.

        **Speed.** It returns at once, without waiting.

        Returns
        -------
        mapping of str to value
            Figures of the call by column, as for `Probe.present`.
        """


class Probe(ABC):
    """A source of measurements that belong into the rows: memory, network, a commit.

    A tracker makes its probes once, when it is built. Keys are column names; state the unit in the
    key or in the docstring.

    **Errors.** An exception in a probe costs no row: it is reported once with the probe's name. A
    probe that keeps failing, or is slow ten times in a row, is switched off; while one does not
    answer, rows are stored without its figures.

    Examples
    --------
    >>> import os
    >>> class Load(Probe):
    ...     quick = True
    ...
    ...     def present(self):
    ...         return {"load_1min": os.getloadavg()[0]}
    ...
    ...     def start(self):
    ...         return LoadOfCall()
    >>> class LoadOfCall(Measurement):
    ...     def stop(self):
    ...         return {"load_1min": os.getloadavg()[0]}
    >>> [*Load({"interval": 1.0}).start().stop()]
    ['load_1min']
    """

    quick: ClassVar[bool] = False
    """True if no method ever waits for anything but this machine's processor and disk: then all are
    called in the thread that logs. Otherwise they are called in a thread that the tracker starts
    for them, so that one that hangs delays nobody for long. One that claims to be quick and takes
    more than 100 ms again and again is reported once, and gets such a thread."""

    def __init__(self, options: Mapping[str, Any]) -> None:
        """Prepare to measure; start no thread before the first call of `present` or `start`.

        Parameters
        ----------
        options
            The tracker's options for its probes: ``interval`` (seconds between samples) and
            ``git_root`` (a folder or None); a probe reads those that it knows and ignores the rest.
        """
        self.options = options

    @abstractmethod
    def present(self) -> Mapping[str, Value]:
        """Return the current figures, for a row that is not a call.

        **Speed.** The caller waits, but a moment only: return within 40 microseconds, if need be
        from what a `xetrack.interfaces.probes.sampling.Sampler` has sampled.

        Returns
        -------
        mapping of str to value
            Plain values (see `xetrack.model.kinds`) by column; empty where there is no figure.
            Where the row has a value under the same key, the row's value is stored.
        """

    @abstractmethod
    def start(self) -> Measurement:
        """Begin to measure a call. Many calls may run at once, in any threads and tasks."""

    def close(self) -> None:  # noqa: B027 - most probes have no resources
        """Stop every thread; called when the tracker is closed. Later use starts them again."""
