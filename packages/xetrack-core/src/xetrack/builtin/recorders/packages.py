"""The recorder of installed distributions."""

from __future__ import annotations

import functools
import json
import os
import re
import sys
from typing import TYPE_CHECKING, Any

from xetrack.interfaces.runs.recorders import Recorder
from xetrack.model.secrets import mask_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from xetrack.interfaces.runs import Run

_FOLDER = re.compile(r"(?P<name>[A-Za-z0-9][\w.]*?)-(?P<version>\d[^-_]*)(-py[\d.]+)?")
"""The name of a folder of metadata, without its suffix. A leftover of pip begins with ``~``."""

_HEADER = 4_096
"""Bytes of metadata that the name and the version stand in."""


class PackagesRecorder(Recorder):
    """Records the names and versions of all distributions that can be imported.

    ``distributions`` has the versions by name. ``direct_urls`` has those that were not installed
    from an index, by name: their ``url`` and, where that is known, ``editable``, ``commit`` or
    ``hash``. They are read once in a process.

    Examples
    --------
    >>> "pluggy" in PackagesRecorder({}).begin(run=None)["distributions"]
    True
    """

    def begin(self, run: Run) -> Mapping[str, Any]:  # noqa: ARG002 - they are the same for all
        """Return the facts; see `Recorder.begin`."""
        return _installed(tuple(sys.path))


@functools.lru_cache(maxsize=1)
def _installed(path: tuple[str, ...]) -> Mapping[str, Any]:
    """Return the distributions in folders, of which the first that has one counts.

    Names and versions are those of the folders of metadata, which pip and uv name by them: to
    parse the metadata, as `importlib.metadata` does, takes ten times as long.
    """
    versions: dict[str, str] = {}
    urls: dict[str, dict[str, Any]] = {}
    for folder in dict.fromkeys(path):
        for name, version, place in _distributions(folder or os.curdir):
            if name not in versions:
                versions[name] = version
                if url := _direct_url(place):
                    urls[name] = url
    facts: dict[str, Any] = {"distributions": dict(sorted(versions.items()))}
    if urls:
        facts["direct_urls"] = dict(sorted(urls.items()))
    return facts


def _distributions(folder: str) -> Iterator[tuple[str, str, str]]:
    """Yield name, version and path of metadata of the distributions in a folder."""
    try:
        entries = sorted(os.listdir(folder))  # noqa: PTH208 - there are thousands, and paths are slow
    except (OSError, ValueError):  # a zip file, or nothing
        return
    for entry in entries:
        stem, _, suffix = entry.rpartition(".")
        if suffix.lower() not in {"dist-info", "egg-info"}:
            continue
        place = os.path.join(folder, entry)  # noqa: PTH118 - as above
        match = _FOLDER.fullmatch(stem)
        if match:
            yield _normalized(match["name"]), match["version"], place
        elif not stem.startswith("~") and (pair := _read_metadata(place)):
            yield *pair, place


def _read_metadata(place: str) -> tuple[str, str] | None:
    """Return name and version as the metadata says; None where they are broken."""
    for end in ("/METADATA", "/PKG-INFO", ""):
        try:
            with open(f"{place}{end}", "rb") as file:  # noqa: PTH123 - as above
                text = file.read(_HEADER).decode(errors="replace")
        except OSError:
            continue
        header = text.replace("\r\n", "\n").partition("\n\n")[0]
        fields = dict(re.findall(r"(?m)^(Name|Version):[ \t]*(\S+)", header))
        if len(fields) == 2:  # noqa: PLR2004 - both of them
            return _normalized(fields["Name"]), fields["Version"]
    return None


def _direct_url(place: str) -> dict[str, Any] | None:
    """Return what is known of a distribution that comes from no index; None for any other."""
    try:
        with open(os.path.join(place, "direct_url.json"), "rb") as file:  # noqa: PTH118, PTH123
            content = json.loads(file.read())
        url = {"url": mask_text(str(content["url"]))}
    except OSError:
        return _develop_url(place)
    except (KeyError, TypeError, ValueError):
        return None
    known = {
        "editable": _field(content, "dir_info", "editable"),
        "commit": _field(content, "vcs_info", "commit_id"),
        "hash": _field(content, "archive_info", "hash"),
    }
    return {**url, **{name: value for name, value in known.items() if value}}


def _develop_url(place: str) -> dict[str, Any] | None:
    """Return the folder of a distribution whose metadata lies beside its code, without version."""
    folder, name = os.path.split(place)
    if not name.endswith(".egg-info") or "-" in name.removesuffix(".egg-info"):
        return None
    return {"url": f"file://{os.path.abspath(folder)}", "editable": True}  # noqa: PTH100 - as above


def _field(content: dict[str, Any], table: str, name: str) -> str | bool | None:
    value = fields.get(name) if isinstance(fields := content.get(table), dict) else None
    return value if isinstance(value, str | bool) else None


def _normalized(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
