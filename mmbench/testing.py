"""Prove that your own dataset or extractor does what mmbench expects of one."""

from mmbench.datasets.conformance import check_dataset
from mmbench.feature_extraction.conformance import check_extractor

__all__ = ["check_dataset", "check_extractor"]
