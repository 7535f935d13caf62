"""
Read a verdict
==============

A verdict names two methods, their difference, an interval and a p-value. This page
takes one apart, and then asks about two methods chosen beforehand.
"""

# %%
# The embedded dataset ``synthetic`` has texts and small pictures with known amounts of
# information. Here are both alone, and two late fusions of them.

import matplotlib.pyplot as plt

from mmbench import build_suite, get_dataset, run

synthetic = get_dataset("synthetic")
fusion = build_suite("fusion", [synthetic], cv=3)
suite = fusion.with_methods(["dummy", "*/tfidf/*", "*/color/*", "*/tfidf+color/late-*"])
results = run(suite, throughput=False, probes=False, retrain="none")

main, *_ = results.verdicts["synthetic"]
print(main.replace(". ", ".\n"))

# %%
# - **No significant difference**: the interval includes 0. Had it been wholly within
#   ±1 point, the verdict would be "equivalent"; that is a finding, this one is not.
# - **Points** are hundredths of macro-F1, of the answers of all folds together: the
#   best method of one side less the best of the other.
# - **These fitted models**: the interval covers new samples, but not new training runs.
#   Without ``retrain="none"``, methods are also retrained where that is cheap.
# - **Corrected for the selection**: the best of several methods looks better than it
#   is, so interval and p-value allow for choosing it, and for further comparisons.
# - **Right only with**: all other answers are equally right or wrong, and say nothing.
# - **80 % power**: how large a difference this much data would have shown.
#
# Fold by fold, the two methods of the verdict hardly differ:

scores = results.to_frame().pivot(index="method", columns="fold", values="f1_macro")
shown = scores.loc[[m for m in scores.index if m != "dummy"]]

fig, ax = plt.subplots(figsize=(7, 2.6), layout="constrained")
for fold in shown:
    ax.plot(shown[fold], shown.index, "o", label=f"fold {fold}")
ax.set_xlabel("macro-F1")
ax.legend()
plt.show()

# %%
# Two methods that were chosen before looking at scores need no correction. With two
# methods in a run, the verdict is about these two; on the command line,
# ``mmbench versus OUT A B`` asks the same of any run.

pair = suite.with_methods(["text/tfidf/*", "image/color/*"])
duel = run(pair, throughput=False, probes=False, retrain="none")
print(duel.verdicts["synthetic"][0].replace(". ", ".\n"))
