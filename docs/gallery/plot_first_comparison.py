"""
Does the picture help?
======================

The first question of a multimodal benchmark: is a method that sees both modalities
better than the best that sees one? The embedded dataset ``glyphs`` has a picture of
each character and its Unicode name; the target is the script that it belongs to.
"""

# %%
# A suite is datasets, methods, splits and seeds. ``build_suite`` puts a built-in one
# together for the given columns; ``with_methods`` keeps the methods whose names
# match a pattern. These need no network, so the page builds in seconds.

import matplotlib.pyplot as plt

from mmbench import build_suite, run

fusion = build_suite("fusion", cv=3)
suite = fusion.with_methods(
    ["dummy", "text/tfidf/*", "image/hog/*", "text+image/tfidf+hog/late-*"]
)
list(suite.methods)

# %%
# Running it computes every piece of work once: the TF-IDF features of a fold serve
# the single modality and each fusion. The results go to a temporary folder here; with
# ``out="results/"`` they stay, and the same call resumes an interrupted run.

results = run(suite, throughput=False, probes=False, retrain="none")
board = results.leaderboard("glyphs")
board[["rank", "method", "f1_macro_mean", "f1_macro_std", "fit_time_s_mean"]]

# %%
# A rank is not yet a difference. The verdicts say which differences are significant,
# with an interval and a p-value corrected for choosing the best of each side.

for sentence in results.verdicts["glyphs"][:2]:
    print(sentence)

# %%
# Every column of the leaderboard is a column of a DataFrame, to plot as you like. The
# whiskers are standard deviations over the folds, not intervals.

fig, ax = plt.subplots(figsize=(7, 3.2), layout="constrained")
shown = board.iloc[::-1]
ax.errorbar(
    shown["f1_macro_mean"], shown["method"], xerr=shown["f1_macro_std"], fmt="o"
)
ax.set_xlabel("macro-F1, mean and standard deviation over folds")
plt.show()
