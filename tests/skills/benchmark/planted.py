"""Common mistakes, each planted in a benchmark that is sound but for it."""

from __future__ import annotations

import random
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from xetrack import Reader, Tracker

SEEDS = range(3)
ITEMS = range(30)
MODELS = ("steady", "eager")


@dataclass(frozen=True)
class Sample:
    """An input."""

    id: int
    text: str
    split: str


@dataclass(frozen=True)
class Config:
    """A configuration."""

    model: str
    rate: float
    seed: int


def sample(number):
    """The input of a number: two thirds are for training."""
    return Sample(number, f"text {number}", "train" if number % 3 else "test")


def predict(sample, config):
    """Be right more often with the one model than with the other, and another time each seed."""
    loss = random.Random(f"{sample.id} {config.seed} {config.model}").random()
    return {"correct": loss < (0.8 if config.model == "steady" else 0.5), "loss": loss}


def brittle(sample, config):
    """As `predict`, but fail where it would be wrong."""
    found = predict(sample, config)
    if config.model == "eager" and not found["correct"]:
        raise RuntimeError("too hard")
    return found


class Bench:
    """A benchmark of two models in a database, whose parts can be made wrong."""

    def __init__(self, db):
        self.db = db

    def run(
        self,
        models=MODELS,
        seeds=SEEDS,
        items=ITEMS,
        *,
        rate=0.3,
        data="v1",
        function=predict,
        name=sample,
        cache=None,
    ):
        """Evaluate inputs in configurations, in one run; return it."""
        params = {"data": data} if data else None
        options = {"table": "predictions", "raise_on_error": False, "cache": cache}
        with Tracker(self.db, params, warnings=False, **options) as tracker:
            for model in models:
                for seed in seeds:
                    for number in items:
                        tracker.track(function, args=[name(number), Config(model, rate, seed)])
            return tracker.track_id

    def metrics(self, query=None, change=lambda row: row):
        """Sum up: rightly, or by another query; or change the rows."""
        with Reader(self.db, table="predictions") as reader:
            rows = reader.sql(query or RIGHT).to_dict("records")
        with Tracker(self.db, table="metrics") as metrics:
            metrics.log_batch([change(dict(row)) for row in rows])


def summed(*keys, where="1 = 1", value="avg(coalesce(correct, 0) * 1.0)"):
    """A query of metrics, with the grouping that is asked for."""
    named = ", ".join(keys)
    return (
        f"SELECT {named}, {value} AS accuracy, count(*) AS items FROM predictions "
        f"WHERE {where} GROUP BY {named}"
    )


KEYS = ("config_model", "config_rate", "sample_split")
RIGHT = summed(*KEYS, "config_seed")


def pooled_seeds(bench):
    """Each row claims the items of all seeds."""
    bench.run()
    bench.metrics(summed(*KEYS))


def unequal_inputs(bench):
    """One model has not seen the hard ones."""
    bench.run(["steady"])
    bench.run(["eager"], items=range(27))


def nearly_equal_floats(bench):
    """Half of the seeds have 0.3, the others what 0.1 + 0.2 gives."""
    bench.run(rate=0.3)
    bench.run(rate=0.1 + 0.2)


def doubled_run(bench):
    """The same, twice."""
    bench.run()
    bench.run()


def leak(bench):
    """An input is in both splits under one name."""
    bench.run()
    bench.run(items=[4], name=lambda number: Sample(number, f"text {number}", "test"))


def renamed_leak(bench):
    """An input is in both splits under two names."""
    bench.run()
    bench.run(items=[99], name=lambda number: Sample(number, "text 4", "test"))


def one_seed(bench):
    """Nobody knows whether it is luck."""
    bench.run(seeds=[0])


def unequal_seeds(bench):
    """One model had more chances."""
    bench.run(["steady"])
    bench.run(["eager"], seeds=range(2))


def idle_seeds(bench):
    """Nothing depends on the seed."""
    bench.run(function=lambda sample, config: {"correct": sample.id < 6})


def mixed_data(bench):
    """Each model on a version of its own."""
    bench.run(["steady"], data="v1")
    bench.run(["eager"], data="v2")


def missing_data(bench):
    """Some rows do not say of which data they are."""
    bench.run(["steady"])
    bench.run(["eager"], data=None)


