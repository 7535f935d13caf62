"""What methods get wrong, sample by sample, and labels that are probably wrong."""

from mmbench.report.mistakes.find import (
    KINDS,
    MISTAKE_COLUMNS,
    MistakeRow,
    Only,
    find_mistakes,
)

__all__ = ["KINDS", "MISTAKE_COLUMNS", "MistakeRow", "Only", "find_mistakes"]
