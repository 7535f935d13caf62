"""Predictions that say how their embeddings are compared."""

import numpy as np
import pytest

from mmbench.engine.cache.arrays import put_together, save_array, take_apart
from mmbench.fusion.embedding.pair_scores import check_shared, fused_scores, learn_trees
from mmbench.results.predictions import (
    Predictions,
    read_predictions,
    write_predictions,
)
from mmbench.tasks import Prediction, Target, get_task
from mmbench.tasks.retrieval.query_scores import DIRECTIONS, first_ranks

pytestmark = pytest.mark.retrieval

TASK = get_task("retrieval")
N, WIDTHS = 60, np.array([3, 5])


@pytest.fixture(scope="module", params=["ranks", "trees"])
def prediction(request):
    """Return two members' embeddings of pairs, compared by ranks or by trees."""
    rng = np.random.default_rng(0)
    shown = rng.normal(size=(N, WIDTHS.sum()))
    sides = {
        side: (shown + 1.5 * rng.normal(size=shown.shape)).astype(np.float16)
        for side in ("text", "image")
    }
    shared = {"widths": WIDTHS}
    if request.param == "trees":
        a, b = (sides[side].astype(float) for side in ("text", "image"))
        parts = slice(0, 3), slice(3, 8)
        members = np.array([a[:, part] @ b[:, part].T for part in parts])
        shared |= learn_trees([members], [np.eye(N, dtype=bool)])
    return Prediction(sides, shared)


@pytest.fixture(scope="module")
def target():
    """Return pairs, each relevant to itself alone."""
    rows = np.arange(N)
    truth = np.column_stack([rows] * 4)
    schema = {"gallery_size": None, "class_keys": False}
    return Target(rows.astype(str), schema, truth)


def expected_ranks(prediction, asked, wanted):
    sides = (prediction[side].astype(np.float32) for side in (asked, wanted))
    scores = fused_scores(*sides, prediction.shared)
    return (scores >= scores.diagonal()[:, None]).sum(axis=1)


def test_metrics_see_the_order_that_members_ranks_make(prediction, target):
    for direction in DIRECTIONS:
        found = first_ranks(target, prediction, direction)
        latest = expected_ranks(prediction, *direction)
        assert (found <= latest).all()
        assert (found == latest).mean() > 0.7  # the others are tied
    plain = Prediction(prediction.arrays)
    found, by_product = (
        first_ranks(target, each, DIRECTIONS[0]) for each in (prediction, plain)
    )
    assert not np.array_equal(found, by_product)


def test_rankings_for_other_tools_are_those_that_metrics_see(prediction, target):
    found = {each.name: [] for each in DIRECTIONS}
    for ranking in TASK.answers.rankings(target, prediction, N):
        (right,) = ranking.relevant
        found[ranking.kind].append(list(ranking.items).index(right) + 1)
    for direction in DIRECTIONS:
        expected = first_ranks(target, prediction, direction)
        np.testing.assert_array_equal(found[direction.name], expected)


def test_a_record_keeps_how_embeddings_are_compared(prediction, target, tmp_path):
    dumped = TASK.answers.dump(target, prediction)
    path = tmp_path / "p.npz"
    checksum = write_predictions(path, Predictions(np.arange(N), dumped))
    read_target, read = TASK.answers.load(read_predictions(path, checksum).arrays)
    for direction in DIRECTIONS:
        np.testing.assert_array_equal(
            first_ranks(read_target, read, direction),
            first_ranks(target, prediction, direction),
        )


def test_the_cache_keeps_how_embeddings_are_compared(prediction, tmp_path):
    arrays = {}
    layout = take_apart(prediction, "value", arrays)
    for name, array in arrays.items():
        save_array(tmp_path / name, array)
    found = put_together(layout, tmp_path, arrays)
    assert found.shared.keys() == prediction.shared.keys()
    for name, expected in prediction.shared.items():
        np.testing.assert_array_equal(found.shared[name], expected)


def test_some_rows_are_compared_as_all_are(prediction):
    assert prediction.take(np.arange(3)).shared is prediction.shared


@pytest.mark.parametrize(
    "change",
    [
        {"widths": np.array([3, 4])},
        {"widths": np.array([[8]])},
        {"odd": np.zeros(1)},
        {"feature": np.full((1, 1), -1)},
    ],
)
def test_what_does_not_fit_the_embeddings_is_not_believed(prediction, target, change):
    dumped = {**TASK.answers.dump(target, prediction), **change}
    with pytest.raises(ValueError, match="doesn't fit them"):
        TASK.answers.load(dumped)


def test_trees_that_lead_nowhere_are_not_believed(target, prediction):
    dumped = dict(TASK.answers.dump(target, prediction))
    if "left" not in dumped:
        pytest.skip("it has no trees")
    with pytest.raises(ValueError, match="doesn't fit them"):
        TASK.answers.load({**dumped, "left": dumped["left"] + 1000})


@pytest.mark.parametrize(("feature", "is_known"), [(20, True), (21, False)])
def test_trees_may_ask_for_all_that_is_known_of_nine_members(feature, is_known):
    # Two numbers of each member, and three more.
    leaf = np.array([[-1, -1, -1]], np.int32)
    how = {
        "widths": np.full(9, 2),
        "feature": np.array([[feature, -1, -1]], np.int32),
        "threshold": np.zeros((1, 3), np.float32),
        "left": leaf + np.array([[2, 0, 0]], np.int32),
        "right": leaf + np.array([[3, 0, 0]], np.int32),
    }
    if is_known:
        check_shared(how, 18)
    else:
        with pytest.raises(ValueError, match="doesn't fit them"):
            check_shared(how, 18)
