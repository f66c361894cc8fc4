"""What holds for every test."""

import pytest

from tests.cli.preloaded import Preloaded


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
