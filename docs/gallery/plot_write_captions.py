"""
Write a caption for a picture
=============================

Captioning writes a text about each picture. The embedded dataset ``scene_captions``
has 600 pictures of one to three coloured signs, no two of which show the same, and five
captions of each in other words, which may leave something out.
"""

# %%
# Cheap methods write what was said of other pictures. ``nearest`` takes the first
# caption of the most similar one; ``consensus-cider`` takes, of all captions of the
# most similar ones, the one that agrees best with the others; ``joint-cca`` does so
# among the captions that lie nearest in a space of pictures and texts. ``random``, the
# floor, takes any caption.

import matplotlib.pyplot as plt
from sklearn.base import clone
from sklearn.model_selection import train_test_split

from mmbench import build_suite, get_dataset, run

methods = ["nearest", "consensus-cider", "joint-cca"]
suite = build_suite("captioning")
suite = suite.with_methods(["random", *(f"image/early/{each}" for each in methods)])
results = run(suite, throughput=False, probes=False, retrain="none")

# %%
# CIDEr-D is about the runs of words that a text shares with the five captions, rare
# ones counting more. Under BLEU-4 all count alike, so any caption scores.

board = results.leaderboard("scene_captions")
board[["rank", "method", "cider_d_mean", "bleu_4_mean"]]

# %%
# By how much the best one is better than the others:

for sentence in results.verdicts["scene_captions"][:2]:
    print(sentence)

# %%
# The best method as a scikit-learn estimator: fitted to four fifths of the pictures, it
# is asked about the others. Every text was written about another picture, so it is well
# formed, and mostly wrong in part. In grey, what a person could have said.

samples = get_dataset("scene_captions").load()
X, X_test, y, y_test = train_test_split(
    samples.X, samples.y, test_size=0.2, random_state=0
)
model = clone(suite.methods[board["method"].iloc[0]]).fit(X, y)
shown = X_test.iloc[:4]

fig, axes = plt.subplots(2, 2, figsize=(7, 6.6), layout="constrained")
for ax, picture, text, captions in zip(
    axes.flat, shown["image"], model.predict(shown), y_test, strict=False
):
    ax.imshow(picture)
    ax.set(xticks=[], yticks=[])
    ax.set_title(text, fontsize=9, wrap=True)
    ax.set_xlabel(captions[0], fontsize=9, wrap=True, color="grey")
plt.show()
