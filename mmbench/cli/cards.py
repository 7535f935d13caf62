"""Cards as rows of a list and as facts one below the other."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mmbench.datasets import Card

__all__ = ["facts", "markdown_table", "rows"]


_ABOUT = (
    "Made from the cards by `mmbench datasets list --markdown`. *proven*: read and "
    "measured; *layout*: the reader was tested on a small copy of the published "
    "layout, the numbers were not."
)


def rows(data_dir: Path | None = None) -> list[dict[str, Any]]:
    """Return what ``mmbench datasets list`` shows: a row for each card.

    Parameters
    ----------
    data_dir : Path, optional
        The folder of datasets; by default the user's.

    Returns
    -------
    list of dict of str to object
        By column of the table.
    """
    from mmbench.datasets.card import card_paths, read_card
    from mmbench.datasets.install import data_home

    home = data_home(data_dir)
    cards = [read_card(path) for path in card_paths().values()]
    return [
        {
            "name": card.name,
            "title": card.title,
            "state": _state(card, home),
            "samples": card.n_samples,
            "classes": card.n_classes,
            "columns": _columns_text(card),
            "split": _split_text(card),
            "licence": card.licence,
            "status": card.status,
        }
        for card in cards
    ]


def markdown_table() -> str:
    """Return the table of all cards that the documentation shows."""
    header = ("name", "what", "samples", "classes", "columns", "split", "licence")
    lines = [
        "# Datasets",
        "",
        _ABOUT,
        "",
        f"| {' | '.join(header)} | status |",
        "| --- | --- | --: | --: | --- | --- | --- | --- |",
    ]
    for row in rows():
        numbers = [f"{row[n]:,}" if row[n] else "" for n in ("samples", "classes")]
        texts = [f"`{row['name']}`", row["title"], *numbers]
        texts += [row[name] for name in ("columns", "split", "licence")]
        texts.append(row["status"].partition(" ")[0])
        lines.append(f"| {' | '.join(text.replace('|', '/') for text in texts)} |")
    return "\n".join([*lines, ""])


def facts(card: Card) -> list[tuple[str, str]]:
    """Return what ``mmbench datasets show`` shows: labels and texts.

    Parameters
    ----------
    card : Card
        The dataset's card.

    Returns
    -------
    list of (str, str)
        Label and text, each on one line; empty texts are left out.
    """
    found = [(label, " ".join(text.split())) for label, text in _facts(card)]
    return [(label, text) for label, text in found if text]


def _columns_text(card: Card) -> str:
    """Return the columns and their kinds in words."""
    plain = [
        name if name == kind else f"{name} ({kind})"
        for name, kind in card.columns.items()
    ]
    views = [f"{name} ({n} numbers)" for name, n in card.views.items()]
    return ", ".join([*plain, *views])


def _split_text(card: Card) -> str:
    """Return the sizes of the official split in words; empty without one."""
    return ", ".join(f"{side} {n:,}" for side, n in card.official_split.items())


def _split_of(card: Card) -> str:
    """Return what is known of the official split, in words."""
    parts = getattr(card.reader, "parts", None) or {}
    if {"train", "test"} <= {*parts} and not card.official_split:
        return "official, sizes unstated"
    return _split_text(card) or "none: folds"


def _facts(card: Card) -> Iterator[tuple[str, str]]:
    yield "name", card.name
    yield "version", card.version
    yield "status", card.status
    yield "task", f"{card.task} of {card.target}"
    yield "size", _size_text(card)
    yield "classes", ", ".join(card.classes)
    yield "columns", _columns_text(card)
    yield "split", _split_of(card)
    yield "licence", card.licence
    yield "source", card.source
    yield "citation", card.citation
    yield "obtain", card.obtain
    yield "checksum", card.checksum
    for each in card.files:
        n_files = f" ({each.n_files:,} files)" if each.n_files else ""
        yield "file", f"{each.path}{n_files} {each.checksum or 'checksum unstated'}"
    for source in card.downloads:
        yield "download", f"{source.url} {source.checksum or 'checksum unstated'}"
    yield "notes", card.notes or ""
    yield from (("trap", trap) for trap in card.traps)
    yield from (("known leak", leak) for leak in card.leaks)
    for number in card.published:
        told = f"{number.metric} {number.value:g} by {number.method}"
        yield "published", f"{told} ({number.source})"


def _size_text(card: Card) -> str:
    n_samples = f"{card.n_samples:,}" if card.n_samples else "an unstated number of"
    n_classes = f", {card.n_classes} classes" if card.n_classes else ""
    return f"{n_samples} samples{n_classes}"


def _state(card: Card, home: Path) -> str:
    from mmbench.datasets.install import installed_root

    if card.reader is None:
        return "embedded"
    if installed_root(card, home) is not None:
        return "installed"
    return "to download" if card.downloads else "to obtain"
