"""The contract of probes: see `xetrack.interfaces.probes`, whose promises these tests hold."""

from __future__ import annotations

import os
import statistics
import threading
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pytest

from xetrack.interfaces.probes import Measurement, Probe
from xetrack.model.kinds import plain
from xetrack.model.names import checked_key
from xetrack_testing.declared import Contract, signature_differences
from xetrack_testing.hangs.patience import allowed
from xetrack_testing.processes import ended_well, forked, meanwhile
from xetrack_testing.rows import exact
from xetrack_testing.threads import threads_left

if TYPE_CHECKING:
    from collections.abc import Iterator

SOON = 0.002
"""Seconds that the median of `present` may take. The promise is 40 microseconds; machines that
test are often busy with something else."""

AT_ONCE = 0.02
"""Seconds that the median of `stop` may take: it must not wait for a sample."""


class ProbeContract(Contract):
    """All that a probe promises. Set `probe_class`, and override `options` if need be.

    For example::

        class TestGpuProbe(ProbeContract):
            probe_class = GpuProbe
    """

    probe_class: type[Probe]

    @pytest.fixture
    def options(self) -> dict[str, Any]:
        """The options that the tracker passes to the probe."""
        return {"interval": 0.05, "git_root": None}

    @pytest.fixture
    def probe(self, options: dict[str, Any]) -> Iterator[Probe]:
        """The probe under test."""
        made = self.probe_class(options)
        yield made
        made.close()

    def test_signatures_are_those_of_the_interface(self) -> None:
        """Every method takes what the interface says, so that all probes are called alike."""
        assert [] == signature_differences(self.probe_class, Probe)

    def test_figures_of_a_row_can_be_in_a_row(self, probe: Probe) -> None:
        """Figures of a row are plain values under keys, the same keys each time."""
        figures = probe.present()
        check_figures(figures)
        again = probe.present()
        assert {*figures} <= {*again}, "keys that were there before are missing"

    def test_figures_of_a_call_can_be_in_a_row(self, probe: Probe) -> None:
        """So can what a measurement gives when it is stopped."""
        measurement = probe.start()
        assert isinstance(measurement, Measurement), "start returns a Measurement"
        check_figures(measurement.stop())

    def test_a_row_does_not_wait_for_its_figures(self, probe: Probe) -> None:
        """Whoever logs waits for `present`; samples belong into a thread of the probe's own."""
        probe.present()
        median = _median(probe.present, 100)
        assert median < allowed(SOON), f"the median of present took {median * 1e6:.0f} microseconds"

    def test_a_call_does_not_wait_for_its_figures(self, probe: Probe) -> None:
        """`stop` returns what there is."""
        probe.start().stop()
        begun = iter([probe.start() for _ in range(20)])
        median = _median(lambda: next(begun).stop(), 20)
        assert median < allowed(AT_ONCE), f"the median of stop took {median * 1e3:.1f} milliseconds"

    def test_calls_may_overlap_in_any_threads(self, probe: Probe) -> None:
        """Begun in one thread, ended in another, in any order; each has figures."""
        alone = {*probe.start().stop()}
        begun = [probe.start() for _ in range(4)]
        measured: list[Mapping[str, Any]] = []
        for measurement in (begun[1], begun[3], begun[0], begun[2]):
            with meanwhile(lambda begun=measurement: measured.append(begun.stop())):  # type: ignore[misc]
                probe.start().stop()
        for figures in measured:
            check_figures(figures)
            assert alone == {*figures}, "a call among others has other figures than one alone"

    def test_making_a_probe_starts_no_thread(self, options: dict[str, Any]) -> None:
        """Most trackers that are made never log."""
        before = {*threading.enumerate()}
        probe = self.probe_class(options)
        assert [] == threads_left(before, seconds=0)
        probe.close()

    def test_closing_ends_every_thread(self, options: dict[str, Any]) -> None:
        """A program must be able to end within seconds."""
        before = {*threading.enumerate()}
        probe = self.probe_class(options)
        probe.present()
        probe.start().stop()
        probe.close()
        assert [] == threads_left(before, seconds=2), "threads that live on after close"

    def test_closing_twice_does_nothing_and_a_question_begins_anew(self, probe: Probe) -> None:
        """Rows may come after a tracker was closed, and they have figures too."""
        before = {*probe.present()}
        probe.close()
        probe.close()
        assert before == {*probe.present()}
        check_figures(probe.start().stop())

    def test_options_of_others_are_left(self, options: dict[str, Any]) -> None:
        """A tracker gives all of its options to all of its probes."""
        extended = {**options, "an option of another probe": object()}
        probe = self.probe_class(extended)
        probe.present()
        probe.close()
        assert {*options, "an option of another probe"} == {*extended}, "the options were changed"

    def test_figures_are_the_callers_own(self, probe: Probe) -> None:
        """A later sample changes nothing in figures that were given before."""
        measurement = probe.start()
        measured = [probe.present(), measurement.stop()]
        before = [exact(dict(figures)) for figures in measured]
        time.sleep(0.12)
        probe.present()
        assert before == [exact(dict(figures)) for figures in measured]

    @pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
    @pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
    def test_after_a_fork_both_sides_measure(self, probe: Probe) -> None:
        """The child has a copy of the probe, without its threads."""
        expected = {*probe.present()}
        measurement = probe.start()

        def child() -> None:
            measurement.stop()
            assert expected == {*probe.present()}, "the child lacks figures"
            check_figures(probe.start().stop())
            probe.close()

        assert ended_well(forked(child), 10), "the child failed or hangs; see what it printed"
        assert expected == {*probe.present()}
        check_figures(measurement.stop())


def check_figures(figures: object) -> None:
    """Fail unless figures can be in a row.

    Parameters
    ----------
    figures
        What the probe returned.
    """
    assert isinstance(figures, Mapping), f"figures are a mapping, and no {type(figures).__name__}"
    for key, value in figures.items():
        assert checked_key(key) == key, f"{key!r} is no key"
        assert exact(plain(value)) == exact(value), f"{key} is no plain value but {value!r}"


def _median(ask: Any, times: int) -> float:
    took = []
    for _ in range(times):
        began = time.perf_counter()
        ask()
        took.append(time.perf_counter() - began)
    return statistics.median(took)
