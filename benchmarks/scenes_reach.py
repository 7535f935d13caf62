"""How close the methods of a run come to the best hit rates that ``scenes`` allows.

    mmbench run retrieval --dataset scenes --out OUT
    python benchmarks/scenes_reach.py OUT

Each fold has best rates of its own, since a caption that fits two pictures is only
ambiguous where both are in the gallery. Printed are means over folds: the hit rate at 1
in each direction, and the mean of both as a share of the best one.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from pathlib import Path

import numpy as np

from mmbench.datasets.scenes import SETTING, best_hit_rates, make_scenes
from mmbench.results import ResultStore

WAYS = ("text_to_image", "image_to_text")


def main() -> None:
    """Print a line a method, the closest one first."""
    store = ResultStore(Path(sys.argv[1]))
    samples, known = make_scenes(**SETTING)
    best: dict[tuple[int, int], np.ndarray] = {}
    found: dict[str, list[np.ndarray]] = defaultdict(list)
    for record in store.records().values():
        if record.dataset != "scenes" or record.status != "ok":
            continue
        fold = record.seed, record.fold
        if fold not in best:
            ids = store.predictions(record.key).sample_ids
            best[fold] = np.array(
                best_hit_rates(known, samples.X.index.get_indexer(ids))
            )
        rates = [float(record.scores[f"{way}_hit_at_1"] or 0) for way in WAYS]
        share = np.mean(rates) / best[fold].mean()
        found[record.method].append(np.array([*rates, share]))
    print("best possible:", np.mean(list(best.values()), axis=0).round(3))
    means = {method: np.mean(each, axis=0) for method, each in found.items()}
    for method, mean in sorted(means.items(), key=lambda each: -each[1][-1]):
        print(f"{mean[0]:.3f}  {mean[1]:.3f}  {mean[2]:.1%}  {method}")


if __name__ == "__main__":
    main()
