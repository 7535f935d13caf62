"""The difference that fusion makes over all datasets of a run, in a sentence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from mmbench.presentation.numbers import p_text
from mmbench.presentation.sentences import Sentence
from mmbench.report.judging.comparisons import Comparison
from mmbench.report.judging.questions import FUSION
from mmbench.report.text.differences import difference_text, signed_text
from mmbench.stats import FEWEST_DATASETS, bayesian_signed_rank, mean_effect
from mmbench.tasks import Metric

__all__ = ["across_sentences"]


def across_sentences(
    comparisons: Sequence[Comparison], metrics: Mapping[str, Metric]
) -> list[Sentence]:
    """Say by how much fusion helps over all datasets, and how probable that is.

    Parameters
    ----------
    comparisons : sequence of Comparison
        Those of all datasets.
    metrics : mapping of str to Metric
        What methods are compared by on each dataset.

    Returns
    -------
    list of Sentence
        Empty when fusion was compared on fewer than three datasets, from which nothing
        follows for others, or by scores that are not shares of one kind.
    """
    asked = [each for each in comparisons if each.question == FUSION]
    is_one_kind = len({each.metric for each in asked}) == 1
    if (
        len(asked) < FEWEST_DATASETS
        or not is_one_kind
        or not metrics[asked[0].dataset].is_share
    ):
        return []
    leads = [each.estimate for each in asked]
    mean, low, high, p_value = mean_effect(leads, [each.error for each in asked])
    found = bayesian_signed_rank(leads, rope=asked[0].rope)
    metric = metrics[asked[0].dataset]
    rope = difference_text(metric, asked[0].rope)
    text = (
        f"Over {len(leads)} datasets, the difference of fusion and the best single "
        f"modality is {signed_text(metric, mean)} points on average (95 % CI "
        f"{signed_text(metric, low)} to {signed_text(metric, high)} for datasets like "
        f"these, {p_text(p_value)}). That fusion is better by more than {rope} has a "
        f"probability of {found.better:.2f}, that they are practically equal of "
        f"{found.equivalent:.2f}, that it is worse by more of {found.worse:.2f} "
        "(Bayesian signed-rank test)."
    )
    return [(text,)]
