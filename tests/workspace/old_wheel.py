"""A wheel with the layout of xetrack 0.7.0: the same files and the same script, other code."""

from __future__ import annotations

from zipfile import ZipFile

MODULES = (
    *("__init__", "_dataframe", "_json", "assets", "bashplotlib", "cli", "config", "duckdb"),
    *("engine", "git", "logging", "reader", "stats", "tracker"),
)
"""The modules of the package `xetrack` in 0.7.0; those of earlier releases are among them."""

INFO = "xetrack-0.7.0.dist-info"

FILES = {
    **{f"xetrack/{name}.py": "" for name in MODULES},
    "xetrack/__init__.py": "from xetrack.tracker import Tracker\n",
    "xetrack/tracker.py": "class Tracker: old = True\n",
    "xetrack/cli.py": "def app(): print('old')\n",
    f"{INFO}/METADATA": "Metadata-Version: 2.1\nName: xetrack\nVersion: 0.7.0\n",
    f"{INFO}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    f"{INFO}/entry_points.txt": "[console_scripts]\nxt=xetrack.cli:app\n",
}


def write_old_wheel(folder):
    """Write the wheel into a folder, and return its path."""
    path = folder / "xetrack-0.7.0-py3-none-any.whl"
    with ZipFile(path, "w") as archive:
        for name, text in FILES.items():
            archive.writestr(name, text)
        record = f"{INFO}/RECORD"
        archive.writestr(record, "".join(f"{name},,\n" for name in (*FILES, record)))
    return path
