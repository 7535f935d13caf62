"""
What if a text is missing?
==========================

Real tables have gaps. A method is a scikit-learn estimator over a DataFrame, so it can
be fitted once and asked about rows whose texts were taken away.
"""

# %%
# Three methods on ``synthetic``: the text alone, and an early and a late fusion of text
# and picture. ``load`` returns the samples, whose ``X`` has a column per modality. A
# few pictures are missing from the start; their features are imputed.

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split

from mmbench import get_dataset
from mmbench.feature_extraction import ColorHistogramExtractor, TfidfVectorizer
from mmbench.fusion import LateFusionClassifier, branch, early_fusion

samples = get_dataset("synthetic").load()
X, X_test, y, y_test = train_test_split(
    samples.X, samples.y, stratify=samples.y, random_state=0
)

words = [TfidfVectorizer()]
colours = [ColorHistogramExtractor(), SimpleImputer()]
text = branch("text", *words, LogisticRegression())
picture = branch("image", *colours, LogisticRegression(max_iter=1000))
branches = [("text", branch("text", *words)), ("image", branch("image", *colours))]
methods = {
    "text alone": text,
    "early": early_fusion(branches, LogisticRegression(max_iter=1000)),
    "late": LateFusionClassifier([("text", text), ("image", picture)]),
}

# %%
# Texts of more and more test rows become None. Early fusion sees a row of zeros there;
# late fusion leaves out the vote of the text, and the picture decides alone.

order = np.random.default_rng(0).permutation(len(X_test))
shares = [0, 0.25, 0.5, 0.75, 1]


def without_texts(X, share):
    gone = np.isin(np.arange(len(X)), order[: int(share * len(X))])
    return X.assign(text=X["text"].where(~gone, None))


curves = pd.DataFrame(index=pd.Index(shares, name="share of rows without a text"))
for name, method in methods.items():
    method.fit(X, y)
    curves[name] = [method.score(without_texts(X_test, s), y_test) for s in shares]
curves.round(3)

# %%
# A run draws such curves for the best method of each kind of fusion, over all folds and
# for every modality. Pass ``probes=False``, or ``--no-ablation``, to skip that.

fig, ax = plt.subplots(figsize=(7, 3), layout="constrained")
curves.plot(ax=ax, marker="o", ylabel="accuracy")
plt.show()
