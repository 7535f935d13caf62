"""What holds over all datasets of a run, in a sentence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from mmbench.presentation.sentences import Sentence
from mmbench.report.judging.comparisons import FUSION, Comparison
from mmbench.stats import bayesian_signed_rank
from mmbench.tasks import Metric

__all__ = ["across_sentences"]

# Less than a point is no matter to anybody.
_ROPE = 0.01


def across_sentences(
    comparisons: Sequence[Comparison], metrics: Mapping[str, Metric]
) -> list[Sentence]:
    """Say how probable it is that fusion helps, over all datasets.

    Parameters
    ----------
    comparisons : sequence of Comparison
        Those of all datasets.
    metrics : mapping of str to Metric
        What methods are compared by on each dataset.

    Returns
    -------
    list of Sentence
        Empty when fusion was compared on fewer than two datasets, or by scores that are
        no shares of one kind.
    """
    asked = [each for each in comparisons if each.question == FUSION]
    is_one_kind = len({each.metric for each in asked}) == 1
    if len(asked) < 2 or not is_one_kind or not metrics[asked[0].dataset].is_share:
        return []
    leads = [each.estimate for each in asked]
    found = bayesian_signed_rank(leads, rope=_ROPE)
    mean = f"{100 * np.mean(leads):.1f}".replace("-", "\N{MINUS SIGN}")
    text = (
        f"Over {len(leads)} datasets, fusion adds {mean} points to the best single "
        f"modality on average. That it is better by more than a point has a "
        f"probability of {found.better:.2f}, that they are practically equal of "
        f"{found.equivalent:.2f}, that it is worse by more of {found.worse:.2f} "
        "(Bayesian signed-rank test)."
    )
    return [(text,)]
