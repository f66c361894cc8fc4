"""Sinks and probes of a stranger's plugin, chosen by name."""

from __future__ import annotations

SINK = """
from xetrack.interfaces.sinks import Sink
class Part(Sink):
    def emit(self, row, level):
        print(level, row["x"], row.get("load"))
"""

PROBE = """
from xetrack.interfaces.probes import Measurement, Probe
class Call(Measurement):
    def stop(self):
        return {"load": 2}
class Part(Probe):
    def present(self):
        return {"load": self.options["interval"]}
    def start(self):
        return Call()
"""


def test_parts_of_a_plugin_are_used_by_name(strangers):
    """Parts of a plugin are used by name, with the tracker's options.

    What is wrong with one is typed.
    """
    strangers.offer("queue", "xetrack_sinks", {}, parts=SINK)
    strangers.offer("load", "xetrack_probes", {}, parts=PROBE)
    found = strangers.run(
        "from xetrack import Tracker\n"
        "t = Tracker(':memory:', sinks=['queue'], probes=['load'], measurement_interval=7)\n"
        "t.log({'x': 1}); t.track(lambda: {'x': 2})\n"
    )
    assert ("TRACKING 1 7\nTRACKING 2 2\n", "") == (found.stdout, found.stderr)


def test_a_part_of_a_plugin_that_cannot_be_made_is_a_typed_error(strangers):
    """Which names it."""
    broken = SINK + "    def __init__(self, options):\n        options['nothing']\n"
    strangers.offer("queue", "xetrack_sinks", {}, parts=broken)
    found = strangers.run(
        "from xetrack import Tracker\nfrom xetrack.errors import PartFailedError\n"
        "try: Tracker(':memory:', sinks=['queue'])\n"
        "except PartFailedError as error: print(error.part, error.reason)\n"
    )
    assert found.stdout == "the sink 'queue' of xetrack-queue 1.0 KeyError: 'nothing'\n"
