"""What is known of a dataset and of the machine, as names and texts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from mmbench.report.numbers import count_text

__all__ = [
    "Fact",
    "Facts",
    "card_facts",
    "environment_facts",
    "plain_text",
    "size_text",
    "version_facts",
]

Fact = tuple[str, str]
Facts = list[Fact]

# What a card says first; the rest of it follows in alphabetical order.
_CARD_ORDER = (
    *("title", "description", "task", "n_samples", "n_classes", "modalities"),
    *("version", "licence", "source", "citation", "checksum"),
)
# Shown elsewhere, or of no use to a reader.
_NOT_ON_THE_CARD = {"notices", "name", "is_multilabel"}


def card_facts(entry: Mapping[str, Any]) -> Iterator[Fact]:
    """Yield what ``plan.json`` says of a dataset, the main things first."""
    rest = sorted(entry.keys() - set(_CARD_ORDER) - _NOT_ON_THE_CARD)
    for key in (*_CARD_ORDER, *rest):
        text = plain_text(entry.get(key))
        if text and key == "n_classes" and entry.get("is_multilabel"):
            yield "labels", f"{text}, several a sample"
        elif text:
            yield _words(key), text


def size_text(entry: Mapping[str, Any]) -> str:
    """Return how many samples and classes a dataset of ``plan.json`` has, in words.

    Examples
    --------
    >>> size_text({"n_samples": 2670, "n_classes": 12})
    '2,670 samples, 12 classes'
    >>> size_text({"n_samples": 400, "n_classes": 23, "is_multilabel": True})
    '400 samples, 23 labels, several a sample'
    """
    is_multilabel = entry.get("is_multilabel")
    nouns = {"n_samples": "sample", "n_classes": "label" if is_multilabel else "class"}
    counts = [
        count_text(entry[key], noun)
        for key, noun in nouns.items()
        if isinstance(entry.get(key), int)
    ]
    return ", ".join([*counts, *(["several a sample"] if is_multilabel else [])])


def environment_facts(environment: Mapping[str, Any]) -> Iterator[Fact]:
    """Yield where and how the run was made, without the versions of packages."""
    hidden = {"schema", "versions"}
    shown = {k: v for k, v in environment.items() if k not in hidden}
    for name, text in _flat(shown):
        # What follows a dot may be a dataset's own name, which stays as it is.
        first, dot, rest = name.partition(".")
        yield f"{_words(first)}{dot}{rest}", text


def version_facts(environment: Mapping[str, Any]) -> Iterator[Fact]:
    """Yield the packages and their versions."""
    for package, version in (environment.get("versions") or {}).items():
        yield package, plain_text(version)


def plain_text(value: object) -> str:
    """Return a value of the plan or the environment as one piece of text."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Mapping):
        return ", ".join(f"{key}: {plain_text(item)}" for key, item in value.items())
    if isinstance(value, (list, tuple)):
        return ", ".join(plain_text(item) for item in value)
    return "" if value is None else str(value)


def _flat(values: Mapping[str, Any]) -> Iterator[Fact]:
    for key, value in values.items():
        if isinstance(value, Mapping):
            for name, text in _flat(value):
                yield f"{key}.{name}", text
        elif text := plain_text(value):
            yield key, text


def _words(key: str) -> str:
    return key.removeprefix("n_").replace("_", " ")
