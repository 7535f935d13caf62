"""The most memory that question answering takes at the size of VQA v2.

Half of the questions are test rows; a thousand answers are chosen among. Naive Bayes
over bags of words, twice, the prior of questions, and the late fusion of all three are
run by one worker. Printed are the most memory that the driver and the worker held, each
by itself, and both at once, and what the cache and the results take on the disk.

    python benchmarks/many_answers.py
    python benchmarks/many_answers.py --questions 10000
"""

from __future__ import annotations

import argparse
import contextlib
import tempfile
import threading
import time
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
import psutil
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.naive_bayes import MultinomialNB
from sklearn.pipeline import Pipeline

from mmbench.datasets import Dataset, Samples
from mmbench.engine import make_plan, run
from mmbench.fusion import LateFusionClassifier, branch
from mmbench.suite import Suite
from mmbench.tasks import get_task
from mmbench.tasks.answering.estimators import QuestionPrior
from mmbench.tasks.answering.references import answer_target

N_ANSWERS = 1000


def load(n: int) -> Samples:
    """Return questions whose first words say the answer, amid others at random."""
    rng = np.random.default_rng(0)
    shares = 1 / np.arange(1, N_ANSWERS + 1)
    answers = rng.choice(N_ANSWERS, n, p=shares / shares.sum()).tolist()
    noise = rng.integers(0, 3000, (n, 4)).tolist()
    texts = [
        f"what is w{answer % 97} x{answer // 97} n{' n'.join(map(str, words))}"
        for answer, words in zip(answers, noise, strict=True)
    ]
    target = answer_target([[f"a{answer}"] * 3 for answer in answers])
    split = np.array(["train", "test"])[np.arange(n) % 2]
    X = pd.DataFrame({"question": texts})
    return Samples(X, target.y, truth=target.truth, split=split)


def words(alpha: float) -> Pipeline:
    """Return a quick classifier of questions."""
    return branch("question", CountVectorizer(), MultinomialNB(alpha=alpha))


def suite(n: int) -> Suite:
    """Return single methods and their fusion on so many questions."""
    dataset = Dataset(
        name="asked",
        version="1",
        source="made up",
        licence="CC0-1.0",
        modalities={"question": "text"},
        load=partial(load, n),
        checksum=str(n),
        has_split=True,
        task=get_task("answering"),
    )
    single = {
        "words": words(0.1),
        "smooth words": words(0.5),
        "prior": branch("question", QuestionPrior()),
    }
    late = LateFusionClassifier([*single.items()], rule="product")
    return Suite(name="many", datasets=[dataset], methods={**single, "late": late})


def watch(peaks: dict[str, int]) -> None:
    """Keep the most memory that this process and its workers hold."""
    driver = psutil.Process()
    while True:
        both = 0
        for each in [driver, *driver.children(recursive=True)]:
            with contextlib.suppress(psutil.Error):
                held = each.memory_full_info()
                name = "driver" if each.pid == driver.pid else "worker"
                peaks[name] = max(peaks.get(name, 0), held.uss)
                both += held.pss
        peaks["both"] = max(peaks.get("both", 0), both)
        time.sleep(0.1)


def main() -> None:
    """Run the methods, and print what they took."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--questions", type=int, default=100_000)
    n = parser.parse_args().questions
    peaks: dict[str, int] = {}
    threading.Thread(target=watch, args=(peaks,), daemon=True).start()
    plan = make_plan(suite(n))
    with tempfile.TemporaryDirectory(prefix="many-") as name:
        places = {part: Path(name) / part for part in ("results", "cache")}
        after = {"throughput": False, "probes": False, "retrain": "none"}
        how = {"cache": places["cache"], "jobs": 1, **after}
        for record in run(plan, places["results"], **how):
            print(record.method, record.status, record.scores["vqa_accuracy"])
        for part, folder in places.items():
            files = [file for file in folder.rglob("*") if file.is_file()]
            peaks[part] = sum(file.stat().st_size for file in files)
    for part, n_bytes in peaks.items():
        print(f"{part}: {n_bytes / 1e9:.2f} GB")


if __name__ == "__main__":
    main()
