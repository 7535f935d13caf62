"""Metrics of rankings, held to trec_eval's."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest
import pytrec_eval

from mmbench.tasks import Prediction, Target, scores_of
from mmbench.tasks.retrieval import query_scores as counting
from mmbench.tasks.retrieval.metrics import METRICS
from mmbench.tasks.retrieval.query_scores import DIRECTIONS, first_ranks, query_scores

BY_NAME = {metric.name: metric for metric in METRICS}
SIDES = ("text", "image")
TREC = {
    **{f"hit_at_{k}": f"success_{k}" for k in (1, 5, 10)},
    **{f"recall_at_{k}": f"recall_{k}" for k in (1, 5, 10)},
    "mrr": "recip_rank",
    "map": "map",
    "ndcg_at_10": "ndcg_cut_10",
}


def make_target(keys: Any, texts: Any, images: Any, size: int | None = None) -> Target:
    truth = np.column_stack([keys, texts, images, images]).astype(np.int64)
    return Target(truth[:, 0].astype(str), {"gallery_size": size}, truth)


def make_pairs(n: int, n_keys: int, rng: Any) -> tuple[Target, Prediction]:
    """Return captions of pictures, of which several may show the same thing."""
    images = rng.integers(n, size=n)
    keys = rng.integers(n_keys, size=n)[images]
    target = make_target(keys, rng.permutation(n), images)
    text, image = rng.normal(size=(n, 3)), rng.normal(size=(n, 3))[images]
    return target, Prediction({"text": text, "image": image})


def score(name: str, target: Target, prediction: Prediction) -> float:
    found = BY_NAME[name].score(target, prediction)
    assert found is not None
    return found


def as_trec(target: Target, prediction: Prediction, asked: str, wanted: str) -> Any:
    """Return the relevance and the run of one direction, as trec_eval takes them."""
    truth = dict(zip(("key", *SIDES), target.scored.T[:3].tolist(), strict=True))
    rows = {side: {item: i for i, item in enumerate(truth[side])} for side in SIDES}
    keys, qrels, run = truth["key"], {}, {}
    vectors = {side: prediction[side].astype(np.float32) for side in SIDES}
    for query, i in rows[asked].items():
        qrels[f"q{query}"] = {
            f"d{item}": int(keys[j] == keys[i]) for item, j in rows[wanted].items()
        }
        run[f"q{query}"] = {
            f"d{item}": float(vectors[asked][i] @ vectors[wanted][j])
            for item, j in rows[wanted].items()
        }
    return qrels, run


def test_metrics_are_those_of_trec_eval_in_a_thousand_random_cases() -> None:
    rng = np.random.default_rng(0)
    n_several = 0
    for _ in range(500):
        target, prediction = make_pairs(int(rng.integers(2, 20)), 6, rng)
        for asked, wanted in DIRECTIONS:
            qrels, run = as_trec(target, prediction, asked, wanted)
            several = {len([d for d in q.values() if d]) for q in qrels.values()}
            n_several += max(several) > 1
            cuts = {f"map_cut.{n}" for n in several}
            measures = {*TREC.values(), *cuts}
            found = pytrec_eval.RelevanceEvaluator(qrels, measures).evaluate(run)
            prefix = f"{asked}_to_{wanted}_"
            for ours, theirs in TREC.items():
                expected = np.mean([each[theirs] for each in found.values()])
                ours_score = score(f"{prefix}{ours}", target, prediction)
                assert ours_score == pytest.approx(expected, abs=1e-9), ours
            at_r = [
                each[f"map_cut_{sum(qrels[query].values())}"]
                for query, each in found.items()
            ]
            expected = pytest.approx(np.mean(at_r), abs=1e-9)
            assert score(f"{prefix}map_at_r", target, prediction) == expected
    assert n_several > 800


def ranked(ranks: list[int]) -> tuple[Target, Prediction]:
    """Return pairs on a line, so that the text of pair i ranks its picture at a place.

    Each text is a unit vector that is likest to the pictures that go before its own.
    """
    n = len(ranks)
    items = np.arange(n)
    text = np.zeros((n, n))
    for i, rank in enumerate(ranks):
        others = np.delete(items, i)
        text[i, others] = np.where(np.arange(n - 1) < rank - 1, 2.0, 0.5)
        text[i, i] = 1
    return make_target(items, items, items), Prediction(
        {"text": text, "image": np.eye(n)}
    )


def test_ranks_and_hits_are_as_counted_by_hand() -> None:
    target, prediction = ranked([1, 2, 6, 11, 1, 3, 4, 12, 1, 1, 1, 2])
    way = "text_to_image_"
    hand = {
        "hit_at_1": 5 / 12,
        "hit_at_5": 9 / 12,
        "hit_at_10": 10 / 12,
        "mean_rank": 45 / 12,
        "median_rank": 2.0,
        "mrr": (5 + 2 / 2 + 1 / 6 + 1 / 11 + 1 / 3 + 1 / 4 + 1 / 12) / 12,
    }
    for name, expected in hand.items():
        assert score(way + name, target, prediction) == pytest.approx(expected), name
    assert first_ranks(target, prediction, DIRECTIONS[0]).tolist()[:4] == [1, 2, 6, 11]


def test_a_mean_is_that_of_both_directions_and_r_sum_adds_up_six_rates() -> None:
    target, prediction = make_pairs(60, 40, np.random.default_rng(1))
    for name in (*TREC, "median_rank", "mean_rank", "map_at_r"):
        ways = [score(f"{d.name}_{name}", target, prediction) for d in DIRECTIONS]
        assert score(name, target, prediction) == pytest.approx(np.mean(ways)), name
    rates = [score(f"hit_at_{k}", target, prediction) for k in (1, 5, 10)]
    assert score("r_sum", target, prediction) == pytest.approx(200 * sum(rates))


def test_five_captions_are_five_queries_of_one_picture() -> None:
    images = np.repeat(np.arange(4), 5)
    target = make_target(images, np.arange(20), images)
    right = np.eye(4)[images]
    perfect = Prediction({"text": right, "image": right})
    rows = query_scores(target, perfect)
    assert rows.shape == (20, 26)
    assert rows[:, 0].tolist() == [1.0] * 20
    assert rows[:, 13].tolist() == [1.0, 0, 0, 0, 0] * 4
    # True recall at 1 can't be more than a fifth; the hit rate can.
    found = scores_of(METRICS, target, perfect)
    assert found["image_to_text_recall_at_1"] == pytest.approx(0.2)
    assert found["image_to_text_hit_at_1"] == found["text_to_image_hit_at_1"] == 1
    assert found["r_sum"] == pytest.approx(600)


def test_a_constant_embedding_scores_as_all_orders_do_on_average() -> None:
    keys = [0, 0, 1, 2, 2, 2]
    target = make_target(keys, np.arange(6), np.arange(6))
    same = np.ones((6, 2))
    found = scores_of(METRICS, target, Prediction({"text": same, "image": same}))
    qrels = {f"q{i}": {f"d{j}": int(a == b) for j, b in enumerate(keys)}
             for i, a in enumerate(keys)}  # fmt: skip
    evaluator = pytrec_eval.RelevanceEvaluator(qrels, {*TREC.values()})
    orders = list(itertools.permutations([f"d{j}" for j in range(6)]))
    runs = [
        {query: {d: float(place) for place, d in enumerate(order)} for query in qrels}
        for order in orders
    ]
    each = [row for run in runs for row in evaluator.evaluate(run).values()]
    for ours, theirs in TREC.items():
        assert found[ours] == pytest.approx(np.mean([row[theirs] for row in each]))
    # The first of R relevant ones is expected at rank (n + 1) / (R + 1).
    assert found["mean_rank"] == pytest.approx((2 * 7 / 3 + 7 / 2 + 3 * 7 / 4) / 6)


def test_a_missing_cell_is_neither_query_nor_item() -> None:
    target = make_target([0, 1, 2], [0, 1, -1], [0, -1, 2])
    vectors = np.array([[1.0, 0], [0, 1], [0.5, 0.5]])
    rows = query_scores(target, Prediction({"text": vectors, "image": vectors}))
    # Text 1 and picture 2 have nothing to find; what is left finds its own.
    assert rows[:, [0, 13]].tolist() == [[1, 1], [0, 0], [0, 0]]
    assert rows[0, 1] == rows[0, 14] == 1


def test_galleries_of_a_size_take_pictures_in_the_order_of_the_rows() -> None:
    images = np.repeat([4, 2, 9, 0, 7], 2)
    target = make_target(images, np.arange(10), images, size=2)
    rows = [each.tolist() for each in counting.galleries(target)]
    assert rows == [[0, 1, 2, 3], [4, 5, 6, 7]]
    rng = np.random.default_rng(0)
    text, image = rng.normal(size=(10, 3)), rng.normal(size=(10, 3))[images]
    whole = query_scores(target, Prediction({"text": text, "image": image}))
    for some in rows:
        part = make_target(images[some], np.arange(4), images[some])
        alone = query_scores(
            part, Prediction({"text": text[some], "image": image[some]})
        )
        np.testing.assert_array_equal(whole[some], alone)
    assert not whole[8:].any()


def test_a_gallery_larger_than_the_test_rows_is_all_of_them() -> None:
    target = make_target([0, 1], [0, 1], [0, 1], size=1000)
    assert [rows.tolist() for rows in counting.galleries(target)] == [[0, 1]]


def test_all_metrics_share_one_ranking(monkeypatch: pytest.MonkeyPatch) -> None:
    target, prediction = make_pairs(30, 10, np.random.default_rng(0))
    calls = []

    def counted(*args: Any) -> Any:
        calls.append(args)
        return ranks(*args)

    ranks = counting.relevant_ranks
    monkeypatch.setattr(counting, "relevant_ranks", counted)
    scores_of(METRICS, target, prediction)
    assert len(calls) == len(DIRECTIONS)
    other = Prediction({**prediction.arrays, "text": -prediction["text"]})
    assert scores_of(METRICS, target, other) != scores_of(METRICS, target, prediction)
