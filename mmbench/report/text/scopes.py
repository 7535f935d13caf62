"""What comparisons are about: fitted models, or the retrained methods."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mmbench.presentation.sentences import Sentence

if TYPE_CHECKING:
    from mmbench.report.judging.trained_anew import TrainedAnew

__all__ = ["scope_sentence"]

_FITTED = (
    "These comparisons are of the fitted models on new samples; variation from "
    "retraining is not covered"
)
_TRAINED_ON = {
    "parts": "random parts of the data",
    "bootstrap": "bootstrap samples of the training rows",
}


def scope_sentence(retrained: TrainedAnew | None, reason: str = "") -> Sentence:
    """Say what the comparisons on a dataset are about.

    Parameters
    ----------
    retrained : TrainedAnew or None
        What is known of retrained methods.
    reason : str, default=""
        Why nothing is.

    Returns
    -------
    Sentence
        One or two sentences.
    """
    if retrained is None:
        return (f"{_FITTED}{f': {reason}' if reason else ''}.",)
    text = (
        '"With retraining" is about the methods: it includes the variation of '
        "scores with training samples and seeds, from "
        f"{retrained.n_fits:,} fits of each of {len(retrained.methods)} methods to "
        f"{_TRAINED_ON[retrained.kind]}. All else is about these fitted models on new "
        "samples."
    )
    if retrained.degenerate:
        names = ", ".join(sorted(retrained.degenerate))
        text += (
            f" {names} has no interval with retraining, as over a tenth of its fits "
            "give all samples the same answer."
        )
    return (text,)
