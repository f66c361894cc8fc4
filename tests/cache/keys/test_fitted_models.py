"""Keys of scikit-learn's estimators and PyTorch's modules, which are told by their state."""

from __future__ import annotations

import pickle
import subprocess
import sys

import numpy as np
import pytest
from sklearn.base import BaseEstimator
from sklearn.compose import ColumnTransformer
from sklearn.datasets import load_iris
from sklearn.ensemble import GradientBoostingClassifier, RandomForestClassifier, VotingClassifier
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler

from tests.cache.conftest import RAN
from tests.cache.keys.fake_torch import Module, Tensor, torch
from xetrack.errors import XetrackWarning

X, Y = load_iris(return_X_y=True)


def score(model):
    RAN.append(model)
    return 1


ESTIMATORS = {
    "linear": lambda: LogisticRegression(max_iter=2000),
    "generator": lambda: Ridge(solver="sag", random_state=np.random.RandomState(3)),
    "forest": lambda: RandomForestClassifier(3, random_state=0),
    "boosting": lambda: GradientBoostingClassifier(n_estimators=2, random_state=0),
    "neighbors": lambda: KNeighborsClassifier(algorithm="kd_tree"),
    "pipeline": lambda: make_pipeline(
        ColumnTransformer([("scale", StandardScaler(), [0, 1])]),
        FunctionTransformer(np.abs),
        GaussianNB(),
    ),
    "voting": lambda: VotingClassifier([("bayes", GaussianNB())]),
}


@pytest.mark.parametrize("make", ESTIMATORS.values(), ids=ESTIMATORS)
def test_estimators_of_one_state_are_one(track, make):
    """Fitted twice, after they were used, and loaded from a pickle; not to other data."""
    tracker = track(cache_unhashable=True)
    tracker.track(score, args=[make()])
    tracker.track(score, args=[make()])
    assert 1 == len(RAN)
    fitted = make().fit(X, Y)
    tracker.track(score, args=[fitted])
    fitted.predict(X)
    for same in (fitted, make().fit(X, Y), pickle.loads(pickle.dumps(fitted))):
        assert tracker.is_cached(score, [same])
    assert 2 == len(RAN)
    assert not tracker.is_cached(score, [make().fit(X[:-5] * 2, Y[:-5])])


def test_each_parameter_counts_and_so_does_the_class(track):
    tracker = track(cache_unhashable=True)
    tracker.track(score, args=[LogisticRegression()])
    assert not tracker.is_cached(score, [LogisticRegression(C=2.0)])
    assert tracker.is_cached(score, [LogisticRegression(C=2.0).set_params(C=1.0)])
    assert not tracker.is_cached(score, [type("Other", (LogisticRegression,), {})()])


def test_an_edited_method_of_a_class_of_ones_own_counts(track):
    """Also where it is a step of a library's pipeline; not with a version."""

    def shift(add):
        space = {"__name__": "own", "BaseEstimator": BaseEstimator}
        exec(
            "class Shift(BaseEstimator):\n"
            "    def fit(self, x, y=None): return self\n"
            f"    def transform(self, x): return x + {add}\n",
            space,
        )
        return make_pipeline(space["Shift"](), GaussianNB())

    tracker = track(cache_unhashable=True)
    for options in ({}, {"cache_version": "1"}):
        tracker.track(score, args=[shift(1)], **options)
        assert tracker.is_cached(score, [shift(1)], **options)
        assert ("cache_version" in options) == tracker.is_cached(score, [shift(2)], **options)


@pytest.mark.parametrize("model", [GaussianNB(), KNeighborsClassifier(), Module()])
def test_without_content_they_are_not_cached_and_the_warning_says_how(track, monkeypatch, model):
    monkeypatch.setitem(sys.modules, "torch", torch)
    with pytest.warns(XetrackWarning, match="told from others by its state only; cache_unhash"):
        track().track(score, args=[model])


SCRIPT = """
from sklearn.datasets import load_iris
from sklearn.ensemble import RandomForestClassifier
from xetrack import Tracker

def accuracy(model, bunch):
    return model.score(bunch.data, bunch.target)

bunch = load_iris()
model = RandomForestClassifier(3, random_state=0).fit(bunch.data, bunch.target)
tracker = Tracker(Tracker.IN_MEMORY, cache="cache", cache_unhashable=True)
tracker.track(accuracy, args=[model, bunch])
print(tracker.latest["cache"] != "")
"""


def test_another_process_finds_what_was_fitted_alike(tmp_path):
    (tmp_path / "script.py").write_text(SCRIPT)
    command = [sys.executable, "script.py"]
    for is_hit in ("False", "True"):
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
        assert [is_hit] == done.stdout.split()


class Linear(Module):
    def __init__(self, weight, stride=1):
        super().__init__()
        self.stride = stride
        self._parameters["weight"] = weight
        self._parameters["bias"] = None
        self._buffers["mean"] = Tensor([0.5])


class Net(Module):
    def __init__(self, *layers):
        super().__init__()
        self._modules.update((str(at), layer) for at, layer in enumerate(layers))


def net(**changes):
    layer = Linear(Tensor(changes.pop("weight", [1.0, 2.0]), **changes.pop("tensor", {})))
    tail = Linear(Tensor([3.0]), stride=changes.pop("stride", 1))
    made = Net(layer, tail)
    tail.training = changes.pop("training", True)
    layer._buffers["mean"] = Tensor([changes.pop("mean", 0.5)])
    for hook in changes.pop("hooks", ()):
        tail._forward_hooks[len(RAN) + id(made)] = hook
    assert not changes
    return made


def test_modules_are_told_by_all_that_is_in_them(track, monkeypatch):
    """Weights, buffers, attributes, hooks and whether they train."""
    monkeypatch.setitem(sys.modules, "torch", torch)
    tracker = track(cache_unhashable=True)
    changes = [
        {},
        {"weight": [1.0, 3.0]},
        {"weight": np.array([1.0, 2.0], "f4")},
        {"weight": [[1.0], [2.0]]},
        {"weight": np.ones((2, 3))},
        {"weight": np.ones((3, 2)).T},
        {"tensor": {"requires_grad": True}},
        {"tensor": {"device": "cuda"}},
        {"stride": 2},
        {"training": False},
        {"mean": 0.7},
        {"hooks": [max]},
    ]
    for change in changes:
        tracker.track(score, args=[net(**change)])
    assert len(changes) == len(RAN)
    assert all(tracker.is_cached(score, [net(**change)]) for change in changes)


def test_tied_weights_are_not_equal_ones(track, monkeypatch):
    """Training changes both at once."""
    monkeypatch.setitem(sys.modules, "torch", torch)
    tracker = track(cache_unhashable=True)
    weight = Tensor([1.0])
    layer = Linear(weight)
    for model in (
        Net(Linear(weight), Linear(weight)),
        Net(Linear(Tensor([1.0])), Linear(Tensor([1.0]))),
        Net(layer, layer),
    ):
        tracker.track(score, args=[model])
    assert 3 == len(RAN)


def test_what_has_no_plain_elements_is_not_cached(track, monkeypatch):
    monkeypatch.setitem(sys.modules, "torch", torch)
    tracker = track(cache_unhashable=True)
    with pytest.warns(XetrackWarning, match="no plain elements"):
        tracker.track(score, args=[net(tensor={"device": "meta"})])
