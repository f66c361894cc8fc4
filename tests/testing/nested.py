"""A run of the kit on a broken part, within the test that watches it."""

from __future__ import annotations

import contextlib
import io
import sys

import pytest

SOURCE = """
{imports}

class TestBroken({contracts}):
{body}
"""


class _Outcomes:
    """What became of the tests."""

    def __init__(self):
        self.failed, self.passed = {}, []

    def pytest_collectreport(self, report):
        assert not report.failed, report.longrepr

    def pytest_runtest_logreport(self, report):
        name = report.nodeid.rpartition("::")[2].partition("[")[0]
        if report.failed:
            self.failed[name] = report.longreprtext
        elif report.when == "call":
            self.passed.append(name)


def outcomes(folder, test, contracts, body, imports):
    """Run one test of the kit on a class of such a source."""
    path = folder / f"test_{folder.name}.py"  # pytest keeps modules by their names
    body = "".join(f"    {line}\n" for line in body)
    path.write_text(SOURCE.format(imports=imports, contracts=contracts, body=body))
    (folder / "pytest.ini").write_text("[pytest]\nfilterwarnings = error\n")
    found = _Outcomes()
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
        pytest.main(
            [
                f"{path}::TestBroken::{test}",
                *("-c", str(folder / "pytest.ini"), "--rootdir", str(folder), "-q", "-x"),
                *("--basetemp", str(folder / "temporary"), "--disable-plugin-autoload"),
                *("-p", "no:cacheprovider", "-p", "no:faulthandler", "-p", "no:terminalreporter"),
                # at its end it collects all garbage twice: most of what such a run takes
                *("-p", "no:unraisableexception"),
                *("--capture=no", "--import-mode=importlib"),
            ],
            plugins=[found],
        )
    sys.stdout.write(printed.getvalue())  # for whoever looks into a failure of the outer test
    return found
