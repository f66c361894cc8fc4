"""Which code made the rows that are compared, as the records of their runs tell.

A row that was found in the cache counts as made by the code of the run that asked for it: its key
has the code of the function and of its helpers, so a hit says that these are the same.
"""

from __future__ import annotations

import hashlib
import re
import subprocess
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from benchmark_command import Finding, counted, not_a_script
from benchmark_evaluations import evaluations

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from benchmark_table import Benchmark

SHOWN = 3
"""Examples of what was found."""

IS_CODE = re.compile(
    r".*\.(py|pyi|pyx|ipynb|c|cc|cpp|cu|h|rs|go|jl|r|sh|sql|js|ts|toml|cfg|ini|ya?ml|j2|jinja)",
    re.IGNORECASE,
)
"""Files of which a change may change a result; tables, pages and databases are results."""

FILES = re.compile(r"^diff --git a/(.*) b/(.*)$", re.MULTILINE)


@dataclass(frozen=True)
class Code:
    """The code of a run: a commit and what was not committed, or else the script alone."""

    commit: str | None
    patch: str
    """Digest of what was not committed, of files of code; empty where all was."""
    script: str | None
    """Digest of the script, where no commit is known."""
    root: str | None = field(default=None, compare=False)

    def __str__(self) -> str:
        """Return it for people."""
        if self.commit is None:
            return f"script {(self.script or '')[:12]}"
        return f"commit {self.commit[:12]}{f' with changes {self.patch[:8]}' if self.patch else ''}"


def code_of(facts: Mapping[str, Any], commit: str | None) -> Code | None:
    """Return the code of a run, from its record or else a row's ``git_commit``; None if unknown."""
    git, command = facts.get("git") or {}, facts.get("command") or {}
    commit = git.get("commit") or commit
    script = command.get("sha256")
    if commit is None and script is None:
        return None
    patch = git.get("patch") or ""
    parts = re.split(r"^(?=diff --git )", patch, flags=re.MULTILINE)
    ours = [part for part in parts if (name := FILES.match(part)) and IS_CODE.fullmatch(name[2])]
    digest = hashlib.sha256("".join(ours).encode()).hexdigest() if ours else ""
    return Code(commit, digest, None if commit else script, git.get("root"))


def code(table: Benchmark) -> Iterator[Finding]:
    """Find results of one comparison that were made by different code."""
    found = evaluations(table)
    runs, commits = table.cells("track_id"), table.cells("git_commit")
    origins = table.cells("cache")
    rows: dict[str, list[int]] = defaultdict(list)
    for one in found:
        rows[runs[one.row]].append(one.row)
    facts = {run: table.facts(run) for run in rows}
    codes = {run: code_of(facts[run], commits[rows[run][0]]) for run in rows}
    known = {run: one for run, one in codes.items() if one is not None}
    if not known:
        hint = "Run it in a git repository: the record of each run then has its commit and patch."
        yield Finding("code", "note", "no run tells which code it ran", hint)
        return
    kinds: dict[Code, list[str]] = defaultdict(list)
    for run, state in known.items():
        kinds[_representative(state, list(kinds))].append(run)
    if len(kinds) > 1:
        yield Finding(
            "code",
            "problem",
            f"stale code: the results compared were made by {len(kinds)} states of the code",
            "Run all of it once more as the code is now: what no change touches comes from the "
            "cache. Then look at that run: --run-id @1",
            [
                f"{counted(sum(len(rows[run]) for run in theirs), 'evaluation')} by {one}, "
                f"run {', '.join(theirs[:SHOWN])}"
                for one, theirs in kinds.items()
            ],
            len(kinds),
        )
    elif len(known) < len(rows):
        told = f"{counted(len(rows) - len(known), 'run')} of {len(rows):,} without a record of code"
        yield Finding("code", "note", told, "Run them again in a git repository.")
    elif note := _packages(facts):
        yield note
    else:
        yield Finding("code", "ok", f"all by {next(iter(kinds))}")
    hits = {run: [str(origins[at]) for at in theirs if origins[at]] for run, theirs in rows.items()}
    yield from _old_hits(table, hits)


def _representative(one: Code, known: list[Code]) -> Code:
    """Return the state that a state equals: itself, or one from which git sees no other code."""
    for other in known:
        if one == other or _is_same_by_git(one, other):
            return other
    return one


def _is_same_by_git(one: Code, other: Code) -> bool:
    """Tell whether two commits differ in files that are no code, such as a page of results."""
    if one.patch != other.patch or not (one.root and one.commit and other.commit):
        return False
    command = ["git", "-C", one.root, "diff", "--name-only", "-z", one.commit, other.commit, "--"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - two hashes
    except OSError:
        return False
    return not done.returncode and not any(map(IS_CODE.fullmatch, done.stdout.split("\0")))


def _packages(facts: Mapping[str, Mapping[str, Any]]) -> Finding | None:
    """Say which packages had other versions in other runs."""
    versions: dict[str, set[str]] = defaultdict(set)
    for theirs in facts.values():
        installed = (theirs.get("packages") or {}).get("distributions") or {}
        for name, version in installed.items():
            versions[name].add(str(version))
    several = {name: sorted(had) for name, had in versions.items() if len(had) > 1}
    if not several:
        return None
    return Finding(
        "code",
        "note",
        f"{counted(len(several), 'package')} had other versions in other runs",
        "If the results depend on them, run all of it once more, with cache_force=True.",
        [f"{name}: {', '.join(had)}" for name, had in list(several.items())[:SHOWN]],
        len(several),
    )


def _old_hits(table: Benchmark, hits: Mapping[str, list[str]]) -> Iterator[Finding]:
    """Say how many results come from the cache, of runs of other code."""
    count = 0
    codes: dict[str, Code | None] = {}
    for run, origins in hits.items():
        for one in {run, *origins}:
            if one not in codes:
                codes[one] = code_of(table.facts(one), None)
        count += sum(
            codes[one] is not None and codes[run] is not None and codes[one] != codes[run]
            for one in origins
        )
    if count:
        yield Finding(
            "code",
            "note",
            f"{counted(count, 'result')} from the cache, computed when the code was another",
            "The function and its helpers are the same, as the key says. Libraries, files and "
            "what is found by a text are not in the key: cache_force=True computes anew.",
            count=count,
        )


if __name__ == "__main__":
    not_a_script(__file__)
