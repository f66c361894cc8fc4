"""What holds for every test."""

import asyncio
import atexit
import gc
import os
import signal
from multiprocessing import set_forkserver_preload

import pytest

from tests import kinds, profiles  # noqa: F401 - it loads one

# Those tests that are about recorders turn them on; nearly all others are quicker without.
os.environ.setdefault("XETRACK_RECORDERS", "0")

# A job in the background of a shell is deaf to Ctrl-C, and so would be all that tests start.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_modifyitems(items):
    """Mark each test with its kinds, by which `make quick` leaves some out."""
    kinds.mark(items)


def pytest_ignore_collect(collection_path, config):
    """Import no file of which no test is wanted, as some take a second."""
    if collection_path.suffix == ".py" and kinds.is_left_out(
        collection_path, config.option.markexpr
    ):
        return True
    return None


def pytest_sessionstart():
    """Collect no garbage while thousands of tests are made, which all stay."""
    gc.disable()
    # What the processes of the kit need, which has no part in what they prove.
    set_forkserver_preload(["pandas", "tests.engines", "xetrack_duckdb.engine"])


def pytest_collection_finish():
    """Spare each collection of garbage, of which pytest alone asks for thousands, all the tests.

    What tests import stays too, and a tenth of the usual collections looks through it.
    """
    gc.enable()
    gc.freeze()
    gc.set_threshold(700, 10, 100)
    atexit.register(gc.unfreeze)  # or some extension modules complain


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item):
    """Let tests run event loops of their own in a process that has a browser.

    Playwright leaves its loop as the one that runs in this thread, where `asyncio.run` is refused.
    """
    loop = None if "browser" in item.fixturenames else asyncio._get_running_loop()
    if loop is None:
        return (yield)
    asyncio._set_running_loop(None)
    try:
        return (yield)
    finally:
        asyncio._set_running_loop(loop)


@pytest.fixture(autouse=True, scope="session")
def _own_configuration(tmp_path_factory):
    """Keep the key that signs pickles out of the folder of whoever runs the tests."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CONFIG_HOME", str(tmp_path_factory.mktemp("configuration")))
        yield
