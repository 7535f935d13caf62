"""What holds over all datasets of a run, in a sentence."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from mmbench.report.comparisons import FUSION, Comparison
from mmbench.report.sentences import Sentence
from mmbench.stats import bayesian_signed_rank

__all__ = ["across_sentences"]

# Less than a point is no matter to anybody.
_ROPE = 0.01


def across_sentences(comparisons: Sequence[Comparison]) -> list[Sentence]:
    """Say how probable it is that fusion helps, over all datasets.

    Parameters
    ----------
    comparisons : sequence of Comparison
        Those of all datasets.

    Returns
    -------
    list of Sentence
        Empty when fusion was compared on fewer than two datasets.
    """
    leads = [each.estimate for each in comparisons if each.question == FUSION]
    if len(leads) < 2:
        return []
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
