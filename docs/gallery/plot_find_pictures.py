"""
Find the picture for a sentence
===============================

Retrieval ranks a gallery of pictures for each text, and of texts for each picture. The
embedded dataset ``scenes`` has pictures of a few coloured characters, and five
sentences about each.
"""

# %%
# The suite ``retrieval`` maps both sides into a joint space, by canonical correlation
# and other linear maps. Here are two of its maps, over shapes (HOG) and over colours;
# ``random`` is the floor, scored by its expectation.

import matplotlib.pyplot as plt

from mmbench import build_suite, run

methods = ["random", "tfidf+hog/cca-local", "tfidf+color/cca-local"]
suite = build_suite("retrieval").with_methods(methods)
results = run(suite, throughput=False, probes=False, retrain="none")

# %%
# Every metric is given for both directions and as their mean. The hit rate at 10 is
# what papers on pictures call ``R@10``: whether any right picture is among the first
# ten.

board = results.leaderboard("scenes")
columns = ["text_to_image_hit_at_10_mean", "image_to_text_hit_at_10_mean"]
board[["rank", "method", *columns]]

# %%
# Whether shapes find more than colours is a claim about pictures: the five sentences
# about one picture are resampled together.

for sentence in results.verdicts["scenes"][:2]:
    print(sentence)

# %%
# The hit rates as bars; the floor is what a random order scores.

fig, ax = plt.subplots(figsize=(7, 2.8), layout="constrained")
board.set_index("method")[columns].iloc[::-1].plot.barh(ax=ax)
ax.set(xlabel="hit rate at 10", ylabel="")
plt.show()
