"""Prove that your own dataset, extractor, fusion or metric does what is expected."""

from mmbench.datasets.conformance import check_dataset
from mmbench.feature_extraction.conformance import check_extractor
from mmbench.fusion.conformance import check_fusion
from mmbench.tasks.conformance import check_metric

__all__ = ["check_dataset", "check_extractor", "check_fusion", "check_metric"]
