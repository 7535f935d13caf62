"""Stacked fusion is scikit-learn's stacking over whole methods."""

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_predict

from mmbench.fusion import stacked_fusion


def test_the_final_classifier_learns_from_probabilities_out_of_fold(table, voters):
    X, y = table
    method = stacked_fusion(voters, LogisticRegression(), cv=4).fit(X, y)

    def features(probas):
        # Of two columns that sum to one, the second says it all.
        return np.hstack([p[:, 1:] if p.shape[1] == 2 else p for p in probas])

    oof = [cross_val_predict(v, X, y, cv=4, method="predict_proba") for _, v in voters]
    final = LogisticRegression().fit(features(oof), y)
    fitted = [voter.fit(X, y).predict_proba(X) for _, voter in voters]
    np.testing.assert_allclose(
        method.predict_proba(X), final.predict_proba(features(fitted))
    )
