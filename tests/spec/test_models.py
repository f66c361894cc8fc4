"""Dataclasses and Pydantic models of the guide, each field in a column of its own."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from pydantic import BaseModel

from tests.spec.shown import OWN, SECONDS, Like, cells
from xetrack import Tracker

CALL = {"kwargs": "{}", "error": "", "function_time": SECONDS}


@pytest.fixture
def tracker():
    """A tracker on a file."""
    return Tracker("database_db")


@dataclass(frozen=True)
class TrainingConfig:
    learning_rate: float
    batch_size: int
    epochs: int
    optimizer: str = "adam"


TRAINING = {
    "config_learning_rate": 0.001,
    "config_batch_size": 32,
    "config_epochs": 10,
    "config_optimizer": "adam",
}


def test_the_fields_of_a_dataclass_become_columns(tracker):
    """Defaults too; the items of the returned dict follow."""

    @tracker.wrap()
    def train_model(config: TrainingConfig):
        return {"accuracy": 0.95, "loss": 0.05}

    config = TrainingConfig(learning_rate=0.001, batch_size=32, epochs=10)
    result = train_model(config)
    assert {"accuracy": 0.95, "loss": 0.05} == result
    row = {
        "function_name": "train_model",
        "args": Like(r"\[TrainingConfig\(learning_rate=0\.001, .*\)\]"),
        **CALL,
        **TRAINING,
        "accuracy": 0.95,
        "loss": 0.05,
        **OWN,
    }
    assert cells(row) == cells(tracker.latest)
    assert "function_result" not in tracker.columns


@dataclass(frozen=True)
class ModelConfig:
    model_type: str
    num_layers: int


@dataclass(frozen=True)
class DataConfig:
    dataset: str
    batch_size: int


def test_several_dataclasses_are_told_apart_by_their_parameters(tracker):
    """Each field has the name of its parameter before it."""

    def experiment(model_cfg: ModelConfig, data_cfg: DataConfig):
        return {"score": 0.92}

    result = tracker.track(
        experiment,
        args=[
            ModelConfig(model_type="transformer", num_layers=12),
            DataConfig(dataset="cifar10", batch_size=64),
        ],
    )
    assert {"score": 0.92} == result
    row = {
        "function_name": "experiment",
        "args": Like(r"\[ModelConfig\(.*\), DataConfig\(.*\)\]"),
        **CALL,
        "model_cfg_model_type": "transformer",
        "model_cfg_num_layers": 12,
        "data_cfg_dataset": "cifar10",
        "data_cfg_batch_size": 64,
        "score": 0.92,
        **OWN,
    }
    assert cells(row) == cells(tracker.latest)


class ExperimentConfig(BaseModel):
    experiment_name: str
    seed: int
    use_gpu: bool = True


def test_a_pydantic_model_is_unpacked_as_well(tracker):
    """A boolean stays one."""

    @tracker.wrap()
    def run_experiment(cfg: ExperimentConfig):
        return {"status": "completed"}

    config = ExperimentConfig(experiment_name="exp_001", seed=42)
    result = run_experiment(config)
    assert {"status": "completed"} == result
    row = {
        "function_name": "run_experiment",
        "args": Like(r"\[ExperimentConfig\(experiment_name='exp_001', .*\)\]"),
        **CALL,
        "cfg_experiment_name": "exp_001",
        "cfg_seed": 42,
        "cfg_use_gpu": True,
        "status": "completed",
        **OWN,
    }
    assert cells(row) == cells(tracker.latest)
    assert tracker.latest == tracker[1]
    assert tracker[1]["cfg_use_gpu"] is True


def test_frozen_slotted_and_plain_dataclasses_are_all_unpacked(tracker):
    """Frozen, slotted and plain dataclasses are all unpacked, by `track` as by `wrap`."""

    @dataclass(frozen=True, slots=True)
    class Slotted:
        learning_rate: float
        model_name: str

    @dataclass
    class Plain:
        learning_rate: float
        model_name: str

    def train_model(config) -> dict:
        return {"accuracy": 0.95, "loss": 0.05}

    for kind in (Slotted, Plain):
        config1 = kind(learning_rate=0.001, model_name="bert")
        result1 = tracker.track(train_model, args=[config1])
        assert result1 == tracker.wrap(train_model)(config1)
        for row in (tracker[-1], tracker[-2]):
            assert (0.001, "bert") == (row["config_learning_rate"], row["config_model_name"])
            assert (0.95, 0.05) == (row["accuracy"], row["loss"])
