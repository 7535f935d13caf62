"""Made-up samples carry the information that they are said to carry."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mmbench.datasets import (
    BayesAccuracy,
    Samples,
    bayes_accuracy,
    checksum_of,
    get_dataset,
    load_card,
    make_multimodal,
)
from mmbench.errors import UsageError

NOTHING: dict[str, Any] = {
    "redundant": 0,
    "unique_text": 0,
    "unique_image": 0,
    "synergy": 0,
}
share = st.floats(0, 1)
SHARES = st.fixed_dictionaries(
    dict.fromkeys(("redundant", "unique_text", "unique_image", "synergy"), share)
)


@pytest.mark.parametrize(
    ("cues", "expected"),
    [
        ({}, (1 / 3, 1 / 3, 1 / 3)),
        ({"redundant": 1}, (1, 1, 1)),
        ({"unique_text": 1}, (1, 1 / 3, 1)),
        ({"unique_image": 1}, (1 / 3, 1, 1)),
        ({"synergy": 1}, (1 / 3, 1 / 3, 1)),
        # The cue is the label with 0.4, or by chance: 0.4 + 0.6 / 3.
        ({"redundant": 0.4}, (0.6, 0.6, 0.6)),
        ({"synergy": 0.4}, (1 / 3, 1 / 3, 0.6)),
        # The same, but replaced with 0.5: 0.2 + 0.8 / 3.
        ({"unique_text": 0.4, "noise": 0.5}, (7 / 15, 1 / 3, 7 / 15)),
        # Both halves must survive: 0.25 + 0.75 / 3.
        ({"synergy": 1, "noise": 0.5}, (1 / 3, 1 / 3, 0.5)),
        ({"redundant": 1, "noise": 1}, (1 / 3, 1 / 3, 1 / 3)),
        # Of four cases, two have no text: 0.5 * 1 + 0.5 / 3.
        ({"unique_text": 1, "missing": 0.5}, (2 / 3, 1 / 3, 2 / 3)),
        # The label shows unless both are missing: 0.75 + 0.25 / 3.
        ({"redundant": 1, "missing": 0.5}, (2 / 3, 2 / 3, 5 / 6)),
        ({"synergy": 1, "missing": 0.5}, (1 / 3, 1 / 3, 0.5)),
    ],
)
def test_the_accuracy_is_what_a_calculation_by_hand_gives(
    cues: dict[str, float], expected: tuple[float, float, float]
) -> None:
    assert bayes_accuracy(3, **NOTHING | cues) == pytest.approx(expected)


def test_two_noisy_copies_of_a_bit_are_as_good_as_the_better_one() -> None:
    # Two votes that agree or cancel out: a tie is broken by the better of the two.
    accuracy = bayes_accuracy(
        2, redundant=0, unique_text=0.6, unique_image=0.4, synergy=0
    )
    assert accuracy == pytest.approx((0.8, 0.7, 0.8))


def test_three_noisy_copies_of_a_bit_vote() -> None:
    # Each is right with 0.8; the majority with 0.8^3 + 3 * 0.8^2 * 0.2.
    accuracy = bayes_accuracy(
        2, redundant=0, unique_text=0.6, unique_image=0.6, synergy=0.6
    )
    assert accuracy.both == pytest.approx(0.896)


@settings(max_examples=50)
@given(cues=SHARES, noise=share, missing=share, n_classes=st.integers(2, 5))
def test_accuracies_lie_between_chance_and_one_and_both_is_best(
    cues: dict[str, float], noise: float, missing: float, n_classes: int
) -> None:
    text, image, both = bayes_accuracy(n_classes, **cues, noise=noise, missing=missing)
    tolerance = 1e-9
    assert 1 / n_classes - tolerance <= min(text, image)
    assert max(text, image) <= both + tolerance
    assert both <= 1 + tolerance


@settings(max_examples=50)
@given(cues=SHARES, noise=share, n_classes=st.integers(2, 4))
def test_swapping_the_modalities_swaps_their_accuracies(
    cues: dict[str, float], noise: float, n_classes: int
) -> None:
    text, image, both = bayes_accuracy(n_classes, **cues, noise=noise)
    cues["unique_text"], cues["unique_image"] = (
        cues["unique_image"],
        cues["unique_text"],
    )
    swapped = bayes_accuracy(n_classes, **cues, noise=noise)
    assert swapped == pytest.approx((image, text, both))


def read_back(samples: Samples) -> tuple[list[Any], list[Any]]:
    """Return what texts and images show, knowing only how they are laid out."""
    # A cue's words never stand together, so a word is a filler if it can stand beside
    # any other one.
    texts = [frozenset(text.split()) for text in samples.X["text"]]
    beside = defaultdict(set)
    for words in texts:
        for word in words:
            beside[word] |= words
    fillers = {word for word in beside if len(beside[word]) == len(beside)}
    shown_text = [words - fillers for words in texts]
    boards = [image > 127 for image in samples.X["image"]]
    # The patch at the lower right means nothing.
    shown_image = [
        (b[:16, :16].tobytes(), b[:16, 16:].tobytes(), b[16:, :16].tobytes())
        for b in boards
    ]
    return shown_text, shown_image


def optimal_accuracy(shown: list[Any], y: Any) -> float:
    """Return the accuracy of guessing the commonest label of what is shown."""
    labels = defaultdict(Counter)
    for key, label in zip(shown, y.tolist(), strict=True):
        labels[key][label] += 1
    return sum(counts.most_common(1)[0][1] for counts in labels.values()) / len(y)


@pytest.mark.parametrize(
    "cues",
    [
        {"redundant": 0.5},
        {"unique_text": 0.5},
        {"unique_image": 0.5},
        {"synergy": 0.7},
        {"redundant": 0.3, "unique_text": 0.5, "unique_image": 0.2, "synergy": 0.4},
        {"redundant": 0.8, "synergy": 0.5, "noise": 0.2},
    ],
)
def test_the_strings_and_images_carry_exactly_the_information(
    cues: dict[str, float],
) -> None:
    samples, expected = make_multimodal(12_000, 2, **NOTHING | cues, random_state=0)
    text, image = read_back(samples)
    both = list(zip(text, image, strict=True))
    found = BayesAccuracy(
        *(optimal_accuracy(s, samples.y) for s in (text, image, both))
    )
    # A table fitted on the samples it is scored on is a little too good.
    assert found == pytest.approx(expected, abs=0.015)


def test_the_samples_are_strings_and_grey_images_of_balanced_classes() -> None:
    samples, _ = make_multimodal(10, 3, random_state=0)
    assert [type(text) for text in samples.X["text"]] == [str] * 10
    assert {image.shape for image in samples.X["image"]} == {(32, 32)}
    assert {image.dtype for image in samples.X["image"]} == {np.dtype(np.uint8)}
    assert np.bincount(samples.y).tolist() == [4, 3, 3]


def test_missing_cells_are_missing_and_all_others_the_same() -> None:
    whole, _ = make_multimodal(500, random_state=0)
    holed, _ = make_multimodal(500, missing=0.3, random_state=0)
    for column in ("text", "image"):
        there = holed.X[column].notna()
        assert 0.2 < 1 - there.mean() < 0.4
        assert checksum_of(Samples(whole.X[there][[column]], whole.y)) == checksum_of(
            Samples(holed.X[there][[column]], holed.y)
        )


def test_the_same_seed_gives_the_same_samples_and_another_others() -> None:
    first, again, other = (
        checksum_of(make_multimodal(20, random_state=seed)[0]) for seed in (0, 0, 1)
    )
    assert first == again
    assert first != other


@pytest.mark.parametrize("n_classes", range(2, 17))
def test_every_class_has_its_own_word_and_its_own_stripes(n_classes: int) -> None:
    clear = NOTHING | {"redundant": 1}
    samples, _ = make_multimodal(8 * n_classes, n_classes, **clear, random_state=0)
    patches = {
        (image[:16, :16] > 127).tobytes(): label
        for image, label in zip(samples.X["image"], samples.y, strict=True)
    }
    assert len(patches) == n_classes
    for label in range(n_classes):
        texts = samples.X["text"][samples.y == label]
        others = " ".join(samples.X["text"][samples.y != label]).split()
        common = set.intersection(*(set(text.split()) for text in texts))
        assert common - set(others)


def test_the_card_publishes_the_exact_accuracies_of_the_dataset() -> None:
    samples = get_dataset("synthetic").load()
    assert len(samples.y) == load_card("synthetic").n_samples
    expected = bayes_accuracy(
        4,
        redundant=0.3,
        unique_text=0.5,
        unique_image=0.4,
        synergy=0.5,
        noise=0.05,
        missing=0.05,
    )
    published = [each.value for each in load_card("synthetic").published]
    assert published == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize(
    ("parameters", "rule"),
    [
        ({"n_classes": 1}, "n_classes must be 2 to 16, got 1"),
        ({"n_classes": 17}, "n_classes must be 2 to 16, got 17"),
        ({"n_samples": 3}, r"n_samples must be at least n_classes \(4\), got 3"),
        ({"noise": 1.5}, "noise must be between 0 and 1, got 1.5"),
        ({"synergy": -0.1}, "synergy must be between 0 and 1, got -0.1"),
        ({"missing": float("nan")}, "missing must be between 0 and 1, got nan"),
    ],
)
def test_a_parameter_out_of_its_range_is_named(
    parameters: dict[str, Any], rule: str
) -> None:
    with pytest.raises(UsageError, match=rule):
        make_multimodal(**parameters)
