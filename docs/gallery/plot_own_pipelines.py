"""
Compare two pipelines of your own
=================================

Any scikit-learn classifier over a DataFrame is a method. ``compare_methods`` takes a
table, the columns and a mapping of pipelines, and answers with a head-to-head.
"""

# %%
# The table can be a DataFrame, a file, or a mapping of columns. This one is the small
# example that ``mmbench example letters`` writes.

import tempfile
from pathlib import Path

import pandas as pd
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import MultinomialNB
from sklearn.pipeline import make_pipeline

from mmbench import compare_methods
from mmbench.datasets.example import write_example

letters = pd.read_csv(write_example(Path(tempfile.mkdtemp()) / "letters"))
letters.head()

# %%
# A pipeline is given the column of texts alone, since there is only one.

methods = {
    "bayes": make_pipeline(CountVectorizer(), MultinomialNB()),
    "logistic": make_pipeline(TfidfVectorizer(sublinear_tf=True), LogisticRegression()),
}
results = compare_methods(
    letters, target="script", text=["name"], methods=methods, retrain="none"
)
results.leaderboard()[["rank", "method", "accuracy_mean", "f1_macro_mean"]]

# %%
# With two methods, the verdict is about these two.

print("\n".join(next(iter(results.verdicts.values()))))
