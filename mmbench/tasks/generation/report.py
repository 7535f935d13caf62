"""What only reports of generation show."""

from __future__ import annotations

from mmbench.tasks.shown import Note, Shown

__all__ = ["GenerationShown"]


class GenerationShown(Shown):
    """How to read scores of texts."""

    answer = "text"
    beside = ("bleu_4",)
    floor = "draws a training text at random"
    notes = (
        Note(
            "CIDEr-D is taken with the document frequencies of the references that are "
            "scored together, here those of a fold's test rows, so that scores of "
            "other folds and other sets are not quite comparable. BLEU is taken over "
            "all texts at once, without smoothing. Words are told apart as the Penn "
            "Treebank does, in lower case and without punctuation, unless the dataset "
            "says otherwise; BLEU (sacrebleu) and chrF see raw texts."
        ),
    )

    def fact(self, name: str, text: str) -> tuple[str, str]:
        """Say what the numbers count."""
        words = {"n_references": "references a row", "tokenise": "tokeniser"}
        return words.get(name, name), text
