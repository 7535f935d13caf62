"""What an ensemble is made of, and which methods of a run stand for that alone."""

from __future__ import annotations

from collections.abc import Sequence

from mmbench.report.tables.methods import MethodRow

__all__ = ["bases_of", "is_ensemble"]

# These say in brackets what they are made of; without, scikit-learn takes a tree.
_OF_MEMBERS = ("AdaBoost", "Bagging", "Stacking", "Voting")
_OF_TREES = (
    *("CatBoost", "ExtraTrees", "GradientBoosting", "HistGradientBoosting", "LGBM"),
    *("LightGBM", "RandomForest", "XGB", "XGBoost"),
)
_KINDS = ("Classifier", "Regressor")


def is_ensemble(row: MethodRow) -> bool:
    """Return whether a method's classifier is made of several.

    Parameters
    ----------
    row : MethodRow
        A method's row.

    Returns
    -------
    bool
        Whether the plan names its members, or its class is a known ensemble.
    """
    return bool(row.members or _members(row.classifier))


def bases_of(ensemble: MethodRow, rows: Sequence[MethodRow]) -> list[str]:
    """Return the methods that an ensemble has to beat to have been worth it.

    Parameters
    ----------
    ensemble : MethodRow
        The ensemble.
    rows : sequence of MethodRow
        All methods on its dataset.

    Returns
    -------
    list of str
        Those that the plan names; else, those with a member of the ensemble as their
        classifier over the same features, by the plan's description. Where descriptions
        are the same for several extractors, those whose names differ from the
        ensemble's in the last part only.
    """
    if ensemble.members:
        known = {row.method for row in rows}
        return [name for name in ensemble.members if name in known]
    members = _members(ensemble.classifier)
    same = (ensemble.modalities, ensemble.extractors, ensemble.fusion)
    found = [
        row.method
        for row in rows
        if row.classifier in members
        and (row.modalities, row.extractors, row.fusion) == same
        and row.method != ensemble.method
    ]
    stem = ensemble.method.rpartition("/")[0]
    beside = [name for name in found if name.rpartition("/")[0] == stem]
    return beside or found


def _members(classifier: str) -> tuple[str, ...]:
    """Return the classifiers that one is made of; empty for a plain one."""
    name, _, rest = classifier.partition("(")
    kind = next((kind for kind in _KINDS if name.endswith(kind)), "")
    stem, tree = name.removesuffix(kind), f"DecisionTree{kind}"
    if kind and stem in _OF_TREES:
        return (tree,)
    if kind and stem in _OF_MEMBERS:
        return _split(rest.removesuffix(")")) or (tree,)
    return ()


def _split(names: str) -> tuple[str, ...]:
    """Part names at the commas that are in no brackets."""
    parts, depth, start = [], 0, 0
    for position, character in enumerate(names):
        depth += (character == "(") - (character == ")")
        if character == "," and not depth:
            parts.append(names[start:position])
            start = position + 1
    return tuple(part.strip() for part in (*parts, names[start:]) if part.strip())
