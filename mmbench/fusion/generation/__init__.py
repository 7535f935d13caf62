"""Methods that answer with texts. May import `columns`, `neural` and `texts`."""

from mmbench.fusion.generation.floors import RandomTrainingText

__all__ = ["RandomTrainingText"]
