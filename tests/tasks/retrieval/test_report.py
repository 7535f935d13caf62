"""What only reports of retrieval show."""

import numpy as np
import pytest

from mmbench.tasks import Prediction
from mmbench.tasks.retrieval.embedding_map import pair_map
from tests.tasks.retrieval.test_metrics import make_target

pytestmark = pytest.mark.retrieval


def test_a_map_keeps_distances_where_two_components_hold_all():
    rng = np.random.default_rng(0)
    text, image = (rng.normal(size=(12, 2)) @ [[1, 0, 1], [0, 2, 1]] for _ in "ab")
    target = make_target(np.arange(12), np.arange(12), np.arange(12))
    found = pair_map(target, Prediction({"text": text, "image": image}))
    assert found.share == pytest.approx(1)
    gap = text.mean(axis=0) - image.mean(axis=0)
    expected = np.linalg.norm(text - image - gap, axis=1)
    np.testing.assert_allclose(
        np.linalg.norm(found.texts - found.images, axis=1), expected
    )
