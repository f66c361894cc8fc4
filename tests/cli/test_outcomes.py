"""Commands of plugins that have a table and an exit code."""

from __future__ import annotations

import pytest

from xetrack.errors import XetrackError
from xetrack.interfaces.commands import Outcome
from xetrack_cli.__main__ import main
from xetrack_cli.commandline import targets
from xetrack_cli.render.model import Report

ROWS = [{"check": "a", "state": "ok"}, {"check": "b", "state": "problem"}]


@pytest.fixture
def returning(monkeypatch, capsys):
    """Have a command return or raise something, and return code, stdout and stderr."""

    def run(result, *words):
        def command():
            if isinstance(result, Exception):
                raise result
            return result

        wrapped = targets.with_output(command)
        monkeypatch.setitem(vars(targets), "xt head", wrapped)
        code = main(["head", *words])
        return code, *capsys.readouterr()

    return run


@pytest.mark.parametrize("code", [1, 2, 7])
def test_the_exit_code_is_that_of_the_outcome(returning, code):
    """The table is shown all the same, and why it failed on stderr."""
    outcome = Outcome(rows=ROWS, heading="Checked.", failure="One is wrong.", exit_code=code)
    done, out, err = returning(outcome)
    assert (code, "Error: One is wrong.\n") == (done, err)
    assert out.startswith("Checked.\n\n| check")
    done, out, err = returning(outcome, "--csv")
    assert (code, "check,state\na,ok\nb,problem\n") == (done, out)
    assert "Checked." in err


def test_without_a_failure_the_exit_code_is_0(returning):
    """Whatever code a failure would have."""
    done, out, err = returning(Outcome(rows=ROWS, exit_code=2))
    assert (0, "") == (done, err)
    assert out.startswith("| check")


def test_an_error_has_an_exit_code_of_its_own(returning):
    """That is 1 unless it says otherwise."""
    error = XetrackError("It failed.")
    assert (1, "", "Error: It failed.\n") == returning(error)
    error.exit_code = 2
    assert (2, "", "Error: It failed.\n") == returning(error)


def test_a_report_needs_no_table(returning):
    """It may be texts alone."""
    assert (0, "One.\n\nTwo.\n", "") == returning(Report(("One.", "Two.")))
