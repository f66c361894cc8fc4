"""Rows as logs: a line of text for people, a line of JSON for data sets, and both read back."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pandas as pd
from running import run

from xetrack import Reader, Tracker

if TYPE_CHECKING:
    from pathlib import Path


def main(folder: Path) -> None:
    """Log to the terminal, to a folder and to JSON lines."""
    print("With logs_stdout, each row is printed:", flush=True)
    with Tracker(folder / "runs.db", logs_stdout=True, logs_path=folder / "logs") as tracker:
        tracker.log({"accuracy": 0.9})
        tracker.log({"accuracy": float("nan"), "note": "a | b"})
    (file,) = (folder / "logs").iterdir()
    print(f"With logs_path, {len(file.read_text().splitlines())} lines in a file of the day")
    print(Reader.read_logs(folder / "logs")[["accuracy", "note"]])

    path = folder / "data" / "train.jsonl"  # missing folders are made
    with Tracker(Tracker.SKIP_INSERT, params={"source": "made up"}, jsonl=path) as tracker:
        tracker.log({"subject": "taxes", "prompt": "Help me with my taxes"})
        tracker.log({"subject": "dance", "prompt": "Help me with my moves"})
    print("With jsonl, and without a database:")
    print(f"  {', '.join(json.loads(path.read_text().splitlines()[0]))}")
    print(Reader.read_jsonl(path)[["level", "subject", "prompt"]])
    print(f"Any other program reads it: {pd.read_json(path, lines=True)['subject'].tolist()}")


if __name__ == "__main__":
    run(main)
