"""Checks of plugins, each in a process of its own, which is ended when it hangs.

Who uses a plugin imports it plainly, so one that hangs at import hangs them, too. Here it is named.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from attrs import field, frozen

from xetrack.plugins.catalog import DISABLE, why_disabled
from xetrack.plugins.entrypoints import find, normalized
from xetrack.plugins.registry import Registry

if TYPE_CHECKING:
    from collections.abc import Iterator

    from xetrack.plugins.entrypoints import EntryPoint
    from xetrack.plugins.parts import State, Status

SECONDS = 30.0
"""For each plugin: a cold disk is slow, and who waits is a person."""


@frozen
class Examination:
    """The result of importing one plugin in a process of its own."""

    unusable: str = ""
    """Why no process may import it; empty if it may."""
    refused: dict[tuple[str, str], tuple[State, str]] = field(factory=dict)
    """The states of parts that cannot be used, and why they are in it, by kind and name."""


def check_plugins(seconds: float = SECONDS) -> list[Status]:
    """Import every part of every plugin in a process, and return what can be used.

    Parameters
    ----------
    seconds
        How long each plugin may take.

    Returns
    -------
    list of Status
        One for each part and plugin.
    """
    examinations = {
        (point.distribution, point.name): examine_plugin(point, seconds)
        for point in find()
        if not why_disabled(point)
    }
    unusable = {
        normalized(distribution): examination.unusable
        for (distribution, _), examination in examinations.items()
        if examination.unusable
    }
    refused = {
        (distribution, *part): verdict
        for (distribution, _), examination in examinations.items()
        for part, verdict in examination.refused.items()
    }
    with _left_out(unusable):
        statuses = Registry().statuses()
    return [_amended(status, unusable, refused) for status in statuses]


def _amended(
    status: Status,
    unusable: dict[str, str],
    refused: dict[tuple[str, str, str], tuple[State, str]],
) -> Status:
    if status.state == "disabled":
        reason = unusable.get(normalized(status.distribution), "")
        return replace(status, state="quarantined", reason=reason) if reason else status
    part = status.distribution, status.kind, status.name
    state, reason = refused.get(part, (status.state, status.reason))
    return replace(status, state=state, reason=reason)


def examine_plugin(point: EntryPoint, seconds: float) -> Examination:
    """Import one plugin in a process of its own.

    Parameters
    ----------
    point
        Its entry point.
    seconds
        How long it may take.

    Returns
    -------
    Examination
        Which parts cannot be used, or why none can.
    """
    command = [sys.executable, "-P", "-m", f"{__package__}.plugin_process"]
    with subprocess.Popen(  # noqa: S603 - this Python, on a module of ours
        [*command, point.distribution, point.name],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        try:
            output, _ = process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            output, _ = process.communicate()
            return Examination(f"{_last_step(output)} did not end within {seconds:g} s")
    if process.returncode:
        return Examination(
            f"{_last_step(output)} ended the process with exit code {process.returncode}"
        )
    parts = [line for line in map(json.loads, output.splitlines()) if "kind" in line]
    return Examination(
        refused={(line["kind"], line["name"]): (line["state"], line["reason"]) for line in parts}
    )


def _last_step(output: str) -> str:
    steps = [line["step"] for line in map(json.loads, output.splitlines()) if "step" in line]
    return str(steps[-1]) if steps else "starting a process for it"


@contextmanager
def _left_out(distributions: dict[str, str]) -> Iterator[None]:
    """Leave plugins out as a user would, for as long as the rest is listed."""
    before = os.environ.get(DISABLE)
    os.environ[DISABLE] = ",".join(filter(None, [before, *distributions]))
    try:
        yield
    finally:
        if before is None:
            del os.environ[DISABLE]
        else:
            os.environ[DISABLE] = before
