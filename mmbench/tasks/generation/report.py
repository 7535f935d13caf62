"""What only reports of generation show."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from mmbench.presentation.bars import Bar, bars_drawing
from mmbench.presentation.numbers import score_text
from mmbench.tasks.generation.metrics import METRICS, word_value
from mmbench.tasks.generation.texts import TEXT, Scored, tokeniser_of
from mmbench.tasks.generation.word_scores import COLUMNS, word_counts, word_scores
from mmbench.tasks.metric import scores_of
from mmbench.tasks.mistakes import Mistakes
from mmbench.tasks.shown import Note, Shown, Table
from mmbench.tasks.target import Prediction, Target
from mmbench.texts import ORDER, TOKENISERS, padded, reference_lists

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mmbench.presentation.drawing import Drawing
    from mmbench.presentation.sentences import Sentence
    from mmbench.tasks.metric import Metric
    from mmbench.tasks.pooled import PooledPredictions

    Floats = NDArray[np.float64]

__all__ = ["GenerationShown", "people_against_each_other"]

PERSON = "(a person)"
"""What stands in tables for people, whose first texts are scored by the others."""

_OF_WORDS = tuple(
    metric.name for metric in METRICS if metric.contributions is word_scores
)


class GenerationShown(Shown):
    """Scores beside those of people, and n-gram precision."""

    answer = "text"
    table = (
        *("cider_d", "sacrebleu", "chrf", "bleu_1", "bleu_4", "rouge_l"),
        *("distinct_2", "copied"),
    )
    beside = ("bleu_4",)
    floor = "draws a training text at random"
    compares_folds = True
    n_compared = 3
    controls: Mapping[str, str] = MappingProxyType(
        {"image": "incongruent pictures", "video": "incongruent videos"}
    )
    notes = (
        Note(
            "CIDEr-D uses the document frequencies of the references that are "
            "scored together, here those of a fold's test rows, so that scores of "
            "other folds and other sets are not quite comparable. BLEU is taken over "
            "all texts at once, without smoothing. Texts are split into words as in "
            "the Penn Treebank, in lower case and without punctuation, unless the "
            "dataset says otherwise; BLEU (sacrebleu) and chrF see raw texts. The "
            "unranked row {PERSON} of tables scores people's first text against the "
            "others about the same row, so against one reference fewer than methods "
            "have. N-gram precisions are in",
            table="texts",
        ),
    )

    def fact(self, name: str, text: str) -> tuple[str, str]:
        """Explain what the numbers count."""
        words = {"n_references": "references per row", "tokenise": "tokeniser"}
        return words.get(name, name), text

    def mistakes(self, target: Target, prediction: Prediction) -> Mistakes:
        """Return how little each text is like its references."""
        cider = word_scores(target, prediction)[:, COLUMNS["cider_d"]]
        return Mistakes(
            truth=[" | ".join(texts) for texts in reference_lists(target.scored)],
            answer=prediction[TEXT].tolist(),
            error=np.clip(1 - cider / 10, 0, 1),
            suspicion=None,
            rather=[""] * len(cider),
            merit=cider,
        )

    def sentences(
        self, pooled: PooledPredictions, methods: Sequence[str]
    ) -> Iterator[Sentence]:
        """Say what people score against each other, beside the best method."""
        people = people_against_each_other(pooled)
        if people is None:
            return
        best = pooled.sums(methods[0], word_scores)
        of_people, of_best = (
            [score_text(float(word_value(name, sums))) for name in _SAID]
            for sums in (people, best)
        )
        text = (
            f"A person's text against the other references has CIDEr-D {of_people[0]} "
            f"and BLEU-4 {of_people[1]}; the best method has {of_best[0]} and "
            f"{of_best[1]} against all of them."
        )
        yield (text,)

    def figures(
        self, pooled: PooledPredictions, methods: Sequence[str]
    ) -> Iterator[Drawing]:
        """Draw which share of n-grams is right, for methods and for people."""
        sums = {name: pooled.sums(name, word_scores) for name in methods}
        people = people_against_each_other(pooled)
        if people is not None:
            sums[PERSON] = people
        orders = range(1, ORDER + 1)
        yield bars_drawing(
            "precisions",
            [f"{n} word{'s' if n > 1 else ''}" for n in orders],
            {
                name: [Bar(float(word_value(f"precision_{n}", each))) for n in orders]
                for name, each in sums.items()
            },
            x="n-gram precision",
            caption="Share of the n-grams of texts that a reference of their row has "
            "as well, by length: BLEU is the geometric mean of the four, less where "
            "texts are too short.",
        )

    def people(
        self, pooled: PooledPredictions, metrics: Sequence[Metric]
    ) -> Mapping[str, Sequence[Mapping[str, float | None]]]:
        """Score people's first texts against the others about the same row."""
        references = reference_lists(pooled.target.scored)
        if min(map(len, references)) < 2:
            return {}
        folds = []
        for fold in range(pooled.n_folds):
            rows = [references[i] for i in np.flatnonzero(pooled.folds == fold)]
            target = Target(padded([row[1:] for row in rows]), pooled.target.schema)
            first = Prediction({TEXT: np.array([row[0] for row in rows], np.str_)})
            folds.append(scores_of(metrics, target, first))
        return {PERSON: folds}

    def tables(
        self, dataset: str, pooled: PooledPredictions, methods: Sequence[str]
    ) -> Mapping[str, Table]:
        """Return all metrics of words for people and for each method."""
        sums = {
            name: pooled.sums(name, word_scores)
            for name in methods
            if word_scores in pooled.methods[name].counted
        }
        people = people_against_each_other(pooled)
        rows = {**({} if people is None else {PERSON: people}), **sums}
        return {
            "texts": Table(
                ["dataset", "method", *_OF_WORDS],
                [
                    [dataset, name, *(float(word_value(m, each)) for m in _OF_WORDS)]
                    for name, each in rows.items()
                ],
            )
        }


_SAID = ("cider_d", "bleu_4")


def people_against_each_other(pooled: PooledPredictions) -> Floats | None:
    """Return the sums of people's first texts, scored against the others.

    Parameters
    ----------
    pooled : PooledPredictions
        Its folds are counted one by one, as those of methods are.

    Returns
    -------
    ndarray of shape (k,) or None
        None where a row has one reference.
    """
    words = TOKENISERS[tokeniser_of(pooled.target.schema)]
    references = reference_lists(pooled.target.scored)
    if min(map(len, references)) < 2:
        return None
    sums: Floats = np.zeros(len(COLUMNS))
    for fold in range(pooled.n_folds):
        rows = [references[i] for i in np.flatnonzero(pooled.folds == fold)]
        first, others = [row[0] for row in rows], [row[1:] for row in rows]
        sums += word_counts(Scored.of(first, others, words)).sum(axis=0)
    return sums
