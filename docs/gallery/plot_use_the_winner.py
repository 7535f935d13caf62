"""
Use the winner
==============

The best method of a run becomes a model: fitted to all rows, saved with a card, loaded
without executing anything, and asked about new rows.
"""

# %%
# Two methods on the small example that ``mmbench example letters`` writes: names of
# letters, and the script that each belongs to. The suite includes ``dummy``, the most
# frequent class, since a method is exported as the best only if it beats the floor.

import tempfile
from pathlib import Path

import matplotlib.pyplot as plt

from mmbench import build_suite, export_model, load_model, read_table, run
from mmbench.datasets.example import write_example

folder = Path(tempfile.mkdtemp())
letters = read_table(write_example(folder / "letters"), target="script", text=["name"])
text = build_suite("text", [letters], cv=3)
suite = text.with_methods(["dummy", "name/tfidf/logistic", "name/bow/logistic"])
results = run(suite, throughput=False, probes=False, retrain="none")
results.leaderboard()[["rank", "method", "accuracy_mean", "f1_macro_mean"]]

# %%
# The model's folder has its weights and facts, a card with scores, verdict and limits,
# and an example. None of it is code that loading would run: types are trusted by name,
# and a changed file is refused.

model_folder = export_model(results.out, folder / "model", suite)
print(*sorted(path.name for path in model_folder.iterdir()), sep="\n")

# %%
# New rows need the columns that the method reads: a file, a DataFrame or a mapping.

model = load_model(model_folder)
new = {"name": ["small alpha with tonos", "capital o with hook", "small ie", None]}
answers = model.predict(new)
answers["label"]

# %%
# The answer has a probability for each class, too. Without a name, they are those of a
# text without any known word.

proba = answers.drop(columns="label").rename(columns=lambda n: n.removeprefix("proba_"))
fig, ax = plt.subplots(figsize=(7, 2.8), layout="constrained")
proba.set_axis(map(str, new["name"])).iloc[::-1].plot.barh(stacked=True, ax=ax)
ax.set(xlabel="probability", xlim=(0, 1))
ax.legend(loc="center left", bbox_to_anchor=(1, 0.5))
plt.show()
