"""What the pandas at hand calls texts: the tests run with the oldest and with the newest."""

from __future__ import annotations

import pandas as pd

TEXT = "str" if int(pd.__version__.split(".")[0]) > 2 else "object"
"""The dtype of a column of texts."""
