"""Say what to type where pip is asked to install a clone, as it would look for its parts elsewhere.

uv finds them by `tool.uv.sources`; in a source distribution there are none.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

MESSAGE = """
xetrack: this is a clone, whose parts are the folders in packages/. pip would look for them on the
package index. Type one of these instead:

    make setup                     # .venv with everything
    uv pip install .               # the library and xt, into your environment
    pip install -e packages/xetrack-core -e packages/xetrack-cli -e .     # likewise
    pip install xetrack            # the last release
"""


class CloneHook(BuildHookInterface[Any]):
    """Stops pip, which sets the variable, from making a wheel of a clone's root."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002
        """End the build with a message, where it is of that kind."""
        is_clone = Path(self.root, "packages").is_dir()
        if version == "standard" and is_clone and "PIP_BUILD_TRACKER" in os.environ:
            sys.exit(MESSAGE)
