"""
Write a caption for a picture
=============================

Captioning writes a text about each picture. The embedded dataset ``scene_captions``
has pictures of one to three coloured characters, and five sentences that people could
have written about each.
"""

# %%
# Cheap methods write what was written about similar pictures: the first sentence of
# the nearest one, or of all sentences about the nearest ones that which agrees best
# with the others. ``random`` takes any sentence of the training rows.

import matplotlib.pyplot as plt
import numpy as np
from sklearn.model_selection import train_test_split

from mmbench import build_suite, run
from mmbench.datasets import get_dataset

suite = build_suite("captioning")
nearest = next(name for name in suite.methods if name.endswith("/nearest"))
consensus = nearest.replace("/nearest", "/consensus-cider")
suite = suite.with_methods(["random", nearest, consensus])
results = run(suite, throughput=False, probes=False, retrain="none")

# %%
# CIDEr-D counts the words that a text shares with the five sentences, rare ones more.

board = results.leaderboard("scene_captions")
board[["rank", "method", "cider_d_mean", "bleu_4_mean"]]

# %%
# Whether agreement writes better captions than the nearest picture alone:

for sentence in results.verdicts["scene_captions"][:2]:
    print(sentence)

# %%
# The same method is a scikit-learn estimator. Here it is fitted to four fifths of the
# pictures, and asked about the others.

samples = get_dataset("scene_captions").load()
train, test = train_test_split(np.arange(len(samples.y)), test_size=0.2, random_state=0)
model = suite.methods[consensus]
model.fit(samples.X.iloc[train], [samples.y[row] for row in train])
written = model.predict(samples.X.iloc[test[:4]])

fig, axes = plt.subplots(2, 2, figsize=(7, 4.4), layout="constrained")
for ax, row, text in zip(axes.flat, test, written, strict=False):
    ax.imshow(samples.X["image"].iloc[row])
    ax.set_title(text, fontsize=9, wrap=True)
    ax.axis("off")
plt.show()
