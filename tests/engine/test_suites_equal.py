"""Built-in methods of further tasks, by the engine and plain: the same answer."""

import functools

import numpy as np
import pytest

from mmbench.datasets import get_dataset
from mmbench.suites import SUITES, build_suite
from mmbench.tasks import get_task

from .oracle import by_engine, by_scikit_learn

# So many rows, the first ones, keep whole pictures and whole videos.
ROWS = {"answering": 100, "captioning": 60, "translation": 60, "summarisation": 360}


@functools.cache
def samples_of(suite):
    """Return some rows of the suite's dataset, with all that is known of its target."""
    dataset = get_dataset(SUITES[suite].datasets[0])
    whole = dataset.load()
    n = ROWS[suite]
    groups = None if whole.groups is None else whole.groups[:n]
    truth = None if whole.truth is None else whole.truth[:n]
    some = whole._replace(X=whole.X.iloc[:n], y=whole.y[:n], groups=groups, truth=truth)
    target = dataset.target(some)
    known = {"y": target.y, "schema": target.schema, "truth": target.truth}
    return some._replace(**known, split=None, slices={})


def methods():
    for suite in ROWS.keys() & SUITES.keys():
        task = SUITES[suite].task
        for name in build_suite(suite).methods:
            marks = [getattr(pytest.mark, task), pytest.mark.slow]
            yield pytest.param(suite, name, id=f"{suite}: {name}", marks=marks)


# An answer may be in one inner fold alone.
@pytest.mark.filterwarnings("ignore:Number of classes in training fold")
@pytest.mark.filterwarnings("ignore:The least populated class in y")
@pytest.mark.parametrize(("suite", "name"), sorted(methods(), key=lambda p: p.id))
def test_any_built_in_method_answers_as_the_plain_one_does(suite, name, tmp_path):
    task, samples = get_task(SUITES[suite].task), samples_of(suite)
    method = build_suite(suite).methods[name]

    result = by_engine(method, tmp_path, samples, task.name)
    model, X_test = by_scikit_learn(method, samples, task.name)

    assert result.status == "ok", result.traceback
    expected = task.answers.predict(model, X_test, samples.target)
    for array, values in expected.arrays.items():
        if values.dtype.kind == "f":
            np.testing.assert_allclose(result.value[array], values, rtol=0, atol=1e-9)
        else:
            assert result.value[array].tolist() == values.tolist()
