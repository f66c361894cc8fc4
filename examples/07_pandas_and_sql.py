"""Reading: rows and columns as in pandas, questions in SQL, files for other programs."""

from __future__ import annotations

import bz2
import encodings
import lzma
import zlib
from pathlib import Path

from running import run

from xetrack import Reader, Tracker

CODECS = {"bz2": bz2.compress, "lzma": lzma.compress, "zlib": zlib.compress}


def main(folder: Path) -> None:
    """Compress some of Python's own files, and ask which codec does it best."""
    path = folder / "runs.db"
    files = sorted(Path(encodings.__file__).parent.glob("cp12*.py"))
    for name, compress in CODECS.items():
        tracker = Tracker(path, params={"codec": name})
        for file in files:
            data = file.read_bytes()
            tracker.log({"file": file.name, "ratio": len(data) / len(compress(data))})

    print(f"A tracker is its run: {len(tracker)} rows of {tracker.count_all()}")
    print(f"  tracker[1] is a row: {tracker[1]['file']}; tracker[-1] the last: ", end="")
    print(tracker[-1]["file"])
    print(f"  tracker['ratio'] is a column, with a mean of {tracker['ratio'].mean():.2f}")
    print(f"  'ratio' in tracker: {'ratio' in tracker}")
    print(tracker.tail(2)[["codec", "file"]])

    reader = Reader(path)
    print("With pandas:")
    print(reader.to_df().groupby("codec")["ratio"].mean().round(3).to_string())
    print("The same in SQL, in which `events` is the table:")
    query = "SELECT codec, round(avg(ratio), 3) AS ratio FROM events GROUP BY codec ORDER BY codec"
    print(reader.sql(query).to_string(index=False, header=False))
    print("Values are given apart from the text, so they need no quotes:")
    query = "SELECT count(*) AS rows FROM events WHERE codec = ? AND ratio > ?"
    print(reader.sql(query, ["bz2", 3]).to_string(index=False))
    # A connection of the driver's own, for all that SQL can do.
    (best,) = tracker.conn.execute("SELECT max(ratio) FROM events").fetchone()
    print(f"By tracker.conn: the best ratio is {best:.2f}")

    tracker.to_csv(folder / "run.csv")
    tracker.to_csv(folder / "all.csv", all=True)
    lines = {file.name: len(file.read_text().splitlines()) for file in folder.glob("*.csv")}
    print(f"Lines written: run.csv {lines['run.csv']}, all.csv {lines['all.csv']}")


if __name__ == "__main__":
    run(main)
