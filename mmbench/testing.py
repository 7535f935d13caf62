"""Prove that your own dataset, extractor or fusion does what mmbench expects of one."""

from mmbench.datasets.conformance import check_dataset
from mmbench.feature_extraction.conformance import check_extractor
from mmbench.fusion.conformance import check_fusion

__all__ = ["check_dataset", "check_extractor", "check_fusion"]
