"""What differs between the conditions under which runs took place: records, packages, patches."""

from __future__ import annotations

from difflib import unified_diff
from typing import TYPE_CHECKING, Any

from xetrack.interfaces.runs.record import RunStatus
from xetrack_cli.queries.run_facts import (
    ENVIRONMENT,
    command_line,
    describe_code,
    error_of,
    facts_of,
    packages_of,
    patch_of,
)
from xetrack_cli.render.brief import brief_values
from xetrack_cli.render.cells import pluralized

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from xetrack.interfaces.runs.record import RunRecord

_FIELDS = ("name", "status", "error", "group", "host", "user", "cwd", "python", "platform")
_MACHINE = ("cpu_model", "cpu_count", "memory_mb")

Line = tuple[str, list[Any]]
"""The name of something, with a cell for each run."""


def compare_records(records: Sequence[RunRecord], *, each_package: bool) -> Iterator[Line]:
    """Yield a line for each condition that at least one run tells of.

    Parameters
    ----------
    records
        The runs.
    each_package
        Whether there is a line for each package that differs, instead of one for all.
    """
    for name, cells in _conditions(records).items():
        if any(cell not in {None, ""} for cell in cells):
            yield name, cells
    packages = [packages_of(record) for record in records]
    if not any(packages):
        return
    differing = differing_packages(records)
    if each_package and differing:
        for name, versions in differing.items():
            yield f"packages.{name}", versions
    elif differing:
        cells = [
            brief_values({name: versions[at] for name, versions in differing.items()})
            for at in range(len(records))
        ]
        yield "packages", [cell or None for cell in cells]
    else:
        yield "packages", [pluralized(len(each), "package") for each in packages]


def _conditions(records: Sequence[RunRecord]) -> dict[str, list[Any]]:
    lines: dict[str, list[Any]] = {
        f"record.{name}": [_text(getattr(record, name, None)) for record in records]
        for name in _FIELDS
    }
    lines["record.status"] = [
        None if record.status is RunStatus.UNKNOWN else str(record.status) for record in records
    ]
    lines["record.error"] = [error_of(record) for record in records]
    lines["record.command"] = [command_line(record) for record in records]
    for name in _MACHINE:
        lines[f"environment.{name}"] = [
            _text(facts_of(record, ENVIRONMENT).get(name)) for record in records
        ]
    code = [describe_code(record) for record in records]
    for name in ("commit", "branch", "dirty", "patch"):
        lines[f"git.{name}"] = [each.get(name) for each in code]
    return lines


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def differing_packages(records: Sequence[RunRecord]) -> dict[str, list[str | None]]:
    """Return the packages that are not the same in all runs that tell of packages.

    Parameters
    ----------
    records
        The runs.

    Returns
    -------
    dict
        A version for each run, by the name of the package; None where it is not installed.
    """
    packages = [packages_of(record) for record in records]
    names = sorted({name for each in packages for name in each})
    versions = {name: [each.get(name) for each in packages] for name in names}
    return {
        name: cells
        for name, cells in versions.items()
        if len({cell for cell, each in zip(cells, packages, strict=True) if each}) > 1
    }


def diff_patches(first: RunRecord, second: RunRecord) -> str:
    """Return the difference between the patches of two runs; an empty text for none.

    Parameters
    ----------
    first, second
        The runs.
    """
    ours, theirs = patch_of(first), patch_of(second)
    lines = unified_diff(
        ours.splitlines(),
        theirs.splitlines(),
        f"patch of {first.track_id}",
        f"patch of {second.track_id}",
        lineterm="",
    )
    return "\n".join(lines)
