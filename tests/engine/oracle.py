"""The oracle of the engine: plain fit and predict of the clone, beside its answer."""

import numpy as np

from mmbench.engine import folds_of, prepared
from mmbench.engine.cache.store import Cache
from mmbench.engine.execution.local_executor import InProcess, in_process
from mmbench.engine.execution.local_workers import Place
from mmbench.engine.execution.schedule import Schedule
from mmbench.engine.execution.worker import Job, cut
from mmbench.engine.graph.compositions import expand
from mmbench.engine.graph.expansion import Subproblem, source
from mmbench.engine.graph.values import Context, Rows
from mmbench.tasks import get_task

from .conftest import make_dataset, make_samples

SAMPLES = make_samples()


def first_fold(samples, task="classification", seed=0):
    return folds_of(make_dataset(task=task), samples, 3, seed)[0]


def context_of(samples, task="classification"):
    target = make_dataset(task=task).target(samples)
    return Context(samples.X, target, get_task(task))


def problem_of(samples, fold, task="classification"):
    rows = Rows(fold.train, fold.test)
    return Subproblem(source("fruit"), rows, context_of(samples, task))


def ready_for(method, samples, fold, task="classification", seed=0):
    groups = None if samples.groups is None else samples.groups[fold.train]
    context = context_of(samples, task)
    target = context.target.take(fold.train)
    return prepared(method, context.task, target, seed=seed, groups=groups)


def by_engine(method, folder, samples=SAMPLES, task="classification", fold=None):
    """Return how the engine ends the first fold's trial, and with what prediction."""
    fold = fold or first_fold(samples, task)
    ready = ready_for(method, samples, fold, task)
    root = expand(ready, problem_of(samples, fold, task))
    place = Place(folder, "test")
    schedule = Schedule({"t": root}, Cache(*place[:4]))
    for ended in schedule.found():
        return ended.result
    with in_process({"fruit": context_of(samples, task)}, place) as executor:
        assert isinstance(executor, InProcess)
        while schedule.n_open:
            for node in schedule.next_batch():
                executor.submit([Job(node=cut(node), given=schedule.given(node))])
            for result in executor.wait():
                ended = schedule.settle(result)
                if ended:
                    return ended[0].result
    raise AssertionError("the schedule ended without an answer")


def by_scikit_learn(method, samples=SAMPLES, task="classification"):
    """Return the fitted model and the test rows of the first fold."""
    fold = first_fold(samples, task)
    model = ready_for(method, samples, fold, task)
    model.fit(samples.X.iloc[fold.train], samples.y[fold.train])
    return model, samples.X.iloc[fold.test]


def assert_equal(method, folder, samples=SAMPLES):
    """Check that the engine answers with scikit-learn's labels and probabilities.

    Returns the engine's result, and scikit-learn's fitted model.
    """
    result = by_engine(method, folder, samples)
    assert result.status == "ok", result.traceback
    model, X_test = by_scikit_learn(method, samples)
    classes = np.unique(samples.y)
    assert classes[result.value["label"]].tolist() == model.predict(X_test).tolist()
    assert ("proba" in result.value) == hasattr(model, "predict_proba")
    if "proba" in result.value:
        expected = np.zeros((len(X_test), len(classes)))
        seen = np.searchsorted(classes, model.classes_)
        expected[:, seen] = model.predict_proba(X_test)
        np.testing.assert_allclose(result.value["proba"], expected, rtol=0, atol=1e-9)
    return result, model
