"""Run all examples, a line each; show the output of a failing one, and exit with 1.

Each writes into `examples/output/NAME`, where it can be looked at afterwards.
"""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

from running import NOT_RUN

HERE = Path(__file__).resolve().parent


def main() -> int:
    """Run the examples one after the other.

    Returns
    -------
    int
        The exit code.
    """
    if sys.argv[1:]:
        print(f"Usage: python {sys.argv[0]}", file=sys.stderr)
        return 2
    examples = sorted(HERE.glob("[0-9][0-9]_*.py"))
    counts = {"ok": 0, "not run": 0, "failed": 0}
    for path in examples:
        begun = time.perf_counter()
        command = [sys.executable, str(path)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        outcome = {0: "ok", NOT_RUN: "not run"}.get(done.returncode, "failed")
        counts[outcome] += 1
        reason = (done.stderr.splitlines() or [""])[0] if outcome == "not run" else ""
        seconds = time.perf_counter() - begun
        print(f"{path.name:24}{outcome:8}{seconds:6.1f} s  {reason}".rstrip(), flush=True)
        if outcome == "failed":
            print(f"{done.stdout}{done.stderr}", end="", flush=True)
    print(", ".join(f"{number} {outcome}" for outcome, number in counts.items() if number))
    return 1 if counts["failed"] else 0


if __name__ == "__main__":
    sys.exit(main())
