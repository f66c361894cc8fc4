"""What a record says of a run, in short lines, and what recorders wrote down, in full.

Facts may come from any recorder, and from any hand that could write the database: what has another
type than it should have is passed over.
"""

from __future__ import annotations

import hashlib
import shlex
from typing import TYPE_CHECKING, Any

from xetrack.model.locations import shown_location
from xetrack_cli.render.brief import brief_duration, brief_text, brief_values
from xetrack_cli.render.cells import pluralized, text_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from xetrack.interfaces.runs.record import RunRecord

GIT, PACKAGES, COMMAND, ENVIRONMENT = "git", "packages", "command", "environment"
"""The recorders whose facts are known here."""

_SHORT_COMMIT = 12


def facts_of(record: RunRecord, recorder: str) -> Mapping[str, Any]:
    """Return what a recorder wrote down; nothing where it did not.

    Parameters
    ----------
    record
        The record.
    recorder
        Name of the recorder.
    """
    facts = record.facts.get(recorder)
    return facts if isinstance(facts, dict) else {}


def packages_of(record: RunRecord) -> dict[str, str]:
    """Return the versions of the packages of a run, by name.

    Where a package did not come from an index, its source stands behind its version.

    Parameters
    ----------
    record
        The record.
    """
    facts = facts_of(record, PACKAGES)
    versions, urls = facts.get("distributions", facts), facts.get("direct_urls")
    if not isinstance(versions, dict):
        return {}
    packages = {str(name): str(each) for name, each in versions.items() if isinstance(each, str)}
    for name, source in urls.items() if isinstance(urls, dict) else ():
        if name in packages and isinstance(source, dict):
            packages[name] += f" ({_source(source)})"
    return packages


def _source(source: Mapping[str, Any]) -> str:
    words = ["editable"] if source.get("editable") else []
    url = source.get("url")
    words += [shown_location(url)] if isinstance(url, str) else []
    commit = source.get("commit")
    words += [f"commit {commit}"] if isinstance(commit, str) else []
    return ", ".join(words) or "not from an index"


def patch_of(record: RunRecord) -> str:
    """Return the patch of what was not committed; an empty text where there is none.

    Parameters
    ----------
    record
        The record.
    """
    patch = facts_of(record, GIT).get("patch")
    return patch if isinstance(patch, str) else ""


def describe_patch(patch: str) -> str:
    """Write how long a patch is, with the beginning of its digest; nothing for none.

    Parameters
    ----------
    patch
        What `patch_of` returned.
    """
    if not patch:
        return ""
    digest = hashlib.sha256(patch.encode("utf-8", "surrogateescape")).hexdigest()
    return f"{pluralized(len(patch.splitlines()), 'line')}, sha256 {digest[:_SHORT_COMMIT]}"


def command_line(record: RunRecord) -> str:
    """Return the command line as a shell would take it, that of the interpreter if it is known.

    Parameters
    ----------
    record
        The record.
    """
    words = facts_of(record, COMMAND).get("argv")
    return shlex.join(map(str, words if isinstance(words, list) else record.argv))


def describe_code(record: RunRecord) -> dict[str, str | None]:
    """Return commit, branch and state of the repository, by short names.

    Parameters
    ----------
    record
        The record.
    """
    facts = facts_of(record, GIT)
    if not facts:
        return {}
    dirty = facts.get("dirty")
    return {
        "commit": text_of(facts.get("commit"))[:_SHORT_COMMIT] or None,
        "branch": text_of(facts.get("branch")) or ("detached" if facts.get("detached") else None),
        "dirty": None if dirty is None else "yes" if dirty else "no",
        "patch": describe_patch(patch_of(record)) or None,
        "not in the patch": _left_out(facts.get("left_out")),
        "problem": brief_text(text_of(facts.get("problem"))) or None,
    }


def _left_out(reasons: object) -> str | None:
    names = [*map(str, reasons)] if isinstance(reasons, dict) else []
    return brief_text(", ".join(names)) if names else None


def describe_machine(record: RunRecord) -> str:
    """Write what kind of machine a run took place on; an empty text where nobody noted it.

    Parameters
    ----------
    record
        The record.
    """
    facts = facts_of(record, ENVIRONMENT)
    number, memory = facts.get("cpu_count"), facts.get("memory_mb")
    words = [
        text_of(facts.get("cpu_model")),
        "" if number is None else f"{text_of(number)} processors",
        "" if memory is None else f"{text_of(memory)} MB",
    ]
    return brief_text(", ".join(filter(None, words))) or ""


def describe_record(record: RunRecord) -> Iterator[tuple[str, str]]:
    """Yield what a record says, line by line, without what is not known.

    Parameters
    ----------
    record
        The record.
    """
    code = {name: text for name, text in describe_code(record).items() if text}
    packages = packages_of(record)
    known = {GIT, PACKAGES, COMMAND, ENVIRONMENT}
    lines = {
        "name": record.name,
        "status": _status(record),
        "group": record.group,
        "parent": record.parent,
        "tags": ", ".join(record.tags),
        "notes": record.notes,
        "params": brief_values(record.params),
        "started": _moment(record.started),
        "ended": _moment(record.ended),
        "host": _host(record),
        "command": command_line(record),
        "folder": record.cwd,
        "python": " on ".join(filter(None, (record.python, record.platform))),
        "machine": describe_machine(record),
        "git": ", ".join(
            text if name in {"commit", "branch"} else f"{name}: {text}"
            for name, text in code.items()
        ),
        "packages": f"{pluralized(len(packages), 'package')}, see --packages" if packages else None,
        **{
            recorder: brief_values(
                {name: _listed(fact) for name, fact in facts_of(record, recorder).items()}
            )
            for recorder in record.facts
            if recorder not in known
        },
    }
    yield from ((name, text) for name, text in lines.items() if text)


def _listed(fact: object) -> object:
    """Return the words of a list or dict, which read better than its JSON; else the fact itself."""
    if isinstance(fact, list):
        return ", ".join(map(str, fact))
    if isinstance(fact, dict):
        return ", ".join(f"{name}: {_listed(inner)}" for name, inner in fact.items())
    return fact


def error_of(record: RunRecord) -> str | None:
    """Return the exception that ended a run, in one text; None where none did.

    Parameters
    ----------
    record
        The record.
    """
    return ": ".join(filter(None, (record.error_type, record.error_message))) or None


def _status(record: RunRecord) -> str:
    duration = record.duration
    words = str(record.status)
    if duration is not None:
        words += f" after {brief_duration(duration.total_seconds())}"
    error = error_of(record)
    return f"{words}, {error}" if error else words


def _moment(moment: Any) -> str | None:
    return None if moment is None else moment.astimezone().isoformat(" ", "seconds")


def _host(record: RunRecord) -> str:
    where = "@".join(filter(None, (record.user, record.host)))
    return f"{where}, process {record.pid}" if record.pid is not None else where
