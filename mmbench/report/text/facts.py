"""What is known of a dataset and of the machine, as names and texts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from mmbench.presentation.numbers import count_text
from mmbench.tasks import Shown

__all__ = [
    "Fact",
    "Facts",
    "card_facts",
    "columns_text",
    "environment_facts",
    "plain_text",
    "version_facts",
]

Fact = tuple[str, str]
Facts = list[Fact]

_MOST_NAMED = 12
# What a card says first; the rest of it follows in alphabetical order.
_CARD_ORDER = (
    *("title", "description", "task", "n_samples", "n_classes", "modalities"),
    *("version", "licence", "source", "citation", "checksum"),
)
# Shown elsewhere, or of no use to a reader.
_NOT_ON_THE_CARD = {
    *("notices", "notice_codes", "name", "is_multilabel", "ranked_by", "size"),
    "columns",
}


def card_facts(entry: Mapping[str, Any], shown: Shown) -> Iterator[Fact]:
    """Yield what ``plan.json`` says of a dataset, the main things first.

    Parameters
    ----------
    entry : mapping of str to object
        The dataset's entry in ``plan.json``.
    shown : Shown
        The words of the dataset's task.

    Yields
    ------
    tuple of (str, str)
        Label and text.
    """
    rest = sorted(entry.keys() - set(_CARD_ORDER) - _NOT_ON_THE_CARD)
    for key in (*_CARD_ORDER, *rest):
        value = columns_text(entry) if key == "modalities" else entry.get(key)
        text = plain_text(value)
        if text:
            yield shown.fact(_words(key), text)


def columns_text(dataset: Mapping[str, Any]) -> str:
    """Return the columns that methods see, and of which kind each is.

    Parameters
    ----------
    dataset : mapping of str to object
        The dataset's entry in ``plan.json``.

    Returns
    -------
    str
        A kind with many columns is given by their number, and by their views where
        all of them are in some.

    Examples
    --------
    >>> columns_text({"modalities": {"name": "text", "image": "image"}})
    'name (text), image'
    >>> columns_text({"modalities": {f"v{i}": "numeric" for i in range(216)}})
    '216 numeric columns (v0 to v215)'
    """
    by_kind: dict[str, list[str]] = {}
    for column, kind in (dataset.get("modalities") or {}).items():
        by_kind.setdefault(kind, []).append(column)
    sizes = dataset.get("views") or {}
    texts = []
    for kind, columns in by_kind.items():
        if len(columns) <= _MOST_NAMED:
            texts += [kind if each == kind else f"{each} ({kind})" for each in columns]
            continue
        those = f"{columns[0]} to {columns[-1]}"
        if kind == "numeric" and sum(sizes.values()) == len(columns):
            those = f"{count_text(len(sizes), 'view')}: {', '.join(sizes)}"
        texts.append(f"{len(columns):,} {kind} columns ({those})")
    return ", ".join(texts)


def environment_facts(environment: Mapping[str, Any]) -> Iterator[Fact]:
    """Yield where and how the run was made, without the versions of packages.

    Parameters
    ----------
    environment : mapping of str to object
        The content of ``environment.json``.

    Yields
    ------
    tuple of (str, str)
        Label and text.
    """
    hidden = {"schema", "versions", "cache"}
    shown = {k: v for k, v in environment.items() if k not in hidden}
    for name, text in _flat(shown):
        # What follows a dot may be a dataset's own name, which stays as it is.
        first, dot, rest = name.partition(".")
        yield f"{_words(first)}{dot}{rest}", text


def version_facts(environment: Mapping[str, Any]) -> Iterator[Fact]:
    """Yield the packages and their versions.

    Parameters
    ----------
    environment : mapping of str to object
        The content of ``environment.json``.

    Yields
    ------
    tuple of (str, str)
        Package and version.
    """
    for package, version in (environment.get("versions") or {}).items():
        yield package, plain_text(version)


def plain_text(value: object) -> str:
    """Return a value of the plan or the environment as one piece of text.

    Parameters
    ----------
    value : object
        Any of JSON's types.

    Returns
    -------
    str
        Items joined by commas, sentences by spaces; empty for None.
    """
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Mapping):
        return ", ".join(f"{key}: {plain_text(item)}" for key, item in value.items())
    if isinstance(value, (list, tuple)):
        texts = [plain_text(item) for item in value]
        are_sentences = all(text.endswith(".") for text in texts)
        return (" " if are_sentences else ", ").join(texts)
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
