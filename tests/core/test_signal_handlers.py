"""What a handler of a signal raises is nobody's fault, whatever code of strangers it meets."""

from __future__ import annotations

import enum
import functools
import signal

import pytest

from xetrack import Tracker
from xetrack.interfaces.probes import Measurement, Probe
from xetrack.interfaces.sinks import Sink
from xetrack.plugins.quarantine import Refusal, isolated
from xetrack.process.signal_handlers import is_of_handler

pytestmark = pytest.mark.skipif(not hasattr(signal, "SIGUSR1"), reason="no signals here")


class Ended(BaseException):
    """What a job that is told to end raises."""


class Handler:
    """A handler that is an object."""

    def __init__(self, error):
        self.error = error

    def __call__(self, *_):
        raise self.error

    def method(self, *_):
        raise self.error


FORMS = {
    "function": lambda error: lambda *_: Handler(error)(),
    "object": Handler,
    "method": lambda error: Handler(error).method,
    "partial": lambda error: functools.partial(Handler(error).method, 1),
}


@pytest.fixture(params=[TimeoutError, SystemExit, Ended, KeyboardInterrupt])
def error(request):
    """What the handlers raise."""
    return request.param


@pytest.fixture(params=FORMS.values(), ids=FORMS)
def _handled(request, error):
    """A signal for which there is a handler."""
    before = signal.signal(signal.SIGUSR1, request.param(error))
    yield
    signal.signal(signal.SIGUSR1, before)


def test_what_enumerations_raise_is_of_no_handler():
    """Where nobody handles a signal, Python has a member of an enumeration in the place."""

    class Color(enum.Enum):
        RED = 1

    assert signal.getsignal(signal.SIGUSR1) is signal.SIG_DFL
    with pytest.raises(ValueError, match="2 is not a valid") as caught:
        Color(2)
    assert not is_of_handler(caught.value)


def come():
    """Let the signal come now."""
    signal.raise_signal(signal.SIGUSR1)


@pytest.mark.usefixtures("_handled")
def test_it_refuses_no_plugin(error):
    """It may come while a plugin is imported, asked, or looked at."""
    with pytest.raises(error), isolated("looking at its class"):
        come()


def test_what_a_plugin_raises_itself_refuses_it(error):
    """But for Ctrl-C, which is the user's."""
    expected = error if error is KeyboardInterrupt else Refusal
    with pytest.raises(expected), isolated("looking at its class"):
        raise error


class QuickSink(Sink):
    """Gets rows in the thread that logs."""

    quick = True
    last = None

    def emit(self, row, level):
        """Meet the signal, or take the row."""
        if row.get("signal"):
            come()
        self.last = row["number"]


class QuickProbe(Probe):
    """Measures in the thread that logs."""

    quick = True

    def present(self):
        """Meet the signal."""
        come()
        return {}

    def start(self):
        """Measure nothing."""
        return Measurement()


@pytest.mark.usefixtures("_handled")
def test_it_passes_through_a_sink_and_its_row_is_stored(error):
    """The sink goes on; it is not known whether it was done with the rows that it missed."""
    sink = QuickSink({})
    tracker = Tracker(Tracker.IN_MEMORY, sinks=[sink])
    for number in range(8):  # more often than a sink may fail
        with pytest.raises(error):
            tracker.log({"number": number, "signal": True})
    tracker.log({"number": 8})
    assert [*range(9)] == tracker["number"].tolist()
    assert 8 == sink.last


@pytest.mark.usefixtures("_handled")
def test_it_passes_through_a_probe(error):
    """No row was acknowledged."""
    tracker = Tracker(Tracker.IN_MEMORY, probes=[QuickProbe({"interval": 1})])
    for _ in range(8):
        with pytest.raises(error):
            tracker.log({"number": 1})
    assert 0 == len(tracker)
