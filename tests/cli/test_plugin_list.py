"""`xt plugins` on a terminal: a line for each part, and no word is cut."""

from __future__ import annotations

import json
import os
import re
import sys

import pytest

from tests.cli import ledger
from tests.cli.conftest import ALONE, plain
from xetrack.plugins.parts import Status
from xetrack.plugins.registry import registry
from xetrack_cli.render.cells import width_of
from xetrack_cli.render.parts.listing import list_parts

REASON = (
    "importing 'xetrack_kafka.plugin' raised ModuleNotFoundError: No module named "
    "'confluent_kafka_with_a_long_name'"
)
STATUSES = [
    Status(kind="engine", name="sqlite", distribution="xetrack-core", version="1.0.0")
    if not number
    else Status(
        kind="frame-backend",
        name=f"frames-{number}",
        distribution="xetrack-frames",
        version="0.1",
        summary="Frames " * number,
    )
    for number in range(9)
] + [
    Status(
        kind="plugin",
        name="kafka",
        distribution="xetrack-kafka",
        version="2",
        state="quarantined",
        reason=REASON,
    ),
    Status(
        kind="sink", name="wide", distribution="zoë", version="", summary="読む 書く \x1b[31m 消す"
    ),
]


def words(text):
    """Return the words of a text, as a terminal shows them."""
    return plain(text).replace("\x1b", "\\x1b").split()


@pytest.mark.parametrize("columns", [*range(60, 100, 7), 80, 120, 160, 250])
@pytest.mark.parametrize("colored", [False, True])
def test_no_word_is_cut_at_any_width(columns, colored):
    """And no line is longer than the terminal; each part begins one line."""
    text = list_parts(STATUSES, columns, colored=colored)
    lines = plain(text).splitlines()
    longest = max(map(width_of, "\n".join(lines).split()))
    assert max(map(width_of, lines)) <= max(columns, longest + 4)
    shown = words(text)
    for status in STATUSES:
        begins = rf"  {status.kind} +{status.name}( |$)"
        assert 1 == sum(re.match(begins, line) is not None for line in lines)
        assert set(words(status.summary)) | set(words(status.reason)) <= set(shown)
    assert ["xetrack-frames 0.1"] == [line for line in lines if "frames 0.1" in line]


def test_a_terminal_without_room_gets_texts_below(monkeypatch):
    """Rather than one word a line."""
    lines = list_parts(STATUSES, 40, colored=False).splitlines()
    at = lines.index("  frame-backend  frames-8")
    assert lines[at + 1].startswith("    Frames Frames Frames")


def test_what_is_left_out_says_so_and_why():
    """The state stands before the reason; of what works, nobody needs to be told."""
    text = " ".join(list_parts(STATUSES, 80, colored=False).split())
    assert f"plugin kafka quarantined: {REASON}" in text
    assert "ready" not in text
    assert "built-in" not in text


@pytest.mark.parametrize("columns", [80, 160])
def test_every_part_has_a_line_on_a_terminal(screen, columns):
    """What is installed here, in the width of the terminal."""
    done = screen("plugins", columns=columns)
    assert (0, "") == (done.code, done.err)
    lines = plain(done.out).splitlines()
    assert max(map(width_of, lines)) <= columns
    for status in registry().statuses():
        assert any(line.split()[:2] == [status.kind, *status.name.split()][:2] for line in lines)
        assert set(status.summary.split()) <= set(plain(done.out).split())


def test_in_a_pipe_each_part_is_one_line_with_all_that_is_known(xt):
    """So that `grep` finds a part with its state; and JSON has the same."""
    lines = xt("plugins").out.splitlines()
    names, _, *parts = ([cell.strip() for cell in line.split("|")[1:-1]] for line in lines)
    assert ["kind", "name", "distribution", "version", "summary", "state", "reason"] == names
    rows = [list(row.values()) for row in json.loads(xt("plugins", "--json").out)]
    assert [row[:4] for row in rows] == [row[:4] for row in parts]
    assert {"built-in", "ready"} == {row[5] for row in parts}


def test_a_plugin_that_cannot_be_used_fails_the_check_on_a_terminal_too(screen, tmp_path):
    """The exit code is that of the table."""
    site = ledger.installed(tmp_path / "site")
    (site / "ledger_engine-2.0.dist-info" / "entry_points.txt").write_text(
        "[xetrack.plugins]\nledger = no_such_module\n"
    )
    path = os.pathsep.join([str(site), *filter(None, sys.path)])
    done = screen("plugins", "--check", PYTHONPATH=path, PYTHONWARNINGS="", **ALONE)
    assert 1 == done.code
    assert "Cannot be used: plugin 'ledger'." in done.err
    listed = " ".join(plain(done.out).split())
    assert "ledger-engine 2.0 plugin ledger quarantined: " in listed
    assert "no_such_module" in listed
