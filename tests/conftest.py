"""What holds for every test."""

import pytest


@pytest.fixture(autouse=True, scope="session")
def _own_configuration(tmp_path_factory):
    """Keep the key that signs pickles out of the folder of whoever runs the tests."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CONFIG_HOME", str(tmp_path_factory.mktemp("configuration")))
        yield
