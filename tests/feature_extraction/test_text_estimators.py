"""scikit-learn's own checks of the text extractors.

For an estimator that takes no two-dimensional array, ``parametrize_with_checks`` runs
the check of ``clone`` only and warns that it leaves out the rest. Its checks that need
no data are run here one by one; what needs data is ``check_extractor``'s.
"""

import warnings

import pytest
from sklearn.exceptions import SkipTestWarning
from sklearn.utils import estimator_checks
from sklearn.utils.estimator_checks import parametrize_with_checks

from mmbench.feature_extraction import (
    CountVectorizer,
    FastTextVectorizer,
    GloVeVectorizer,
    HashingVectorizer,
    LSTMVectorizer,
    PretrainedWordVectorizer,
    RNNVectorizer,
    SentenceTransformerVectorizer,
    TfidfVectorizer,
    TransformerVectorizer,
    Word2VecVectorizer,
)

ESTIMATORS = [
    CountVectorizer(),
    TfidfVectorizer(),
    HashingVectorizer(),
    Word2VecVectorizer(),
    FastTextVectorizer(),
    GloVeVectorizer(),
    PretrainedWordVectorizer("vectors.txt"),
    LSTMVectorizer(),
    RNNVectorizer(),
    TransformerVectorizer("some/model"),
    SentenceTransformerVectorizer("some/model"),
]
CHECKS_WITHOUT_DATA = [
    estimator_checks.check_estimator_repr,
    estimator_checks.check_estimator_tags_renamed,
    estimator_checks.check_valid_tag_types,
    estimator_checks.check_no_attributes_set_in_init,
    estimator_checks.check_do_not_raise_errors_in_init_or_set_params,
    estimator_checks.check_mixin_order,
    estimator_checks.check_parameters_default_constructible,
    estimator_checks.check_get_params_invariance,
    estimator_checks.check_set_params,
]

with warnings.catch_warnings():
    warnings.simplefilter("ignore", SkipTestWarning)
    with_checks = parametrize_with_checks(ESTIMATORS)


@with_checks
def test_it_passes_what_scikit_learn_runs(estimator, check):
    check(estimator)


@pytest.mark.parametrize("check", CHECKS_WITHOUT_DATA, ids=lambda c: c.__name__)
@pytest.mark.parametrize("estimator", ESTIMATORS, ids=lambda e: type(e).__name__)
def test_it_passes_scikit_learns_checks_that_need_no_data(estimator, check):
    check(type(estimator).__name__, estimator)
