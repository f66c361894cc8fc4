"""Sampling for probes: a thread takes the figures, so that nobody who logs waits for them."""

from __future__ import annotations

import threading
import weakref
from time import monotonic
from typing import TYPE_CHECKING

from xetrack.interfaces.probes import Measurement
from xetrack.process.forks import ForkLock

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

Sample = dict[str, float]

FIRST_WAIT = 5.0
"""Seconds after the first question within which callers wait for the first sample: on a busy
machine a new thread may need a second until it runs."""

SECOND = 0.1
"""Seconds from the first sample to the second: it is the first with a past worth the name."""

LONGEST = 3600.0
"""Seconds between samples at most."""

STUCK = 10.0
"""Seconds after which a sample that goes on is given up: a dead network disk never answers. Figures
that never wait are never given up: their thread was but stopped, or had no turn."""


class _Samples(ForkLock):
    """What a thread has sampled. It does not know the sampler, whose end is the thread's too."""

    def __init__(self) -> None:
        super().__init__()
        self.latest: Sample = {}
        self.sums: Sample = {}
        self.count = 0
        self.began: float | None = None
        self.error: Exception | None = None

    def take(self, measure: Callable[[], Sample]) -> bool:
        """Take a sample, and tell whether there was one to take."""
        self.began = monotonic()
        try:
            sample = measure()
        except Exception as error:  # noqa: BLE001 - who asks next is told
            self.error = error
            return False
        finally:
            self.began = None
        with self.lock:
            self.latest = sample
            self.count += 1
            for key, value in sample.items():
                self.sums[key] = self.sums.get(key, 0.0) + value
        return True


class Sampler:
    """Samples figures at an interval from the first question on, until it is closed.

    A later question begins anew, as it does after a fork. The thread also ends with the sampler.

    **Errors.** What `measure` raises ends the sampling, and is raised once, by the next question:
    so it counts as a failure of the probe. The question behind that begins anew.

    Parameters
    ----------
    measure
        Returns the figures of a moment; called in the sampler's thread only.
    interval
        Seconds between samples.
    inline
        Whether the first sample is taken by the thread that asks: for figures that never make it
        wait. Then there is a sample from the first question on, however busy the machine is.

    Examples
    --------
    A whole probe::

        class GpuProbe(Probe):
            quick = True  # as the sampler waits for the driver, and no row does

            def __init__(self, options):
                super().__init__(options)
                self._sampler = Sampler(read_gpus, options["interval"])

            def present(self):
                return self._sampler.latest()

            def start(self):
                return self._sampler.start()

            def close(self):
                self._sampler.close()
    """

    def __init__(
        self, measure: Callable[[], Sample], interval: float, *, inline: bool = False
    ) -> None:
        self._measure = measure
        self._inline = inline
        self._interval = min(interval, LONGEST)
        self._samples = _Samples()
        self._thread: threading.Thread | None = None
        self._end: Callable[[], object] = bool
        self._first = threading.Event()
        self._deadline = 0.0

    def latest(self) -> Sample:
        """Return the last sample; empty where the first takes long. Do not change it.

        Raises
        ------
        TimeoutError
            Sampling is stuck.
        Exception
            What `measure` raised since the last question.
        """
        self._run()
        return self._samples.latest

    def mark(self) -> tuple[int, Sample]:
        """Return a point in time, for `mean_since`; raises what `latest` does."""
        self._run()
        with self._samples.lock:
            return self._samples.count, dict(self._samples.sums)

    def mean_since(self, mark: tuple[int, Mapping[str, float]]) -> Sample:
        """Return the mean of all samples since a mark; the last sample where none was taken.

        Parameters
        ----------
        mark
            What `mark` returned.
        """
        count, sums = mark
        with self._samples.lock:
            taken = self._samples.count - count
            if not taken:
                return dict(self._samples.latest)
            totals = self._samples.sums.items()
            return {key: (total - sums.get(key, 0.0)) / taken for key, total in totals}

    def start(self) -> Measurement:
        """Begin to measure a call.

        Returns
        -------
        Measurement
            Its `stop` returns the mean of all samples taken meanwhile, or the last sample where
            there was none. It raises what `latest` does.
        """
        return _MeanOfCall(self)

    def close(self) -> None:
        """Stop the thread."""
        self._end()
        self._thread = None

    def _run(self) -> None:
        if self._thread is None or not self._thread.is_alive():
            self._begin()
        if not self._first.is_set():
            self._first.wait(max(0.0, self._deadline - monotonic()))
        samples = self._samples
        if samples.error is not None:
            with samples.lock:
                error, samples.error = samples.error, None
                if error is not None:
                    self._thread = None  # it ends, though it may be alive for a moment
            if error is not None:
                raise error
        began = None if self._inline else samples.began
        if began is not None and monotonic() - began > STUCK:
            raise TimeoutError(f"no answer from the system for {STUCK:g} seconds")

    def _begin(self) -> None:
        with self._samples.lock:
            if self._samples.error is not None or (self._thread and self._thread.is_alive()):
                return
            closed, self._first = threading.Event(), threading.Event()
            self._deadline = monotonic() + FIRST_WAIT
            self._end = weakref.finalize(self, closed.set)
            if self._inline:
                if not self._samples.take(self._measure):
                    return
                self._first.set()
            self._thread = threading.Thread(
                target=_sample,
                args=(self._samples, self._measure, self._interval, self._first, closed),
                name="xetrack-sampler",
                daemon=True,
            )
            self._thread.start()


class _MeanOfCall(Measurement):
    """The mean of the samples of a call."""

    def __init__(self, sampler: Sampler) -> None:
        self._sampler = sampler
        self._mark = sampler.mark()

    def stop(self) -> Sample:
        """Return the figures of the call."""
        return self._sampler.mean_since(self._mark)


def _sample(
    samples: _Samples,
    measure: Callable[[], Sample],
    interval: float,
    first: threading.Event,
    closed: threading.Event,
) -> None:
    pause = min(SECOND, interval)
    if first.is_set() and closed.wait(pause):
        return
    while samples.take(measure):
        first.set()
        if closed.wait(pause):
            return
        pause = interval
    first.set()
