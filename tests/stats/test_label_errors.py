"""Confident learning, held to a direct reading of Northcutt et al. (JAIR 2021)."""

import numpy as np
import pytest
from sklearn.datasets import make_blobs
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_predict

from mmbench.stats import confident_joint, label_errors, noise_joint


def drawn(n=60, n_classes=4, seed=0):
    rng = np.random.default_rng(seed)
    proba = rng.dirichlet(np.ones(n_classes), size=n)
    labels = np.where(
        rng.random(n) < 0.6, proba.argmax(axis=1), rng.integers(n_classes, size=n)
    )
    return labels, proba


def as_in_the_paper(labels, proba):
    """Equations 1 to 3, example by example."""
    n, m = proba.shape
    t = [np.mean([proba[k, j] for k in range(n) if labels[k] == j]) for j in range(m)]
    C = np.zeros((m, m))
    for k in range(n):
        confident = [j for j in range(m) if proba[k, j] >= t[j]]
        if confident:
            C[labels[k], max(confident, key=lambda j: proba[k, j])] += 1
    sizes = np.array([(labels == i).sum() for i in range(m)])
    Q = np.array([C[i] / C[i].sum() * sizes[i] for i in range(m)])
    return C, Q / Q.sum()


@pytest.mark.parametrize("seed", range(5))
def test_the_confident_joint_is_the_papers(seed):
    labels, proba = drawn(seed=seed)
    counted, joint = as_in_the_paper(labels, proba)
    np.testing.assert_array_equal(confident_joint(labels, proba), counted)
    np.testing.assert_allclose(noise_joint(labels, proba), joint, rtol=1e-12)


@pytest.mark.parametrize("seed", range(5))
def test_suspects_are_those_pruned_by_noise_rate(seed):
    labels, proba = drawn(seed=seed)
    _, joint = as_in_the_paper(labels, proba)
    pruned = set()
    for i in range(4):
        own = [k for k in range(len(labels)) if labels[k] == i]
        for j in range(4):
            if i != j:
                lead = sorted(own, key=lambda k: proba[k, i] - proba[k, j])
                pruned |= set(lead[: round(joint[i, j] * len(labels))])
    # cleanlab passes over rows whose label is the model's own answer, and so do we.
    pruned = {k for k in pruned if proba[k].argmax() != labels[k]}
    found = label_errors(labels, proba)
    assert set(found.suspects.tolist()) == pruned
    margins = found.margin[found.suspects]
    assert (np.diff(margins) >= 0).all()
    best_other = [max(np.delete(proba[k], labels[k])) for k in range(len(labels))]
    expected = proba[np.arange(len(labels)), labels] - best_other
    np.testing.assert_allclose(found.margin, expected)


def test_flipped_labels_come_first():
    X, y = make_blobs(400, centers=4, cluster_std=0.8, random_state=0)
    rng = np.random.default_rng(0)
    flipped = rng.choice(400, 20, replace=False)
    noisy = y.copy()
    noisy[flipped] = (y[flipped] + rng.integers(1, 4, 20)) % 4
    proba = cross_val_predict(
        LogisticRegression(), X, noisy, method="predict_proba", cv=5
    )
    first = label_errors(noisy, proba).suspects[:20]
    assert np.isin(first, flipped).mean() >= 0.7


def test_clean_labels_have_no_suspects():
    labels = np.repeat([0, 1, 2], 5)
    proba = np.full((15, 3), 0.05)
    proba[np.arange(15), labels] = 0.9
    assert label_errors(labels, proba).suspects.size == 0


def test_a_class_that_no_row_has_is_nobodys():
    labels, proba = np.array([0, 0, 1, 1]), np.full((4, 3), 0.2)
    proba[:, 2] = 0.6
    assert confident_joint(labels, proba)[:, 2].sum() == 0


@pytest.mark.parametrize(
    ("labels", "proba", "match"),
    [
        ([0, 1], [[0.5, 0.5]], "shape"),
        ([0, 2], [[0.5, 0.5], [0.5, 0.5]], "below 2"),
        ([0], [[np.nan, 0.5]], "finite"),
    ],
)
def test_what_does_not_fit_is_refused(labels, proba, match):
    with pytest.raises(ValueError, match=match):
        label_errors(labels, proba)
