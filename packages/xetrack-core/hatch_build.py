"""Add `xetrack.py` to the wheel, a copy of `xetrack/__init__.py` that no upgrade removes.

pip upgrades xetrack 0.7 by installing the new `xetrack-core` first and removing the files of the
old `xetrack` afterwards, `xetrack/__init__.py` with them. Python imports a module `xetrack.py`
where the folder `xetrack` has no `__init__.py`; beside one that has, it never looks at it.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class SpareInit(BuildHookInterface[Any]):
    """Put the copy into wheels, but not into editable installations, where it would come first."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Add the file to a wheel; see `BuildHookInterface.initialize`."""
        # A file can be packed twice only if it lies outside the project the second time.
        self.folder = TemporaryDirectory()
        if version == "standard":
            source = Path(self.root, "src", "xetrack", "__init__.py")
            copy = shutil.copy(source, Path(self.folder.name, "xetrack.py"))
            build_data["force_include"][str(copy)] = "xetrack.py"

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        """Remove the copy; see `BuildHookInterface.finalize`."""
        self.folder.cleanup()
