"""Importance of frames: learnt from people, or told from the frames alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from mmbench.errors import UsageError
from mmbench.fusion import FRAME_RULES, KeyFrameRegressor
from mmbench.suites.kinds import LINEAR
from mmbench.suites.materials import Materials
from mmbench.suites.parts import Methods, alone, floors, fused, merged

if TYPE_CHECKING:
    from mmbench.datasets import Modality

__all__ = ["methods"]

_LEARNERS = (LINEAR, "knn", "xgboost")
_MOST_EXTRACTORS = 3
# Networks, and what compares rows, take minutes on the frames of few videos.
_FUSIONS = ("early", "late-mean", "late-weighted", "hybrid", "stacked")


def methods(materials: Materials) -> Methods:
    """Return the methods of the suite for the given columns.

    Parameters
    ----------
    materials : Materials
        The columns, one of which says which video a row is of.

    Returns
    -------
    dict of str to estimator
        Unfitted methods by name: rules that look at the frames of a video alone,
        regressors of importance over several extractors, and fusions of these.

    Raises
    ------
    UsageError
        When no column says which video a row is of.
    """
    group = next((c for c, k in materials.modalities.items() if k == "group"), None)
    if group is None:
        raise UsageError("summarisation needs --group COL, the video of each row.")
    seen: dict[str, Modality] = {
        c: k for c, k in materials.modalities.items() if k != "group"
    }
    frames = replace(materials, modalities=seen)
    units = list(frames.units())
    return merged(
        floors(materials),
        _unsupervised(frames, group),
        _learnt(frames),
        (fused(frames, units, fusion) for fusion in _FUSIONS if len(units) > 1),
        fused(frames, units, "early", "xgboost") if len(units) > 1 else {},
    )


def _unsupervised(materials: Materials, group: str) -> Iterator[Methods]:
    """Yield every rule on the features of each unit that has an extractor."""
    for unit, kind in materials.units().items():
        if kind in ("numeric", "categorical") and unit not in materials.views:
            continue
        extractor = materials.main_extractor(unit)
        frames = materials.features(unit, extractor)
        for rule in FRAME_RULES:
            method = KeyFrameRegressor(frames, group, rule)
            yield {f"{unit}/{extractor}/{rule}": method}


def _learnt(materials: Materials) -> Iterator[Methods]:
    for unit, kind in materials.units().items():
        names = materials.extractors(kind)[:_MOST_EXTRACTORS]
        for place, extractor in enumerate(names):
            learners = _LEARNERS if place == 0 else (LINEAR,)
            for learner in learners:
                yield alone(materials, unit, extractor, learner)
