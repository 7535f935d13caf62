"""Models that leave a run: fitted on all rows, saved, checked, loaded and asked.

A saved model is data. Loading it executes nothing that it holds: types are trusted by
name alone, weights are numbers, and every file has to match its checksum.

May import everything below `cli`.
"""

from mmbench.export.model import ExportedModel, load_model
from mmbench.export.save import export_model

__all__ = ["ExportedModel", "export_model", "load_model"]
