"""Objects beside rows: a model, an array and a frame, each stored once and loaded again."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd

from xetrack import Reader, Tracker


class Model:
    """A model of your own; scikit-learn's or PyTorch's are logged in the same way."""

    def __init__(self, weight: Fraction) -> None:
        self.weight = weight

    def predict(self, x: int) -> Fraction:
        """Return what the model makes of `x`."""
        return self.weight * x


def main() -> None:
    """Log objects, load them by id and by key, export one, and clean up."""
    with TemporaryDirectory() as folder:
        path = Path(folder, "runs.db")
        with Tracker(path, params={"dataset": "iris"}) as tracker:
            row = tracker.log(
                {
                    "accuracy": 0.98,
                    "model": Model(Fraction(1, 3)),
                    "weights": np.arange(6.0).reshape(2, 3),
                    "report": pd.DataFrame({"label": ["a", "b"], "f1": [0.5, 0.75]}),
                }
            )
            print(f"The row holds the id of the model: {len(row['model'])} digits")
            print(f"Loaded by its id: {tracker.get(row['model']).predict(3)}")
            print(f"Loaded by its key: {tracker.get('weights').shape}")
            # Equal content is stored once; to log the id costs no encoding at all.
            tracker.log({"weights": np.arange(6.0).reshape(2, 3), "model": row["model"]})
            for info in tracker.assets or ():
                print(f"  {info.header.codec:8}{info.references} reference")
        with Reader(path) as reader:
            assets = reader.assets
            if assets is None:
                raise SystemExit("pip install 'xetrack[assets]'")
            file = Path(folder, "weights.npy")
            assets.export(row["weights"], file)
            print(f"Exported: {np.load(file).tolist()}")
            reader.delete_run(tracker.track_id)
            print(f"Nobody refers to them any more: {len(assets.gc())} removed")


if __name__ == "__main__":
    main()
