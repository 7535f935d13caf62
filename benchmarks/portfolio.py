"""Derive the members of the suite ``best`` from results, and not by taste.

A method's regret on a dataset is how far its main score is behind the best there, in
standard errors over folds, ten at most; below one, it is within noise. The portfolio is
chosen greedily: each step adds the method that takes most off the mean, over datasets,
of the smallest regret in the portfolio; among those that take off nearly as much, the
cheapest. It ends when nothing takes off more than a hundredth. Methods are the same
where only their columns' names differ.

    python benchmarks/portfolio.py OUT...       # folders of ``mmbench run full``
    make portfolio                              # the reference reports

Fusions of a greedy ensemble's own members are left out: it joins them itself.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import pandas as pd

MOST = 12
MOST_REGRET = 10.0
NEARLY = 0.9
LEAST_GAIN = 0.01


def main() -> None:
    """Print the chosen methods, what each takes off, and what it costs."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folders", nargs="+", type=Path)
    table = pd.concat([results(each) for each in parser.parse_args().folders])
    regret = table.pivot_table("regret", "method", "dataset", aggfunc="min")
    cost = table.groupby("method")["cost_s"].mean()
    print(f"{len(regret)} methods, {regret.shape[1]} datasets")
    print(f"{'method':60} {'regret left':>11} {'seconds':>8}")
    for name, left in chosen(regret, cost):
        print(f"{name:60} {left:11.2f} {cost[name]:8.2f}")


def results(folder: Path) -> pd.DataFrame:
    """Return regret and cost of every ranked method of a results folder."""
    table = pd.read_csv(folder / "tables" / "methods.csv")
    table = table[table["n_ok"] == table["n_planned"]]
    table = table[~table["fusion"].isin(["late", "stacked", "hybrid", "greedy"])]
    metric = "f1_macro" if "f1_macro_mean" in table else "r2"
    score, spread = table[f"{metric}_mean"], table[f"{metric}_std"]
    noise = (spread / np.sqrt(table["n_ok"])).clip(lower=1e-3)
    best = score.groupby(table["dataset"]).transform("max")
    paths = table["method"].str.split("/", n=1).str
    return pd.DataFrame(
        {
            "dataset": table["dataset"],
            "method": table["modalities"] + "/" + paths[1].fillna(""),
            "regret": ((best - score) / noise).clip(upper=MOST_REGRET),
            "cost_s": table["fit_time_s_mean"] + table["predict_time_s_mean"],
        }
    )


def chosen(regret: pd.DataFrame, cost: pd.Series) -> list[tuple[str, float]]:
    """Return the portfolio in the order of choice, with the mean regret that is left.

    A method that was not run on a dataset takes nothing off there.
    """
    of_methods = regret.fillna(np.inf)
    worst = regret.max()
    left, found = worst.to_numpy(), []
    while len(found) < MOST:
        after = np.minimum(of_methods.to_numpy(), left).mean(axis=1)
        gain = pd.Series(left.mean() - after, regret.index)
        if gain.max() <= LEAST_GAIN:
            break
        name = cost[gain[gain >= NEARLY * gain.max()].index].idxmin()
        left = np.minimum(of_methods.loc[name].to_numpy(), left)
        found.append((name, float(left.mean())))
    return found


if __name__ == "__main__":
    main()
