"""Tracked functions of the guide: what is logged of a call, of the machine and of the network."""

from __future__ import annotations

from tests.spec.shown import MEGABYTES, OWN, PERCENT, SECONDS, Like, cells
from xetrack import Tracker


def test_a_tracked_call_has_figures_of_the_machine_and_the_network(here):
    """A tracked call has figures of the machine and the network, after what it says of itself.

    Means over the call in per cent, and MB.
    """

    def read_image(path):
        return len(path.read_bytes())

    image_path = here / "image.png"
    image_path.write_bytes(b"\x89PNG" * 1_000)
    args, kwargs = [], {"args": [image_path]}
    tracker = Tracker(
        "database_db", log_system_params=True, log_network_params=True, measurement_interval=0.1
    )
    image = tracker.track(read_image, *args, **kwargs)
    assert 4_000 == image
    call = {
        "function_name": "read_image",
        "args": Like(r"\[PosixPath\('.*/image\.png'\)\]"),
        "kwargs": "{}",
        "error": "",
        "function_time": SECONDS,
        "function_result": 4_000,
        "cpu": PERCENT,
        "memory_percent": PERCENT,
        "cpu_percent": PERCENT,
        "ram_percent": PERCENT,
        "p_memory_percent": PERCENT,
        "disk_percent": PERCENT,
        "bytes_sent": MEGABYTES,
        "bytes_recv": MEGABYTES,
    }
    assert cells({**call, **OWN}) == cells(tracker.latest)
    tracker.close()


def test_a_return_value_is_logged_before_it_is_returned():
    """Whoever gets it finds the row in the table."""
    tracker = Tracker("database_db")
    assert (3, 1) == (tracker.track(len, args=["abc"]), len(tracker))
    assert [3] == tracker["function_result"].tolist()


def test_a_wrapped_function_logs_each_call_with_the_params_of_its_decorator():
    """A wrapped function logs each call with the params of its decorator: arguments as text, the
    result as a number, and params behind.
    """
    tracker = Tracker("database_db")

    @tracker.wrap(params={"name": "foofoo"})
    def foo(a: int, b: str):
        return a + len(b)

    result = foo(1, "hello")
    assert 6 == result
    row = {
        "function_name": "foo",
        "args": "[1, 'hello']",
        "kwargs": "{}",
        "error": "",
        "function_time": SECONDS,
        "function_result": 6,
        "name": "foofoo",
    }
    assert cells({**row, **OWN}) == cells(tracker.latest)


def test_other_rows_of_such_a_tracker_have_the_present_figures():
    """Under the names that the reference lists."""
    with Tracker("database_db", log_system_params=True, log_network_params=True) as tracker:
        row = tracker.log({"accuracy": 0.9})
    figures = {
        "cpu_percent": PERCENT,
        "ram_percent": PERCENT,
        "p_memory_percent": PERCENT,
        "disk_percent": PERCENT,
        "bytes_sent": MEGABYTES,
        "bytes_recv": MEGABYTES,
    }
    assert cells({"accuracy": 0.9, **figures, **OWN}) == cells(row)