def dropped_failures(bench):
    """Accuracy of what did not fail."""
    bench.run(function=brittle)
    bench.metrics(summed(*KEYS, "config_seed", where="error = ''"))


def luckiest_row(bench):
    """The best seed is reported, as if there were no other."""
    bench.run()
    one = summed(*KEYS, "config_seed").replace(" AS accuracy", " AS found")
    keys = ", ".join(KEYS)
    bench.metrics(f"SELECT {keys}, max(found) AS accuracy FROM ({one}) GROUP BY {keys}")


def mixed_splits(bench):
    """Train and test in one mean."""
    bench.run()
    both = summed("config_model", "config_rate", "config_seed")
    bench.metrics(both, lambda row: {**row, "sample_split": "test", "items": 10})


def wrong_order(bench):
    """Ranked by the loss, the largest first."""
    bench.run()
    by_loss = summed(*KEYS[:2], value="avg(loss)").replace(" AS accuracy", " AS loss")
    ranks = iter((1, 2))
    bench.metrics(
        f"SELECT * FROM ({by_loss}) ORDER BY loss DESC",
        lambda row: {**row, "items": len(ITEMS), "rank": next(ranks)},
    )


def wrong_goal(bench):
    """A loss that is defined as better when larger."""
    bench.run()
    with Tracker(bench.db, table="predictions") as tracker:
        tracker.define("loss", goal="max")


@dataclass(frozen=True)
class Load:
    """A configuration of a load test."""

    service: str
    workers: int
    repetition: int


def averaged_workers(bench):
    """Four workers together are no quicker than one of them."""

    def request(sample, config):
        time.sleep(0.02)

    rates = []
    with Tracker(bench.db, table="predictions") as tracker, ThreadPoolExecutor(4) as pool:
        for repetition in range(2):
            load = Load("zlib", 4, repetition)
            calls = [[sample(number), load] for number in ITEMS]
            began = time.perf_counter()
            list(pool.map(lambda args: tracker.track(request, args=args), calls))
            rates.append(len(ITEMS) / (time.perf_counter() - began))
    together = sum(rates) / len(rates)
    with Tracker(bench.db, table="metrics") as metrics:
        for share in (1, 4):  # the first is right
            metrics.log(
                {"config_service": "zlib", "config_workers": 4, "per_second": together / share}
            )


MISTAKES = {
    # what is planted: the check, what it finds, an example, what to do
    pooled_seeds: ("results", "pooled seeds", "claims 30 items, of which 10 are there", "Group by"),
    unequal_inputs: ("inputs", "on inputs that others were", "lacks 2 of 20 of train", "Evaluate"),
    nearly_equal_floats: ("floats", "nearly equal", "0.30000000000000004 in 180", "round(x, 10)"),
    doubled_run: ("doubled", "1 run repeated another run", "180 evaluations", "xt delete"),
    leak: ("leaks", "1 of 30 inputs in more than one sample_split", "in test and train", "before"),
    renamed_leak: (
        "leaks",
        "1 of 31 inputs in more than one sample_split",
        "text 4 in test and train",
        "before",
    ),
    one_seed: ("seeds", "one seed only (config_seed = 0)", "", "three to five seeds"),
    unequal_seeds: ("seeds", "1 of 2 configurations lack seeds", "config_seed = 2", "Run the miss"),
    idle_seeds: ("seeds", "3 seeds change nothing: correct", "", "Use the seed"),
    mixed_data: ("data", "mixed data sets", "config_model=eager, config_rate=0.3 on v2", "Run all"),
    missing_data: ("data", "90 evaluations without 'data'", "run ", "as a param"),
    dropped_failures: ("results", "dropped failures", "that of what did not fail", "as wrong"),
    luckiest_row: ("results", "luckiest row", "the best of 3 seeds; their mean is", "the mean"),
    mixed_splits: ("results", "mixed splits", "that of all splits", "by the split too"),
    wrong_order: ("results", "wrong order", "and less is better", "Sort losses"),
    wrong_goal: ("goals", "'loss' is defined as better when larger", "", "goal='min')"),
    averaged_workers: ("results", "averaged workers", "the mean of 4 workers", "Divide all"),
}
