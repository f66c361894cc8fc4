"""What is imported when."""

from __future__ import annotations

import subprocess
import sys

CODE = """
import sys
from xetrack import Reader, Tracker
from xetrack.plugins.registry import registry
registry().statuses()
tracker = Tracker(sys.argv[1])
tracker.log({"loss": 0.5})
print(sorted({name.partition(".")[0] for name in sys.modules} & {"obstore", "botocore", "boto3"}))
"""


def test_listing_and_logging_import_no_client(tmp_path):
    """The library of buckets is loaded with the first store of that kind."""
    done = subprocess.run(
        [sys.executable, "-c", CODE, tmp_path / "x.db"], capture_output=True, text=True, check=True
    )
    assert "[]\n" == done.stdout
