"""What tables and figures are made of, whatever they show.

Reports and tasks both draw and write with it; it knows neither.

May import `errors` only.
"""

from mmbench.presentation.csv_files import csv_text
from mmbench.presentation.drawing import Drawing
from mmbench.presentation.sentences import Name, Sentence

__all__ = ["Drawing", "Name", "Sentence", "csv_text"]
