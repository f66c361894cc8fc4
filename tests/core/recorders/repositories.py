"""Git repositories for tests, which no setting of the user's changes."""

from __future__ import annotations

import os
import subprocess

from xetrack.builtin.recorders.git import GitRecorder

ENVIRONMENT = {
    **{name: value for name, value in os.environ.items() if not name.startswith("GIT_")},
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    **{
        f"GIT_{who}_{what}": "ada@host"
        for who in ("AUTHOR", "COMMITTER")
        for what in ("NAME", "EMAIL")
    },
}


def git(folder, *arguments, data=None):
    """Run git, and return what it prints."""
    command = ["git", "-C", str(folder), "-c", "protocol.file.allow=always", *arguments]
    done = subprocess.run(command, env=ENVIRONMENT, input=data, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout.decode("utf-8", "surrogateescape").strip()


def make_repository(folder, files=(), *, branch="main"):
    """Make a repository with one commit of these files, and return its folder."""
    folder.mkdir(parents=True, exist_ok=True)
    git(folder, "init", "-q", "-b", branch)
    if files:
        write_files(folder, files)
        git(folder, "add", "-A")
        git(folder, "commit", "-q", "-m", "first")
    return folder


def write_files(folder, files):
    """Write files of bytes or texts by their paths."""
    for path, content in dict(files).items():
        place = folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content.encode() if isinstance(content, str) else content)


def contents(folder):
    """Return mode and content of each file of a working tree, by path."""
    found = {}
    for path in sorted(folder.rglob("*")):
        inner = path.relative_to(folder)
        if inner.parts[0] == ".git" or (path.is_dir() and not path.is_symlink()):
            continue
        if path.is_symlink():
            found[str(inner)] = ("link", str(path.readlink()))
        else:
            found[str(inner)] = (bool(path.stat().st_mode & 0o100), path.read_bytes())
    return found


FILES = {
    "train.py": "print('train')\n",
    "sub/data.bin": bytes(range(256)),
    "gone.txt": "one\ntwo\n",
    "latin.txt": "caf\xe9\nend\n".encode("latin-1"),
}


def change(folder):
    """Change the files of a repository with `FILES` in every way."""
    (folder / "train.py").write_text("print('changed')\nno end of line")
    (folder / "sub/data.bin").write_bytes(bytes(reversed(range(256))) * 2)
    (folder / "gone.txt").unlink()
    (folder / "latin.txt").write_bytes("caf\xe9s\nend\n".encode("latin-1"))


def facts_of(folder, **options):
    """Return what the recorder writes down of a repository."""
    return dict(GitRecorder({"root": folder, **options}).begin(None))


def restored(folder, tmp_path, facts=None):
    """Apply the patch in a fresh clone, and return the contents of both."""
    facts = facts or facts_of(folder)
    clone = tmp_path / "clone"
    git(tmp_path, "clone", "-q", "--no-checkout", str(folder), str(clone))
    if facts["commit"]:
        git(clone, "checkout", "-q", facts["commit"])
    patch = facts["patch"].encode("utf-8", "surrogateescape")
    git(clone, "apply", "-", data=patch)
    return contents(folder), contents(clone)
