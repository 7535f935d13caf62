"""
Add an extractor
================

An extractor is a scikit-learn transformer of one column. This one counts how many
letters, digits and other characters a text has; ``check_extractor`` proves that it
keeps the rules, and a branch makes it part of a method.
"""

# %%
# ``__init__`` only assigns. A missing text becomes a row of zeros. ``row_wise`` says
# that each row is treated alone and nothing is learned, so the engine runs it once,
# whatever the folds.

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.linear_model import LogisticRegression
from sklearn.utils.validation import check_is_fitted

from mmbench import Suite, get_dataset, run
from mmbench.columns import is_missing
from mmbench.feature_extraction import TfidfVectorizer
from mmbench.fusion import branch, early_fusion
from mmbench.testing import check_extractor


class CharacterCounts(TransformerMixin, BaseEstimator):
    """Count the kinds of characters in a text."""

    row_wise = True

    def fit(self, X, y=None):
        self.n_features_out_ = 3
        return self

    def transform(self, X):
        check_is_fitted(self)
        texts = np.asarray(X, dtype=object).reshape(-1)
        return np.array([self._counts(text) for text in texts], dtype=float)

    def _counts(self, text):
        if is_missing(text):
            return [0, 0, 0]
        letters = sum(map(str.isalpha, text))
        digits = sum(map(str.isdigit, text))
        return [letters, digits, len(text) - letters - digits]


check_extractor(CharacterCounts(), ["red hat", "4 shoes", "blue"])

# %%
# Alone, beside TF-IDF, and TF-IDF alone:

counts = branch("text", CharacterCounts())
words = branch("text", TfidfVectorizer())
methods = {
    "counts": branch("text", CharacterCounts(), LogisticRegression(max_iter=1000)),
    "words": branch("text", TfidfVectorizer(), LogisticRegression()),
    "both": early_fusion([("counts", counts), ("words", words)], LogisticRegression()),
}
suite = Suite(name="mine", datasets=[get_dataset("glyphs")], methods=methods, cv=3)
results = run(suite, debug=True, throughput=False, probes=False, retrain="none")
results.leaderboard()[["rank", "method", "accuracy_mean", "f1_macro_mean"]]
