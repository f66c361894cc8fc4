"""Objects beside rows: a model, an array and a frame, each stored once and loaded again."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from running import NotRunError, run

from xetrack import Reader, Tracker

if TYPE_CHECKING:
    from pathlib import Path


class Model:
    """A model of your own; scikit-learn's or PyTorch's are logged in the same way."""

    def __init__(self, weight: Fraction) -> None:
        self.weight = weight

    def predict(self, x: int) -> Fraction:
        """Return what the model makes of `x`."""
        return self.weight * x


def main(folder: Path) -> None:
    """Log objects, load them by id and by key, export one, and clean up."""
    path = folder / "runs.db"
    with Tracker(path, params={"dataset": "iris"}) as tracker:
        if tracker.assets is None:
            raise NotRunError("This example needs assets. Type: pip install 'xetrack[assets]'")
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
        for info in tracker.assets:
            print(f"  {info.header.codec:8}{info.references} reference")

    with Reader(path) as reader:
        assets = reader.assets
        assets.export(row["weights"], folder / "weights.npy")
        print(f"Exported: {np.load(folder / 'weights.npy').tolist()}")
        reader.remove_asset(row["report"], column="report")
        print(f"Removed: {len(assets)} are left")


if __name__ == "__main__":
    run(main)
