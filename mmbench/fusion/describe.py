"""What a method is made of, in words for a table."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from sklearn.base import is_classifier, is_regressor
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import (
    StackingClassifier,
    StackingRegressor,
    VotingClassifier,
    VotingRegressor,
)
from sklearn.impute import KNNImputer, SimpleImputer
from sklearn.pipeline import FeatureUnion, Pipeline
from sklearn.preprocessing import (
    FunctionTransformer,
    MaxAbsScaler,
    MinMaxScaler,
    Normalizer,
    RobustScaler,
    StandardScaler,
)

from mmbench.fusion.block_features import BlockFeatures
from mmbench.fusion.columns import column_sets, columns_of, inner_estimators
from mmbench.fusion.early import BlockScaler
from mmbench.fusion.hybrid import HybridFusionClassifier, HybridFusionRegressor
from mmbench.fusion.interaction import InteractionFeatures
from mmbench.fusion.late import LateFusionClassifier, LateFusionRegressor
from mmbench.fusion.network import FusionNetClassifier, FusionNetRegressor
from mmbench.fusion.select import SelectColumns

__all__ = ["Description", "describe"]

_UNIONS = (BlockFeatures, ColumnTransformer, FeatureUnion, InteractionFeatures)
_FUSIONS = (
    (InteractionFeatures, "interaction"),
    (_UNIONS, "early"),
    (
        (LateFusionClassifier, LateFusionRegressor, VotingClassifier, VotingRegressor),
        "late",
    ),
    ((HybridFusionClassifier, HybridFusionRegressor), "hybrid"),
    ((StackingClassifier, StackingRegressor), "stacked"),
    ((FusionNetClassifier, FusionNetRegressor), "joint"),
)
# The kinds that an estimator names itself and that reports keep apart.
_NAMED = ("attention", "canonical", "joint", "kernel", "late", "similarity")
# These pass a column's values on, cleaned or scaled; they extract nothing from it.
_PREPARATIONS = (
    BlockScaler,
    FunctionTransformer,
    KNNImputer,
    MaxAbsScaler,
    MinMaxScaler,
    Normalizer,
    RobustScaler,
    SimpleImputer,
    StandardScaler,
)


class Description(NamedTuple):
    """What a method is made of.

    Attributes
    ----------
    modalities : str
        The kinds of the columns that it picks, ``"text+image"``; ``"none"`` where it
        picks none.
    extractors : str
        The classes that first touch the picked columns,
        ``"TfidfVectorizer+HOGExtractor"``; ``"none"`` where there are none.
    fusion : str
        ``"none"`` where it picks a single set of columns; else ``"early"``, ``"late"``,
        ``"hybrid"``, ``"stacked"``, ``"joint"``, ``"attention"``, ``"interaction"``,
        ``"similarity"``, ``"kernel"`` or ``"canonical"``; empty where that can't be
        told.
    classifier : str
        The class that decides, ``"LogisticRegression"``, and what it is made of:
        ``"BaggingClassifier(LogisticRegression)"``.
    """

    modalities: str
    extractors: str
    fusion: str
    classifier: str


def describe(method: Any, modalities: Mapping[str, str]) -> Description:
    """Say what a method is made of, for a table.

    Parameters
    ----------
    method : classifier or regressor
        Any scikit-learn predictor over a DataFrame, fitted or not.
    modalities : mapping of str to Modality
        The kind of every column. Columns that it lacks are passed over.

    Returns
    -------
    Description
        Every name once, in the order of the branches.

    Examples
    --------
    >>> from sklearn.feature_extraction.text import TfidfVectorizer
    >>> from sklearn.linear_model import LogisticRegression
    >>> from mmbench.fusion import branch, early_fusion
    >>> branches = [("name", branch("name", TfidfVectorizer())),
    ...             ("size", branch(["width"], "passthrough"))]
    >>> method = early_fusion(branches, LogisticRegression())
    >>> for part in describe(method, {"name": "text", "width": "numeric"}):
    ...     print(part)
    text+numeric
    TfidfVectorizer
    early
    LogisticRegression
    """
    kinds = [modalities[c] for c in columns_of(method) if c in modalities]
    return Description(
        modalities=_joined(kinds),
        extractors=_joined(_extractors(method)),
        fusion=_fusion(method),
        classifier=_classifier(method),
    )


def _joined(names: Iterable[str]) -> str:
    return "+".join(dict.fromkeys(names)) or "none"


def _fusion(method: Any) -> str:
    if len(column_sets(method)) < 2:
        return "none"
    wide = [each for each in inner_estimators(method) if len(column_sets(each)) > 1]
    return _fused_here(method) or (_fusion(wide[0]) if wide else "")


def _fused_here(estimator: Any) -> str:
    """Name the fusion if this estimator is what joins different sets of columns."""
    if isinstance(estimator, ColumnTransformer):
        return "early"
    parts = [column_sets(each) for each in inner_estimators(estimator)]
    # Voters that all look at everything don't fuse: each of them already does.
    if len({frozenset(picked) for picked in parts if picked}) < 2:
        return ""
    if getattr(estimator, "fusion", None) in _NAMED:
        return str(estimator.fusion)
    return next((name for kind, name in _FUSIONS if isinstance(estimator, kind)), "")


def _extractors(estimator: Any) -> Iterator[str]:
    if isinstance(estimator, ColumnTransformer):
        for _, transformer, _ in estimator.transformers:
            yield from _first_extractor([transformer])
    elif isinstance(estimator, Pipeline):
        steps = [step for _, step in estimator.steps]
        picks = [isinstance(step, SelectColumns) for step in steps]
        if any(picks):
            yield from _first_extractor(steps[picks.index(True) + 1 :])
        else:
            yield from _extractors_inside(estimator)
    else:
        yield from _extractors_inside(estimator)


def _extractors_inside(estimator: Any) -> Iterator[str]:
    for inner in inner_estimators(estimator):
        yield from _extractors(inner)


def _first_extractor(steps: Sequence[Any]) -> Iterator[str]:
    """Name what first makes features of a picked column, looking into unions."""
    for step in steps:
        if not hasattr(step, "get_params") or isinstance(step, _PREPARATIONS):
            continue
        if _predicts(step):
            return
        if isinstance(step, Pipeline):
            yield from _first_extractor([inner for _, inner in step.steps])
        elif isinstance(step, _UNIONS):
            for inner in inner_estimators(step):
                yield from _first_extractor([inner])
        else:
            yield type(step).__name__
        return


def _classifier(method: Any) -> str:
    if isinstance(method, Pipeline):
        return _classifier(method.steps[-1][1])
    inner = [each for each in inner_estimators(method) if _predicts(each)]
    names = list(dict.fromkeys(_classifier(each) for each in inner))
    if names and _fused_here(method):
        return _joined(names)
    parts = f"({', '.join(names)})" if names else ""
    return f"{type(method).__name__}{parts}"


def _predicts(estimator: Any) -> bool:
    return bool(is_classifier(estimator) or is_regressor(estimator))
