"""Run benchmarks by name, or all of them."""

from __future__ import annotations

import sys

from benchmarks import (
    caching,
    copying,
    duckdb_engine,
    faults,
    postgres,
    reading,
    recording,
    run_records,
    storing,
)

ALL = {
    **recording.ALL,
    **run_records.ALL,
    **reading.ALL,
    **copying.ALL,
    **caching.ALL,
    **storing.ALL,
    **duckdb_engine.ALL,
    **faults.ALL,
    **postgres.ALL,
}


def main(names: list[str]) -> int:
    """Run benchmarks.

    Parameters
    ----------
    names
        Which ones; all of them when empty.

    Returns
    -------
    int
        The exit code.
    """
    unknown = [name for name in names if name not in ALL]
    if unknown:
        print(f"There is no benchmark {unknown[0]!r}. There are: {', '.join(ALL)}", file=sys.stderr)
        return 2
    for name in names or ALL:
        ALL[name]()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
