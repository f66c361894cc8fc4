"""What holds for every test."""

import signal

import pytest
from hypothesis import HealthCheck, settings

from tests.cli.preloaded import Preloaded

# How long an example takes says more of what else the machine does than of the code.
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")

# A job in the background of a shell is deaf to Ctrl-C, and so would be all that tests start.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(autouse=True, scope="session")
def _own_configuration(tmp_path_factory):
    """Keep the key that signs pickles out of the folder of whoever runs the tests."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CONFIG_HOME", str(tmp_path_factory.mktemp("configuration")))
        yield


@pytest.fixture(scope="session")
def preloaded():
    """A process to fork `xt` from, where each command would have to start and import anew."""
    one = Preloaded()
    yield one
    one.close()
