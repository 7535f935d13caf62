"""Searches for parameters are looked into label by label."""

import numpy as np
import pytest

from tests.engine.oracle import by_engine, by_scikit_learn
from tests.engine.test_search_equal import SEARCHES, root_of, searches_in
from tests.tasks.multilabel.tagged import make_tagged

TASK = "multilabel"


@pytest.mark.parametrize(
    ("name", "groups"),
    [
        ("grid", False),
        ("grid", True),
        ("log loss", False),
        ("voting weights", False),
        ("as a voter", True),
        ("halving trees", False),
    ],
)
def test_searches_label_by_label_answer_as_in_scikit_learn(name, groups, tmp_path):
    method, samples = SEARCHES[name], make_tagged(groups=groups)
    n_searches = len(searches_in(root_of(method, samples, TASK)))
    assert n_searches >= samples.y.shape[1]
    result = by_engine(method, tmp_path, samples, TASK)
    assert result.status == "ok", result.traceback
    model, X_test = by_scikit_learn(method, samples, TASK)
    np.testing.assert_array_equal(result.value["label"], model.predict(X_test))
    proba = model.predict_proba(X_test)
    np.testing.assert_allclose(result.value["proba"], proba, rtol=0, atol=1e-9)
