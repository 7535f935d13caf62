"""Metrics of answers are functions of sums, held to hand-computed cases."""

import numpy as np
import pytest

from mmbench.stats import paired_permutation_test
from mmbench.tasks import Prediction, get_task, scores_of
from mmbench.tasks.answering.data import TRUTH
from mmbench.tasks.answering.references import answer_target
from mmbench.tasks.metric import sums_of

pytestmark = pytest.mark.answering

TASK = get_task("answering")
TEN = ["cat"] * 7 + ["the dog"] * 2 + ["pen"]
REFERENCES = [TEN, ["yes"] * 10, ["yes"] * 10, ["no"]]


def scored(answers, pictures, questions):
    target = TASK.data.completed(answer_target(REFERENCES))
    truth = target.truth.astype("U20")
    truth[:, TRUTH["picture"]], truth[:, TRUTH["question"]] = pictures, questions
    target = target._replace(truth=truth)
    return target, Prediction({"answer": np.array(answers)})


def test_scores_are_means_over_rows_and_over_pictures():
    target, said = scored(["dog", "Yes", "yes", "no"], [0, 0, 1, 1], [0, 1, 1, 2])
    found = scores_of(TASK.metrics, target, said)
    # Two of ten said dog; "Yes" is not "yes" where all say so.
    assert found["vqa_accuracy"] == pytest.approx((0.6 + 0 + 1 + 1) / 4)
    assert found["vqa_accuracy_clean"] == pytest.approx((0.6 + 1 + 1 + 1) / 4)
    assert found["exact_match"] == 1
    assert found["accuracy"] == pytest.approx(2 / 4)
    assert found["consistency"] == 1
    wrong = scores_of(
        TASK.metrics, target, Prediction({"answer": said["answer"][::-1]})
    )
    assert wrong["consistency"] == 0


def test_consistency_wants_all_of_a_picture_and_all_of_a_question():
    target, said = scored(["cat", "no", "yes", "no"], [0, 0, 1, 1], [0, 1, 1, 2])
    found = scores_of(TASK.metrics, target, said)
    assert found["exact_match"] == pytest.approx(3 / 4)
    # Of the pictures, the second; of three questions, all but the middle one.
    assert found["consistency"] == pytest.approx(1 / 2)
    assert found["consistency_of_questions"] == pytest.approx(2 / 3)


def test_scores_of_resampled_pictures_are_scores_of_their_sums():
    target, said = scored(["cat", "no", "yes", "no"], [0, 0, 1, 1], [0, 1, 1, 2])
    for name in ("vqa_accuracy", "consistency"):
        count, value = TASK.metrics_by_name[name].as_sums
        rows = count(target, said)
        drawn = np.array([2, 3, 2, 3])  # the second picture twice
        twice = scores_of(
            [TASK.metrics_by_name[name]], target.take([2, 3]), said.take([2, 3])
        )
        assert float(value(sums_of(rows[drawn]))) == pytest.approx(twice[name])


def test_what_is_kept_gives_the_same_scores():
    target, said = scored(["dog", "Yes", "yes", "no"], [0, 0, 1, 1], [0, 1, 1, 2])
    loaded = TASK.answers.load(TASK.answers.dump(target, said))
    assert scores_of(TASK.metrics, *loaded) == scores_of(TASK.metrics, target, said)


def test_two_methods_that_are_equally_good_are_seldom_told_apart():
    rng, n_sets, claimed = np.random.default_rng(0), 100, 0
    pictures = np.repeat(np.arange(40), 3)
    target = TASK.data.completed(answer_target([["a"] * 6 + ["b"] * 4] * 120))
    count, value = TASK.metrics_by_name["vqa_accuracy"].as_sums
    for _ in range(n_sets):
        # Some pictures are hard for both; beyond that, each errs by itself.
        easy = np.repeat(rng.random(40), 3)
        said = [np.where(rng.random(120) < easy, "a", "c") for _ in range(2)]
        rows = [count(target, Prediction({"answer": each})) for each in said]
        p_value = paired_permutation_test(
            value, *rows, units=pictures, n_permutations=199
        )
        claimed += p_value < 0.05
    # One in twenty, and what chance adds to it in 100 sets.
    assert claimed / n_sets < 0.1
