from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mmbench.results import Predictions, Record, ResultStore

PLAN: dict[str, Any] = {
    "suite": "tiny",
    "datasets": {"d": {"n_samples": 4}},
    "methods": {"m": {"digest": "00"}},
    "trials": [
        {"key": key, "dataset": "d", "method": "m", "fold": fold, "seed": 0}
        for fold, key in enumerate(["0a", "0b", "0c"])
    ],
}


@pytest.fixture
def plan() -> dict[str, Any]:
    return PLAN


@pytest.fixture
def make_record() -> Callable[..., Record]:
    def make(key: str = "0a", **changes: Any) -> Record:
        values: dict[str, Any] = {
            "key": key,
            "suite": "tiny",
            "dataset": "d",
            "method": "m",
            "fold": 0,
            "seed": 0,
            "status": "ok",
            "scores": {"accuracy": 0.5},
            "n_train": 2,
            "n_test": 2,
            "fit_time_s": 0.25,
            "predict_time_s": 0.125,
            "versions": {"numpy": "2.0"},
        }
        return Record(**values | changes)

    return make


@pytest.fixture
def predictions() -> Predictions:
    return Predictions(
        sample_ids=np.array(["s1", "s2"], dtype=object),
        arrays={
            "y_true": np.array(["é", "b"], dtype=object),
            "proba": np.array([[0.25, 0.75], [1.0, 0.0]]),
            "classes": np.array(["b", "é"], dtype=object),
        },
    )


@pytest.fixture
def store(tmp_path: Path, plan: dict[str, Any]) -> ResultStore:
    return ResultStore(tmp_path / "out").open(plan, {"python": "3.11"})
