"""Building blocks of tables and figures, independent of what they show.

Reports and tasks draw and write with them; nothing here knows either.

May import `errors` only.
"""

from mmbench.presentation.csv_files import csv_text
from mmbench.presentation.drawing import Drawing
from mmbench.presentation.sentences import Name, Sentence

__all__ = ["Drawing", "Name", "Sentence", "csv_text"]
