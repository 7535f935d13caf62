"""Datasets: named samples with a card, embedded or read from your own files.

Cards, readers of tables, layouts of published sets, searches for leakage, and the sets
that mmbench makes. May import `tasks` and what is below it; never the engine or a
report.
"""

from mmbench.datasets.bayes import BayesAccuracy, bayes_accuracy
from mmbench.datasets.card import (
    Card,
    DataFile,
    Download,
    Published,
    load_card,
    read_card,
)
from mmbench.datasets.catalogue import find_dataset, is_known, read_dataset
from mmbench.datasets.checksum import checksum_of
from mmbench.datasets.embedded import EMBEDDED, get_dataset
from mmbench.datasets.inspection import Inspection, inspect_table
from mmbench.datasets.kept_samples import kept_samples
from mmbench.datasets.leakage import find_leaks, straddling_groups
from mmbench.datasets.readers import read_table, samples_in_memory
from mmbench.datasets.samples import (
    MODALITIES,
    Dataset,
    Modality,
    Samples,
)
from mmbench.datasets.slicing import slices_of
from mmbench.datasets.splits import check_folds, check_weights
from mmbench.datasets.synthetic import make_multimodal
from mmbench.datasets.untested import untested_columns

__all__ = [
    "EMBEDDED",
    "MODALITIES",
    "BayesAccuracy",
    "Card",
    "DataFile",
    "Dataset",
    "Download",
    "Inspection",
    "Modality",
    "Published",
    "Samples",
    "bayes_accuracy",
    "check_folds",
    "check_weights",
    "checksum_of",
    "find_dataset",
    "find_leaks",
    "get_dataset",
    "inspect_table",
    "is_known",
    "kept_samples",
    "load_card",
    "make_multimodal",
    "read_card",
    "read_dataset",
    "read_table",
    "samples_in_memory",
    "slices_of",
    "straddling_groups",
    "untested_columns",
]
