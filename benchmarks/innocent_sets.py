"""Sets without leakage, many of them with features that tell the classes apart.

What they are innocent of is what ``planted_leaks.py`` plants.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn import datasets as sklearn_sets

from mmbench.datasets import Samples, get_dataset
from mmbench.tasks import Task, get_task

__all__ = ["INNOCENT", "Set", "frame", "pictures", "topics"]

Rng = np.random.Generator
_WORDS = [
    a + b + c
    for a in ("ba", "ko", "li", "mu", "ne", "pra", "sto", "tre", "vi", "ze")
    for b in ("r", "lan", "mi", "st", "do", "gue", "n", "pal")
    for c in ("a", "en", "is", "o", "ust", "ing", "er")
]


class Set(NamedTuple):
    """Samples, and what ``find_leaks`` needs to know of them."""

    samples: Samples
    modalities: Mapping[str, Any]
    task: Task = get_task("classification")


def frame(**columns: Any) -> pd.DataFrame:
    """Return columns side by side, those of lists as objects."""
    return pd.DataFrame(
        {
            name: pd.Series(values, dtype=object)
            if isinstance(values, list)
            else values
            for name, values in columns.items()
        }
    )


def topics(
    rng: Rng,
    y: NDArray[Any],
    *,
    n_words: int = 12,
    n_said: int = 4,
    zipf: bool = False,
    length: int = 14,
) -> list[str]:
    """Return texts with words of their class's subject among words of all."""
    words = rng.permutation(_WORDS).tolist()
    common, weights = words[:160], 1 / np.arange(1, n_words + 1)
    weights = weights / weights.sum() if zipf else np.full(n_words, 1 / n_words)
    texts = []
    for label in y:
        own = words[160 + label * n_words :][:n_words]
        said = [*rng.choice(own, n_said, p=weights), *rng.choice(common, length)]
        texts.append(" ".join(rng.permutation(said)))
    return texts


def pictures(
    rng: Rng, y: NDArray[Any], *, side: int = 40, by_class: bool = True
) -> list[NDArray[np.uint8]]:
    """Return pictures of blobs, whose colour tells the class if that is asked for."""
    grid = np.mgrid[:side, :side] / side
    colours = np.random.default_rng(7).uniform(60, 255, (int(y.max()) + 1, 3))
    found = []
    for label in y:
        colour = colours[label] if by_class else rng.uniform(60, 255, 3)
        image = np.full((side, side, 3), rng.uniform(0, 60, 3))
        for _ in range(4):
            centre = rng.uniform(0.1, 0.9, 2)[:, None, None]
            blob = np.exp(
                -((grid - centre) ** 2).sum(axis=0) / rng.uniform(0.004, 0.03)
            )
            image += blob[:, :, None] * colour * rng.uniform(0.4, 1)
        image += rng.normal(0, 6, image.shape)
        found.append(image.clip(0, 255).astype(np.uint8))
    return found


def _labels(rng: Rng, n_classes: int = 4, n: int = 500) -> NDArray[np.int64]:
    return rng.integers(0, n_classes, n)


def _table(name: str, rng: Rng, *, binary: bool = False, task: str = "") -> Set:
    bunch = getattr(sklearn_sets, f"load_{name}")()
    X = pd.DataFrame(bunch.data, columns=[f"n{i}" for i in range(bunch.data.shape[1])])
    y = (bunch.target == 0).astype(int) if binary else bunch.target
    order = rng.permutation(len(X))
    samples = Samples(X.iloc[order].reset_index(drop=True), y[order])
    return Set(samples, dict.fromkeys(X, "numeric"), get_task(task or "classification"))


def _own(name: str, rng: Rng) -> Set:
    dataset = get_dataset(name)
    samples = dataset.load()
    order = rng.permutation(len(samples.y))
    parts = [None if part is None else part[order] for part in samples[1:4]]
    samples = samples._replace(X=samples.X.iloc[order], y=parts[0], groups=parts[1])
    return Set(samples, dataset.modalities)


def _topics(rng: Rng, n_classes: int = 4, **how: Any) -> Set:
    y = _labels(rng, n_classes)
    return Set(Samples(frame(text=topics(rng, y, **how)), y), {"text": "text"})


