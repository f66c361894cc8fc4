"""Functions whose calls are rows: arguments, time, result and error, without a line in them."""

from __future__ import annotations

import zlib
from pathlib import Path
from typing import TYPE_CHECKING

from running import run

from xetrack import Reader, Tracker

if TYPE_CHECKING:
    from collections.abc import Iterator


def compress(path: Path, level: int = 6) -> dict[str, int]:
    """Compress a file in memory.

    Parameters
    ----------
    path
        The file.
    level
        zlib's, from 0 to 9.

    Returns
    -------
    dict
        Its size before and after, in bytes.
    """
    data = path.read_bytes()
    return {"before": len(data), "after": len(zlib.compress(data, level))}


def main(folder: Path) -> None:
    """Track a function, decorate others, and see what an error leaves."""
    tracker = Tracker(folder / "runs.db")

    print("A dict that is returned becomes columns:")
    for level in (1, 9):
        print(f"  {tracker.track(compress, args=[Path(__file__), level])}")

    @tracker.wrap(params={"stage": "count"})
    def count(path: Path) -> int:
        """Return how many lines a file has."""
        return len(path.read_text(encoding="utf-8").splitlines())

    count(Path(__file__))
    print("Any other result is in function_result:")
    print(f"  {tracker.latest['function_name']}: {tracker.latest['function_result']} lines")

    @tracker.wrap
    def words(path: Path) -> Iterator[str]:
        """Yield the words of a file."""
        yield from path.read_text(encoding="utf-8").split()

    print(f"A generator is timed to its end: {len(list(words(Path(__file__))))} words")

    try:
        tracker.track(compress, args=[folder / "nowhere.txt"])
    except FileNotFoundError:
        print("An exception goes on to the caller, and its row is there:")
        print(f"  {tracker.latest['error'].partition(':')[0]}")

    patient = Tracker(folder / "runs.db", raise_on_error=False)
    print(f"Or the loop goes on: {patient.track(compress, args=[folder / 'nowhere.txt'])}")

    frame = Reader(folder / "runs.db").to_df()
    frame["error"] = frame["error"].str.partition(":")[0]
    print(frame[["function_name", "before", "after", "error"]])


if __name__ == "__main__":
    run(main)
