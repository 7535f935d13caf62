"""Scores of predictions: true labels and class probabilities in, numbers out."""

from __future__ import annotations

from mmbench.metrics.classification import METRICS, Metric, score

__all__ = ["METRICS", "Metric", "score"]
