"""Ranking a gallery with all metrics, beside the bare products and top k in numpy.

    python benchmarks/retrieval_ranking.py [--queries N] [--items N] [--dimensions N]

Both do one direction, on the same random embeddings, in blocks of the same size; `bare`
is one product and one ``argpartition`` a block, sorted: what finds the first 50 items
and knows no rank behind them. The ratio should be at most 2, and memory at most 1 GB
over that of the embeddings.
"""

from __future__ import annotations

import argparse
import resource
import time
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_info

from mmbench.tasks.retrieval.query_scores import score_queries
from mmbench.tasks.retrieval.ranking import relevant_ranks

Floats = NDArray[np.float32]
K, BLOCK_BYTES = 50, 2**26


def bare(queries: Floats, gallery: Floats) -> float:
    """Return the sum of the first items' similarities, so that both have a result."""
    size, total = max(1, BLOCK_BYTES // (4 * len(gallery))), 0.0
    for start in range(0, len(queries), size):
        similarity = queries[start : start + size] @ gallery.T
        first = np.argpartition(-similarity, K, axis=1)[:, :K]
        found = np.take_along_axis(similarity, first, axis=1)
        total += float(np.sort(found, axis=1)[:, ::-1].sum())
    return total


def ranked(
    queries: Floats, gallery: Floats, asked: NDArray[np.intp], keys: NDArray[np.intp]
) -> float:
    """Return the sum of all scores."""
    blocks = relevant_ranks(queries, gallery, asked, keys)
    return sum(float(score_queries(block).sum()) for block in blocks)


def timed(work: Callable[[], float], repeats: int) -> float:
    """Return the least time of several runs, in seconds."""
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return min(times)


def main() -> None:
    """Time both, for one, five and a tenth of the gallery relevant to a query."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    for name, default in (
        *(("queries", 10_000), ("items", 50_000)),
        *(("dimensions", 256), ("repeats", 3)),
    ):
        parser.add_argument(f"--{name}", type=int, default=default)
    given = parser.parse_args()
    rng = np.random.default_rng(0)
    queries, gallery = (
        rng.normal(size=(n, given.dimensions)).astype(np.float32)
        for n in (given.queries, given.items)
    )
    print(f"threads: {[pool['num_threads'] for pool in threadpool_info()]}")
    floor = timed(lambda: bare(queries, gallery), given.repeats)
    print(f"bare: {floor:.2f} s for {given.queries:,} x {given.items:,}")
    for n_relevant in (1, 5, given.items // 10):
        n_keys = max(1, given.items // n_relevant)
        keys = np.arange(given.items) % n_keys
        asked = np.arange(given.queries) % n_keys

        def work(
            asked: NDArray[np.intp] = asked, keys: NDArray[np.intp] = keys
        ) -> float:
            return ranked(queries, gallery, asked, keys)

        time_s = timed(work, given.repeats)
        print(f"{n_relevant:,} relevant: {time_s:.2f} s, {time_s / floor:.2f} x bare")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(f"peak memory: {peak:.2f} GiB")


if __name__ == "__main__":
    main()
