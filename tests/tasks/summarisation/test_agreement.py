"""Agreement against scipy and scikit-learn, and summaries against brute force."""

import itertools
import os
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.stats import kendalltau, spearmanr
from sklearn.metrics import f1_score

from mmbench.tasks import Prediction, Target, get_task
from mmbench.tasks.metric import scores_of
from mmbench.tasks.summarisation.agreement import (
    Video,
    agreement,
    human_agreement,
    videos_of,
)
from mmbench.tasks.summarisation.selection import knapsack, selected

pytestmark = pytest.mark.summarisation

RNG = np.random.default_rng(0)
TVSUM = Path(os.environ.get("MMBENCH_SHARED_DATA", "nowhere"), "tvsum/tvsum.json.gz")


def video(n_frames=40, n_people=4, length=4):
    rows = np.arange(n_frames)
    people = RNG.integers(1, 6, (n_frames, n_people)).astype(float)
    return Video(rows, rows // length + 0.0, people)


def test_correlations_are_scipy_s_averaged_over_people():
    made, numbers = video(), RNG.normal(size=40)

    tau, rho, *_ = agreement(numbers, made)

    people = made.people.T
    assert tau == pytest.approx(np.mean([kendalltau(numbers, p)[0] for p in people]))
    assert rho == pytest.approx(np.mean([spearmanr(numbers, p)[0] for p in people]))


def test_f1_is_scikit_learn_s_of_the_frames_in_the_summaries():
    made, numbers = video(), RNG.normal(size=40)
    chosen = [selected(each, made.shots) for each in (numbers, *made.people.T)]
    expected = [f1_score(each, chosen[0]) for each in chosen[1:]]

    found = agreement(numbers, made)

    assert found[2] == pytest.approx(np.mean(expected))
    assert found[3] == pytest.approx(max(expected))


@given(
    values=arrays(float, 6, elements=st.floats(0, 9)),
    lengths=arrays(int, 6, elements=st.integers(1, 4)),
    capacity=st.integers(0, 12),
)
def test_no_choice_that_fits_is_worth_more(values, lengths, capacity):
    chosen = knapsack(values, lengths, capacity)

    choices = itertools.product([False, True], repeat=6)
    fits = [np.array(c) for c in choices if lengths[np.array(c)].sum() <= capacity]
    best = max(values[each].sum() for each in fits)
    assert lengths[chosen].sum() <= capacity
    assert values[chosen].sum() == pytest.approx(best)


def test_a_summary_holds_whole_shots_of_15_percent_at_most():
    made = video(60, length=3)

    chosen = selected(RNG.normal(size=60), made.shots)

    assert chosen.sum() == 9
    assert set(chosen.reshape(-1, 3).sum(axis=1)) == {0, 3}


def test_shots_that_are_alike_are_spread_evenly():
    shots = np.repeat(np.arange(40.0), 2)

    places = np.flatnonzero(selected(np.zeros(80), shots)[::2])

    # Six of forty: halves, quarters, and two eighths, in the order of the bits.
    assert len(places) == 6
    assert np.diff(np.concatenate([[0], places, [40]])).max() <= 12


def test_where_no_shot_is_short_enough_the_summary_is_one_shot():
    assert selected(np.arange(20.0), np.repeat([0.0, 1.0], 10)).sum() == 10


def test_that_one_shot_is_the_best_one_not_the_shortest():
    # 15 % of ten frames is one, and the last shot is the shortest.
    shots = np.repeat([0.0, 1.0, 2.0], [4, 4, 2])

    assert np.flatnonzero(selected(-np.arange(10.0), shots)).tolist() == [0, 1, 2, 3]


def test_what_people_agree_on_equals_pairs_by_hand():
    made = video(n_people=3)
    a, b, c = made.people.T
    pairs = [kendalltau(x, y)[0] for x, y in ((a, b), (a, c), (b, c))]
    rest = [((b + c) / 2, a), ((a + c) / 2, b), ((a + b) / 2, c)]

    found = human_agreement(made)

    assert found.pair["kendall_tau"] == pytest.approx(np.mean(pairs))
    expected = np.mean([kendalltau(x, y)[0] for x, y in rest])
    assert found.others["kendall_tau"] == pytest.approx(expected)


def test_scores_are_means_over_videos_and_people_who_saw_them():
    first, second = video(20), video(10)
    truth = np.full((30, 6), np.nan)
    truth[:20] = np.column_stack([np.zeros(20), first.shots, first.people])
    truth[20:] = np.column_stack([np.ones(10), 9 + second.shots, second.people])
    truth[20:, 5] = np.nan  # one has not seen the second
    numbers = RNG.normal(size=30)
    target = Target(np.nanmean(truth[:, 2:], axis=1), {}, truth)

    metrics = get_task("summarisation").metrics
    found = scores_of(metrics, target, Prediction({"number": numbers}))

    taus = [np.mean([kendalltau(numbers[:20], p)[0] for p in first.people.T])]
    taus += [np.mean([kendalltau(numbers[20:], p)[0] for p in second.people.T[:3]])]
    assert found["kendall_tau"] == pytest.approx(np.mean(taus))
    assert [v.people.shape[1] for v in videos_of(target)] == [4, 3]


def test_the_best_summary_covers_all_that_can_be_covered():
    made = video()
    assert agreement(made.people.mean(axis=1), made)[4] == pytest.approx(1)


@pytest.mark.slow
@pytest.mark.skipif(not TVSUM.exists(), reason="needs tvsum.json.gz")
def test_people_agree_about_tvsum_as_otani_found():
    import importlib.util

    script = Path(__file__).parents[3] / "benchmarks" / "tvsum.py"
    spec = importlib.util.spec_from_file_location("tvsum", script)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)

    found = module.scores(list(module.videos(TVSUM, 4)), 1)

    tau, rho = found["one person, against each other one"][:2]
    assert (round(tau, 3), round(rho, 3)) == (0.177, 0.204)
    assert abs(found["random, 1 draws"][0]) < 0.01
