"""Configurations as arguments: each field of a dataclass, attrs or Pydantic model is a column."""

from __future__ import annotations

import importlib.util
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import attrs
from running import run

from xetrack import Reader, Tracker

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True)
class Optimizer:
    """How steps are made."""

    name: str = "sgd"
    rate: float = 0.1


@dataclass(frozen=True)
class Training:
    """What a training is called with."""

    epochs: int
    optimizer: Optimizer = field(default_factory=Optimizer)


@attrs.frozen
class Data:
    """What it is trained on."""

    name: str
    rows: int


def train(config: Training, data: Data) -> dict[str, float]:
    """Train, with so many steps that each go a share of the way.

    Parameters
    ----------
    config
        How.
    data
        On what.

    Returns
    -------
    dict
        The distance that is left.
    """
    steps = config.epochs * data.rows
    return {"distance": (1 - config.optimizer.rate) ** steps}


def with_pydantic(tracker: Tracker) -> list[str]:
    """Return the columns that a Pydantic model makes; pydantic need not be there for the rest."""
    from pydantic import BaseModel  # noqa: PLC0415 - it may be missing

    class Experiment(BaseModel):
        name: str
        seed: int = 42

    @tracker.wrap
    def run_experiment(experiment: Experiment) -> dict[str, str]:
        return {"status": f"{experiment.name} is done"}

    run_experiment(Experiment(name="first"))
    return [f"{name}={tracker.latest[name]}" for name in ("experiment_name", "experiment_seed")]


def main(folder: Path) -> None:
    """Track calls with configurations, ask by their fields, and log one."""
    tracker = Tracker(folder / "runs.db")
    data = Data(name="cars", rows=50)
    for config in (Training(1), Training(2), Training(1, Optimizer("adam", rate=0.2))):
        tracker.track(train, args=[config], kwargs={"data": data})
    print("Columns are named parameter_field, nested ones too:")
    for name in tracker.columns:
        if name.startswith(("config_", "data_")):
            print(f"  {name}: {tracker.dtypes[name]}")

    distances = Reader(folder / "runs.db").sql(
        "SELECT config_optimizer_name AS optimizer, config_epochs AS epochs, distance "
        "FROM events ORDER BY distance"
    )
    print("Asked by their fields:")
    print(distances)

    if importlib.util.find_spec("pydantic"):
        print(f"Of a Pydantic model: {', '.join(with_pydantic(tracker))}")

    row = tracker.log({"best": Optimizer("adam", rate=0.2)})  # in `log` it is the key that names
    print(f"Logged: {row['best_name']}, {row['best_rate']}")


if __name__ == "__main__":
    run(main)
