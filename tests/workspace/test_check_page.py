"""The check of the page's modules says all that the formatter finds."""

from __future__ import annotations

import pytest

from tools import check_page

DIFFERS = "echo js/differs.js\n"
BROKEN = "echo '[error] js/broken.js: SyntaxError' >&2\n"
WARNS = "echo '[warn] an option is ignored' >&2\n"
FIX = "js/differs.js: run 'make fix'"
ERROR = "[error] js/broken.js: SyntaxError"
FINE = "page: format is right"


@pytest.mark.parametrize("write", [False, True])
@pytest.mark.parametrize(
    ("script", "code", "said"),
    [
        ("", 0, [FINE]),
        (WARNS, 0, [FINE]),
        (DIFFERS, 1, [FIX]),
        (DIFFERS + WARNS, 1, [FIX]),
        (BROKEN, 2, [ERROR]),
        (DIFFERS + BROKEN, 2, [FIX, ERROR]),
        (DIFFERS + BROKEN * 2, 2, [FIX, ERROR, ERROR]),
        ("kill -9 $$\n", 0, ["prettier ended with -9"]),
        (DIFFERS + "kill -9 $$\n", 0, [FIX, "prettier ended with -9"]),
    ],
)
def test_each_module_that_differs_or_is_broken_is_named(
    tmp_path, monkeypatch, capsys, script, code, said, write
):
    """One that merely differs hides no syntax error; the formatter names that on stderr only."""
    if write and code == 1:
        code, said = 0, [FINE]  # it changed them
    formatter = tmp_path / "prettier"
    formatter.write_text(f"#!/bin/sh\n{script}exit {code}\n")
    formatter.chmod(0o755)
    monkeypatch.setattr(check_page, "find_program", lambda *_: formatter)
    said = [line for line in said if not (write and line == FIX)]
    assert check_page.check_format(write=write) == (said != [FINE])
    assert said == capsys.readouterr().out.splitlines()
