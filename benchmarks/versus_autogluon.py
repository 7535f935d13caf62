"""``mmbench run best`` beside AutoGluon's tabular predictor, on equal terms.

Both get the same table, the same training rows, two cores, and as much time:
AutoGluon's limit is what our run took. Pictures are features that were computed
beforehand, so that neither spends time on them. Our answer is that of the suite's
greedy ensemble, which is chosen on training rows. Seeds draw the split of the rows.

AutoGluon lives in an environment of its own (``pip install autogluon.tabular``), given
by its interpreter; so its libraries may be of other versions than ours.

    python benchmarks/versus_autogluon.py mr cr --data DIR --python VENV/bin/python
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy.io import loadmat
from sklearn.metrics import accuracy_score, f1_score
from sklearn.model_selection import train_test_split

from mmbench import ResultStore
from mmbench.datasets import read_table
from mmbench.suites.materials import Materials

MOST_ROWS = 3000

AUTOGLUON = """
import sys
import pandas as pd
from autogluon.tabular import TabularPredictor
folder, limit, presets = sys.argv[1], float(sys.argv[2]), sys.argv[3]
train, test = (pd.read_parquet(f"{folder}/{x}.parquet") for x in ("train", "test"))
predictor = TabularPredictor("label", path=f"{folder}/models", verbosity=0)
predictor.fit(train, time_limit=limit, presets=presets, num_cpus=2, num_gpus=0)
said = predictor.predict(test.drop(columns="label"))
said.astype(str).to_frame("said").to_parquet(f"{folder}/said.parquet")
"""


class Table(NamedTuple):
    """A table with a column ``label``, and what its other columns are."""

    rows: pd.DataFrame
    options: list[str]


def main() -> None:
    """Print a line for each set, seed and way."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("sets", nargs="+", choices=SETS)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--python", type=Path, required=True)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--presets", default="medium_quality")
    given = parser.parse_args()
    for name in given.sets:
        table = SETS[name](given.data)
        for seed in range(given.seeds):
            compare(f"{name} {seed}", table, seed, given)


def compare(where: str, table: Table, seed: int, given: argparse.Namespace) -> None:
    """Run both ways on one split, and print how right they are."""
    rows = table.rows.sample(min(len(table.rows), MOST_ROWS), random_state=seed)
    train, test = train_test_split(
        rows, test_size=0.3, stratify=rows["label"], random_state=seed
    )
    with tempfile.TemporaryDirectory(prefix="autogluon-") as name:
        folder = Path(name)
        start = time.perf_counter()
        ours = of_suite(folder, train, test, table.options)
        taken_s = time.perf_counter() - start
        theirs = of_autogluon(folder, train, test, taken_s, given)
    truth = test["label"].to_numpy()
    for way, said in (("mmbench", ours), (f"AutoGluon {given.presets}", theirs)):
        accuracy, f1 = (
            accuracy_score(truth, said),
            f1_score(truth, said, average="macro"),
        )
        print(
            f"{where:14} {way:26} accuracy {accuracy:.4f}, macro-F1 {f1:.4f}, "
            f"{taken_s:.0f} s",
            flush=True,
        )


def of_suite(
    folder: Path, train: pd.DataFrame, test: pd.DataFrame, options: list[str]
) -> pd.Series:
    """Return what the greedy ensemble of the suite ``best`` answers, in test order."""
    both = pd.concat([train.assign(split="train"), test.assign(split="test")])
    both.reset_index(drop=True).to_parquet(folder / "table.parquet")
    command = [sys.executable, "-m", "mmbench", "run", "best", "--quiet"]
    command += ["--data", str(folder / "table.parquet"), "--target", "label"]
    command += ["--split", "split", "--method", "*/portfolio/greedy", *options]
    command += ["--no-throughput", "--retrain", "none", "--jobs", "2"]
    command += ["--out", str(folder / "out"), "--cache", str(folder / "cache")]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    store = ResultStore(folder / "out")
    (key,) = store.records()
    answers = store.predictions(key)
    order = np.argsort(answers.sample_ids)
    return answers.classes[answers.label][order]


def of_autogluon(
    folder: Path,
    train: pd.DataFrame,
    test: pd.DataFrame,
    limit_s: float,
    given: argparse.Namespace,
) -> pd.Series:
    """Return what AutoGluon answers after as much time."""
    train.to_parquet(folder / "train.parquet")
    test.to_parquet(folder / "test.parquet")
    subprocess.run(
        [given.python, "-c", AUTOGLUON, folder, str(limit_s), given.presets],
        check=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    return pd.read_parquet(folder / "said.parquet")["said"]


def sentences(data: Path, *names: str) -> Table:
    """Return texts of JSON lines."""
    rows = pd.concat([pd.read_json(data / "text" / n, lines=True) for n in names])
    rows["label"] = "c" + rows["label"].astype(str)
    return Table(rows[["text", "label"]], ["--text", "text"])


def reviews(data: Path) -> Table:
    """Return the customer reviews, a label and a text a line."""
    path = data / "text" / "sentconv" / "custrev.all"
    lines = path.read_text(errors="replace").splitlines()
    pairs = [line.split(" ", 1) for line in lines if line.strip()]
    rows = pd.DataFrame(pairs, columns=["label", "text"])
    rows["label"] = "c" + rows["label"]
    return Table(rows, ["--text", "text"])


def views(parts: dict[str, np.ndarray], labels: np.ndarray) -> Table:
    """Return numbers in several views."""
    columns = {
        f"{name}_{i}": part[:, i].astype(float)
        for name, part in parts.items()
        for i in range(part.shape[1])
    }
    rows = pd.DataFrame(columns)
    rows["label"] = [f"c{each}" for each in labels]
    named = [x for name in parts for x in ("--view", f"{name}={name}_*")]
    return Table(rows, named)


def mfeat(data: Path) -> Table:
    """Return six views of handwritten digits."""
    stored = np.load(data / "multiview" / "mfeat.npz")
    names = ("fac", "fou", "kar", "mor", "pix", "zer")
    return views({name: stored[name] for name in names}, stored["y"])


def leaves(data: Path) -> Table:
    """Return three views of leaves."""
    stored = loadmat(data / "multiview" / "100Leaves.mat")
    parts = {f"v{i}": part for i, part in enumerate(stored["X"].ravel())}
    return views(parts, stored["y"].ravel())


def spoken(data: Path) -> Table:
    """Return coefficients of spoken digits as one view."""
    stored = np.load(data / "fsdd" / "mfcc13x12.npz")
    return views({"mfcc": stored["X"]}, stored["digit"])


def products(data: Path) -> Table:
    """Return names of products, and a network's features of their pictures."""
    path = data / "flipkart1050" / "products.csv"
    dataset = read_table(path, target="category", text=["name"], image=["image"])
    samples = dataset.load()
    network = {"efficientnet_lite0": "default"}
    materials = Materials(modalities={"image": "image"}, weights=network)
    extractor = materials.features("image", "efficientnet_lite0")
    found = views({"photo": extractor.fit_transform(samples.X)}, samples.y)
    rows = found.rows.assign(name=samples.X["name"].to_numpy())
    return Table(rows, ["--text", "name", *found.options])


SETS: dict[str, Callable[[Path], Table]] = {
    "mr": lambda data: sentences(data, "mr_train.jsonl.gz", "mr_test.jsonl.gz"),
    "r8": lambda data: sentences(data, "r8_train.jsonl.gz", "r8_test.jsonl.gz"),
    "cr": reviews,
    "mfeat": mfeat,
    "leaves": leaves,
    "spoken": spoken,
    "products": products,
}


if __name__ == "__main__":
    main()
