"""Where models are, what is known of each, and how they are kept: all files together, or none."""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

from console import ScriptError, not_a_script
from repository import SHORT, Repository

from xetrack.errors import near

PRODUCTION = Path("models", "production", "model.bin")
CANDIDATES = Path("models", "candidates")


def card(model: Path) -> Path:
    """Return the file, kept by git, that says what a model is: name, run, facts, digest."""
    return model.with_name(f"{model.stem}.json")


def now() -> str:
    """Return the time, as cards have it."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def digest(model: Path) -> str:
    """Return the SHA-256 of a file."""
    with model.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def new_card(source: Path, name: str, said: dict[str, Any]) -> dict[str, Any]:
    """Return what is known of a model that is kept for the first time."""
    size = {"sha256": digest(source), "bytes": source.stat().st_size, "added": now()}
    return {"name": name, "run": None, "facts": {}, **said, **size}


def read_card(path: Path) -> dict[str, Any] | None:
    """Return a card; None where there is none."""
    try:
        said: dict[str, Any] = json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return None
    except ValueError as error:
        raise ScriptError(f"{path} is no JSON. Bring it back: git checkout '{path}'") from error
    return said


def card_at(repository: Repository, commit: str, model: Path) -> dict[str, Any]:
    """Return a card as it was at a commit."""
    text = repository.text_at(commit, card(model).as_posix())
    if text is None:
        raise ScriptError(
            f"At {commit[:SHORT]} there was no {model.as_posix()}. See which tags have one: "
            f"git log --oneline --decorate --all -- '{card(model).as_posix()}'"
        )
    said: dict[str, Any] = json.loads(text)
    return said


def path_of(repository: Repository, name: str) -> Path:
    """Return the file of a candidate."""
    return repository.root / CANDIDATES / f"{name}.bin"


def candidates(repository: Repository) -> dict[str, dict[str, Any]]:
    """Return the cards of all candidates, by name."""
    cards = sorted((repository.root / CANDIDATES).glob("*.json"))
    return {one.stem: said for one in cards if (said := read_card(one))}


def known_candidate(known: dict[str, dict[str, Any]], name: str) -> dict[str, Any]:
    """Return the card of a candidate, or say which there are."""
    if name not in known:
        raise ScriptError(
            f"There is no candidate {name!r}. {near(name, known)}"
            "Keep one with: model_manager.py add-candidate FILE"
        )
    return known[name]


def check_whole(model: Path, said: dict[str, Any]) -> None:
    """Refuse a file that is not what its card says."""
    if not model.is_file():
        raise ScriptError(
            f"{model} is not here. Type: dvc checkout '{model}', or: dvc pull '{model}'"
        )
    if digest(model) != said["sha256"]:
        raise ScriptError(
            f"{model} is not the content that was kept as {said['name']!r}. "
            f"Bring it back: dvc checkout --force '{model}'"
        )


def ranked(
    found: list[dict[str, Any]], by: str, *, highest: bool
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Return the candidates with a metric, the best first, and those without it."""
    measured = [one for one in found if isinstance(one["facts"].get(by), int | float)]
    best_first = sorted(measured, key=lambda one: one["facts"][by], reverse=highest)
    return best_first, [one for one in found if one not in measured]


def place(changes: Changes, model: Path, source: Path, said: dict[str, Any]) -> None:
    """Put a model and its card in place."""
    changes.put(model, source)
    changes.write(card(model), json.dumps(said, indent=2, default=str) + "\n")


def keep(repository: Repository, changes: Changes, models: list[Path]) -> None:
    """Hand models to DVC, and what git is to keep of them to the index."""
    written = {path for one in models for path in (pointer(one), one.with_name(".gitignore"))}
    for path in written:
        changes.keep(path)
    repository.dvc("add", *map(str, models))
    kept = [path for path in (*written, *map(card, models)) if path.exists()]
    repository.git("add", "--", *map(str, kept))


def pointer(model: Path) -> Path:
    """Return DVC's file for a model."""
    return Path(f"{model}.dvc")


def remove(repository: Repository, models: list[Path]) -> None:
    """Take models from DVC, from git's index and from the folder."""
    with Changes() as changes:
        files = [path for one in models for path in (one, card(one), pointer(one))]
        for path in {*files, models[0].with_name(".gitignore")}:
            changes.keep(path)
        repository.dvc("remove", *(str(pointer(one)) for one in models))
        for path in files:
            path.unlink(missing_ok=True)
        repository.git("add", "--update", "--", str(CANDIDATES))


class Changes:
    """Changes to files that are taken back when the block fails.

    What was there is moved aside first, into a folder beside it, and comes back by a rename.
    """

    def __init__(self) -> None:
        self._before: list[tuple[Path, Path | None]] = []
        self._folders: list[Path] = []
        self._made: list[Path] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, failure: type[BaseException] | None, *_: object) -> None:
        if failure:
            for path, before in reversed(self._before):
                path.unlink(missing_ok=True)
                if before is not None:
                    before.replace(path)
        for folder in self._folders:
            shutil.rmtree(folder, ignore_errors=True)
        if failure:
            for folder in reversed(self._made):
                folder.rmdir()

    def _aside(self, path: Path) -> Path:
        """Return a place in a folder beside a path, for what is not to be seen."""
        missing = [one for one in (path.parent, *path.parent.parents) if not one.exists()]
        for one in reversed(missing):
            one.mkdir()
            self._made.append(one)
        folder = Path(tempfile.mkdtemp(dir=path.parent, prefix=".changing-"))
        self._folders.append(folder)
        return folder / path.name

    def keep(self, path: Path) -> None:
        """Note what a file is now, as another program will change it; it stays where it is."""
        before = None
        if path.exists():
            before = self._aside(path)
            shutil.copy2(path, before)
        self._before.append((path, before))

    def put(self, path: Path, source: Path) -> None:
        """Make a file a copy of another; a link into a cache is replaced, not written through."""
        new = self._aside(path)
        shutil.copyfile(source, new)
        self.remove(path)
        new.replace(path)

    def write(self, path: Path, text: str) -> None:
        """Make a file hold a text."""
        new = self._aside(path)
        new.write_text(text, encoding="utf-8")
        self.remove(path)
        new.replace(path)

    def remove(self, path: Path) -> None:
        """Remove a file, if it is there."""
        before = None
        if path.exists() or path.is_symlink():
            before = self._aside(path)
            path.replace(before)
        self._before.append((path, before))


if __name__ == "__main__":
    not_a_script(__file__)
