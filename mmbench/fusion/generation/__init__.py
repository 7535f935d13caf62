"""Methods that answer with texts. May import `columns`, `neural` and `texts`."""

from mmbench.fusion.generation.agreement import AGREEMENTS
from mmbench.fusion.generation.consensus import (
    ConsensusText,
    JointConsensusText,
    NearestText,
)
from mmbench.fusion.generation.decoder import TextDecoder, TextTranslator
from mmbench.fusion.generation.ensemble import (
    Learnt,
    TextEnsemble,
    candidates_of,
    choose,
    learn,
    minimum_bayes_risk,
)
from mmbench.fusion.generation.floors import CopiedText, RandomTrainingText
from mmbench.fusion.generation.from_words import TextFromWords
from mmbench.fusion.generation.fused_translator import FusedTranslator

__all__ = [
    "AGREEMENTS",
    "ConsensusText",
    "CopiedText",
    "FusedTranslator",
    "JointConsensusText",
    "Learnt",
    "NearestText",
    "RandomTrainingText",
    "TextDecoder",
    "TextEnsemble",
    "TextFromWords",
    "TextTranslator",
    "candidates_of",
    "choose",
    "learn",
    "minimum_bayes_risk",
]