def _product_names(rng: Rng) -> Set:
    """Names hold the category in its own words, as product names do."""
    kinds = [
        ["watch", "chronograph", "watches for men", "analog watch"],
        ["curtain", "bedsheet", "cushion cover", "towel set"],
        ["mug", "kitchen rack", "lunch box", "knife set"],
        ["router", "laptop skin", "usb cable", "keyboard"],
    ]
    y = _labels(rng)
    names = [
        " ".join(
            [*rng.choice(_WORDS, 2), rng.choice(kinds[label]), *rng.choice(_WORDS, 1)]
        )
        for label in y
    ]
    return Set(Samples(frame(name=names), y), {"name": "text"})


def _binary_names(rng: Rng) -> Set:
    y = _labels(rng, 2)
    own = [
        ["spam", "winner", "prize", "offer"],
        ["meeting", "thanks", "report", "friday"],
    ]
    texts = [
        " ".join([*rng.choice(own[label], 3), *rng.choice(_WORDS, 6)]) for label in y
    ]
    return Set(Samples(frame(text=texts), y), {"text": "text"})


def _pictures(rng: Rng, *, sizes: bool = False, **how: Any) -> Set:
    y = _labels(rng, 3, 300)
    cells = pictures(rng, y, **how)
    if sizes:
        cells = [
            image[: rng.integers(24, 41), : rng.integers(24, 41)] for image in cells
        ]
    return Set(Samples(frame(image=cells), y), {"image": "image"})


def _texts_and_pictures(rng: Rng) -> Set:
    y = _labels(rng, 3, 300)
    X = frame(text=topics(rng, y), image=pictures(rng, y))
    return Set(Samples(X, y), {"text": "text", "image": "image"})


def _missing_at_random(rng: Rng) -> Set:
    y = _labels(rng)
    number = np.where(rng.random(len(y)) < 0.3, np.nan, y + rng.normal(0, 0.5, len(y)))
    texts: list[Any] = topics(rng, y)
    for row in np.flatnonzero(rng.random(len(y)) < 0.2):
        texts[row] = None
    kinds = {"number": "numeric", "text": "text"}
    return Set(Samples(frame(number=number, text=texts), y), kinds)


def _missing_more_often(rng: Rng) -> Set:
    """Cells are missing three times as often in one class, as they may be."""
    y = _labels(rng)
    rates = np.array([0.45, 0.15, 0.15, 0.15])[y]
    number = np.where(rng.random(len(y)) < rates, np.nan, rng.normal(size=len(y)))
    return Set(Samples(frame(number=number), y), {"number": "numeric"})


def _categories(rng: Rng) -> Set:
    """Return a category that mostly follows the class, and one of many values."""
    y = _labels(rng)
    follows = np.where(rng.random(len(y)) < 0.8, y, _labels(rng))
    town = y * 5 + rng.integers(0, 12, len(y))
    columns = {"kind": [f"k{v}" for v in follows], "town": [f"t{v}" for v in town]}
    return Set(Samples(frame(**columns), y), dict.fromkeys(columns, "categorical"))


