"""No space: a typed error, earlier rows whole, and work goes on when there is space again."""

from __future__ import annotations

import pytest

from tests.engines import run

FULL = """
import resource, signal, sys
from tests.engines import column, log, opened
from xetrack.errors import StorageError
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
path, size = sys.argv[1], int(sys.argv[2])
engine = opened(path)
log(engine, {"n": -1})
soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
resource.setrlimit(resource.RLIMIT_FSIZE, (400_000, hard))
stored, failures = [-1], 0
for n in range(600):
    try:
        if size == 1:
            log(engine, {"n": n, "text": "x" * 2_000})
        else:
            log(engine, *({"n": n, "text": "x" * 2_000, "f": float("nan")} for _ in range(size)))
        stored += [n] * size
    except StorageError as error:
        assert "Check the free space" in str(error), error
        assert not engine.connections.writer.in_transaction
        failures += 1
        if failures == 3:
            break
assert failures == 3, failures
assert column(engine, "n") == stored, "while full"
resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
log(engine, {"n": 9_999, "new": "column"})
stored.append(9_999)
assert column(engine, "n") == stored, "with space again"
engine.close()
other = opened(path)
assert column(other, "n") == stored, "in a fresh engine"
other.close()
print(len(stored))
"""


@pytest.mark.parametrize("size", [1, 7, 50])
def test_a_full_disk_is_a_typed_error_and_nothing_else(path, size):
    """A full disk is a typed error and nothing else: rows and batches, with a limit on the size of
    files in place of a full disk.
    """
    pytest.importorskip("resource")
    stored = int(run(FULL, path, size).stdout)
    assert stored > 2
    assert 0 == (stored - 2) % size
