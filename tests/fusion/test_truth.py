"""On data whose best accuracy is known, fusions end up where they must."""

import numpy as np
import pandas as pd
import pytest
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression

from mmbench.datasets import make_multimodal
from mmbench.feature_extraction import CountVectorizer, HOGExtractor
from mmbench.fusion import (
    RULES,
    BlockScaler,
    HybridFusionClassifier,
    LateFusionClassifier,
    append_step,
    branch,
    early_fusion,
    stacked_fusion,
)

N_TRAIN, N_TEST = 700, 800
# Three standard deviations of an accuracy that is measured on this many rows.
MARGIN = 3 * np.sqrt(0.25 / N_TEST)


def drawn(**shares):
    """Return a table in which each picture has become its features, and the truth."""
    samples, best = make_multimodal(N_TRAIN + N_TEST, random_state=0, **shares)
    pictures = HOGExtractor().fit_transform(samples.X["image"])
    columns = pd.DataFrame(pictures, index=samples.X.index).add_prefix("hog")
    return pd.concat([samples.X[["text"]], columns], axis=1), samples.y, best


@pytest.fixture(scope="module")
def additive():
    """Return samples where each modality is often missing, and the other then helps."""
    return drawn(
        n_classes=8,
        redundant=0,
        unique_text=0.6,
        unique_image=0.6,
        synergy=0,
        missing=0.3,
    )


@pytest.fixture(scope="module")
def synergistic():
    """Return samples of which either modality alone says nothing."""
    return drawn(n_classes=2, redundant=0, unique_text=0, unique_image=0, synergy=1)


def blocks(X):
    pictures = [column for column in X.columns if column.startswith("hog")]
    return [
        ("text", branch("text", CountVectorizer(binary=True))),
        ("image", branch(pictures, SimpleImputer(), BlockScaler())),
    ]


def accuracy(method, X, y):
    fitted = method.fit(X[:N_TRAIN], y[:N_TRAIN])
    return fitted.score(X[N_TRAIN:], y[N_TRAIN:])


def voters(X):
    classifier = LogisticRegression(max_iter=1000)
    return [(name, append_step(made, classifier)) for name, made in blocks(X)]


FUSIONS = {
    **{
        rule: lambda X, rule=rule: LateFusionClassifier(voters(X), rule=rule)
        for rule in RULES
    },
    "early": lambda X: early_fusion(blocks(X), LogisticRegression(max_iter=1000)),
    "hybrid": lambda X: HybridFusionClassifier(
        blocks(X), LogisticRegression(max_iter=1000)
    ),
    "stacked": lambda X: stacked_fusion(voters(X), LogisticRegression(max_iter=1000)),
}


@pytest.mark.parametrize("fusion", FUSIONS)
def test_a_fusion_beats_each_modality_and_not_the_best_possible(fusion, additive):
    X, y, best = additive
    # By hand: 0.7 * (0.6 + 0.4 / 8) + 0.3 / 8.
    assert best.text == best.image == pytest.approx(0.4925)
    found = accuracy(FUSIONS[fusion](X), X, y)
    assert best.text + MARGIN < found < best.both + MARGIN


def test_a_modality_alone_reaches_no_more_than_it_knows(additive):
    X, y, best = additive
    for _, voter in voters(X):
        found = accuracy(voter, X, y)
        assert best.text - 2 * MARGIN < found < best.text + MARGIN


@pytest.mark.parametrize("rule", RULES)
def test_late_fusion_can_not_use_what_only_both_together_know(rule, synergistic):
    X, y, best = synergistic
    assert best.both == 1
    found = accuracy(LateFusionClassifier(voters(X), rule=rule), X, y)
    assert found < 0.5 + MARGIN


def test_shuffled_labels_leave_nothing_to_learn(additive):
    X, y, _ = additive
    shuffled = np.random.default_rng(0).permutation(y)
    method = LateFusionClassifier(voters(X), rule="weighted")
    assert accuracy(method, X, shuffled) < 1 / 8 + MARGIN