def _questions(rng: Rng) -> Set:
    """Each picture has several questions of a few forms; pictures are groups."""
    shapes, colours = ["circle", "square", "triangle"], ["red", "green", "blue", "grey"]
    y = _labels(rng, 2, 600)
    forms = ["is there a {} {}", "does the picture show a {} {}", "do you see a {} {}"]
    texts = [
        rng.choice(forms).format(rng.choice(colours), rng.choice(shapes)) for _ in y
    ]
    images = pictures(rng, np.zeros(150, int), by_class=False)
    X = frame(question=texts, image=[images[i // 4] for i in range(600)])
    kinds = {"question": "text", "image": "image"}
    return Set(Samples(X, y, np.arange(600) // 4), kinds)


def _order_numbers(rng: Rng, *, n_orders: int) -> Set:
    """Texts hold numbers of orders, which have nothing to do with the class."""
    y = _labels(rng)
    texts = [
        f"order-{rng.integers(n_orders):05} {text}" for text in topics(rng, y, n_said=2)
    ]
    return Set(Samples(frame(text=texts), y), {"text": "text"})


def _prices(rng: Rng) -> Set:
    """Return columns that follow a target well, as measurements do."""
    y = rng.gamma(3, 100, 500)
    X = frame(
        area=y + rng.normal(0, 40, len(y)),
        rooms=np.round(y / 120 + rng.normal(0, 0.7, len(y))),
        text=[f"{rng.choice(_WORDS)} with {rng.integers(1, 9)} rooms" for _ in y],
    )
    kinds = {"area": "numeric", "rooms": "numeric", "text": "text"}
    return Set(Samples(X, y), kinds, get_task("regression"))


def _films(rng: Rng) -> Set:
    """Several labels a text, each with words of its subject."""
    y = (rng.random((500, 4)) < [0.5, 0.3, 0.2, 0.2]).astype(np.int64)
    said = [topics(rng, np.full(500, label), length=2) for label in range(4)]
    texts = [
        " ".join([*(said[label][row] for label in np.flatnonzero(y[row])), _WORDS[row]])
        for row in range(500)
    ]
    samples = Samples(frame(plot=texts), y, schema={"classes": ["a", "b", "c", "d"]})
    return Set(samples, {"plot": "text"}, get_task("multilabel"))


def _survey(rng: Rng) -> Set:
    """Few answers to few questions, so that many rows are equal."""
    y = _labels(rng, 2, 800)
    X = frame(
        sex=[f"s{v}" for v in rng.integers(0, 2, 800)],
        town=[f"t{v}" for v in rng.integers(0, 5, 800)],
        age=(rng.integers(0, 10, 800) + 3 * y).astype(float),
        children=rng.poisson(1.2, 800).astype(float),
    )
    kinds = {"sex": "categorical", "town": "categorical"}
    return Set(Samples(X, y), kinds | {"age": "numeric", "children": "numeric"})


def _random_table(rng: Rng) -> Set:
    y = _labels(rng, 10, 400)
    X = pd.DataFrame(rng.normal(size=(400, 300)), columns=[f"n{i}" for i in range(300)])
    return Set(Samples(X, y), dict.fromkeys(X, "numeric"))


def _pixels(rng: Rng) -> Set:
    bunch = sklearn_sets.load_digits()
    order = rng.permutation(len(bunch.target))[:600]
    images = [(image * 15).astype(np.uint8) for image in bunch.images[order]]
    return Set(Samples(frame(image=images), bunch.target[order]), {"image": "image"})


INNOCENT: Mapping[str, Callable[[Rng], Set]] = {
    **{
        n: functools.partial(_table, n)
        for n in ("iris", "wine", "breast_cancer", "digits")
    },
    "iris, one species": functools.partial(_table, "iris", binary=True),
    "wine, one kind": functools.partial(_table, "wine", binary=True),
    "diabetes": functools.partial(_table, "diabetes", task="regression"),
    "digits as pictures": _pixels,
    "glyphs": functools.partial(_own, "glyphs"),
    "synthetic": functools.partial(_own, "synthetic"),
    "topics of 12 words": _topics,
    "topics of 2 words": functools.partial(_topics, n_words=2, n_said=3),
    "topics of 3 words": functools.partial(_topics, n_words=3, n_said=6),
    "topics of 40 words": functools.partial(_topics, n_words=40, n_said=8),
    "topics, common words": functools.partial(_topics, n_words=12, n_said=5, zipf=True),
    "two topics": functools.partial(
        _topics, n_classes=2, n_words=6, n_said=5, zipf=True
    ),
    "ten topics": functools.partial(_topics, n_classes=10, n_words=8, n_said=6),
    "product names": _product_names,
    "spam": _binary_names,
    "colours tell the class": _pictures,
    "pictures of all sizes": functools.partial(_pictures, sizes=True),
    "random pictures": functools.partial(_pictures, by_class=False),
    "texts and pictures": _texts_and_pictures,
    "missing at random": _missing_at_random,
    "missing more often in a class": _missing_more_often,
    "categories that follow": _categories,
    "questions of few forms": _questions,
    "order numbers": functools.partial(_order_numbers, n_orders=120),
    "survey": _survey,
    "prices": _prices,
    "films": _films,
    "300 random columns": _random_table,
}
