"""What holds of the claims of any report, over simulated ones."""

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mmbench.report.judging.comparisons import RETRAINED, Comparison
from mmbench.report.judging.further_fits import FurtherFits
from mmbench.report.judging.questions import FUSION, KIND
from mmbench.report.judging.verdicts import Judgement, judge
from mmbench.report.text.verdict_words import comparison_answer
from mmbench.tasks import TASKS
from tests.report.test_trained_anew import Fits
from tests.report.test_verdicts import Made

SIGHTS = (
    ("text", "none"),
    ("image", "none"),
    ("text+image", "early"),
    ("text+image", "late"),
)
METRIC = TASKS["classification"].metrics_by_name["accuracy"]


class Simulated(NamedTuple):
    """What a simulated report is of; drawn, so that a failure is told by it."""

    sights: list[tuple[str, str]]
    accuracies: list[float]
    n: int
    seed: int
    rope: float
    spread: float | None

    def judge(self) -> tuple[Judgement, Mapping[str, float]]:
        """Return what the report concludes, and the methods' scores."""
        methods = {f"m{i}": (*s, "Logistic") for i, s in enumerate(self.sights)}
        methods["dummy"] = ("none", "none", "Dummy")
        accuracies = dict(zip(methods, self.accuracies, strict=False))
        run = Made(methods, accuracies, n=self.n, n_folds=2, seed=self.seed)
        run.plan["methods"]["dummy"]["is_floor"] = True
        run.plan["scoring"] = ["accuracy"]
        here = {"ranked_by": "accuracy", "task": "classification"}
        run.plan["datasets"]["d0"] |= here
        made = replace(run.run(), given_rope=self.rope)
        if self.spread is not None:
            fits = Fits(run, self.spread)
            kept = FurtherFits(fits.plan, fits.records, fits.predictions.__getitem__)
            made = replace(made, retrainings=kept)
        judgement = judge(made)["d0"]
        assert judgement.scores is not None
        return judgement, judgement.scores.of


LEVELS = st.sampled_from((0.3, 0.36, 0.5, 0.52, 0.6))
REPORTS = st.builds(
    Simulated,
    sights=st.lists(st.sampled_from(SIGHTS), min_size=2, max_size=7),
    accuracies=st.lists(LEVELS, min_size=8, max_size=8),
    n=st.sampled_from((60, 150, 400)),
    seed=st.integers(0, 10**6),
    rope=st.sampled_from((0.0, 0.01, 0.1)),
    spread=st.sampled_from((None, 0.0, 0.1)),
)


def check(report: Simulated) -> None:
    judgement, scores = report.judge()
    for each in judgement.comparisons:
        check_words(each)
    check_supersets(judgement.comparisons)
    check_recommended(judgement, scores)


def check_words(found: Comparison) -> None:
    assert found.low <= found.estimate <= found.high
    is_significant = not found.low <= 0 <= found.high
    assert (found.p_value < 0.05) == is_significant
    text = "".join(comparison_answer(found, METRIC))
    is_within = -found.rope <= found.low and found.high <= found.rope
    assert (" adds " in text) == (is_significant and found.estimate > 0)
    assert (" loses " in text) == (is_significant and found.estimate < 0)
    assert ("equivalent within" in text) == (not is_significant and is_within)
    assert text.startswith("No significant") == (not is_significant and not is_within)
    assert ("with retraining" in text) == (found.scope == RETRAINED)
    if found.scope == RETRAINED:
        assert found.error >= 0
        assert math.isfinite(found.fitted_low)


def check_supersets(found: tuple[Comparison, ...]) -> None:
    wholes = [each for each in found if each.question == FUSION]
    for whole in wholes:
        for part in (each for each in found if each.question == KIND):
            assert part.estimate <= whole.estimate
            if part.scope == whole.scope:
                assert part.low <= whole.low
                assert not part.is_gain or whole.is_gain


def check_recommended(judgement: Judgement, scores: Mapping[str, float]) -> None:
    for sentence in judgement.verdicts:
        words = "".join(sentence)
        if words.startswith("If you need"):
            taken = [name for name in scores if f"use {name} (" in words]
            assert taken
            assert all(scores[name] > scores["dummy"] for name in taken)
        if words.startswith("No method is significantly better than the floor"):
            assert not any("use " in "".join(each) for each in judgement.verdicts)


@settings(max_examples=10)
@given(REPORTS)
def test_no_claim_contradicts_its_numbers_or_the_floor(
    report: Simulated,
) -> None:
    check(report)


@pytest.mark.slow
@settings(max_examples=2000)
@given(REPORTS)
def test_no_claim_of_2000_reports_contradicts_its_numbers_or_the_floor(
    report: Simulated,
) -> None:
    check(report)
