"""Joint embeddings: methods that map both sides of pairs into one space.

Such a method has ``fit(X, y)`` and ``embed(X, side)``, which returns an embedding for
each row of ``X``; the inner product of a text's and a picture's says how well they go
together.
"""

from mmbench.fusion.embedding.chi_squared import ChiSquaredRidge
from mmbench.fusion.embedding.ensemble import EmbeddingEnsemble, side_by_side
from mmbench.fusion.embedding.floors import PopularityEmbedding, RandomEmbedding
from mmbench.fusion.embedding.member_weights import Weighed, likenesses, weigh_members
from mmbench.fusion.embedding.pairs import JointEmbedding, PairEmbedder
from mmbench.fusion.embedding.semantic import SemanticMatching
from mmbench.fusion.embedding.taught import TaughtMatching
from mmbench.fusion.joint_spaces.reduction import unit_rows

__all__ = [
    "ChiSquaredRidge",
    "EmbeddingEnsemble",
    "JointEmbedding",
    "PairEmbedder",
    "PopularityEmbedding",
    "RandomEmbedding",
    "SemanticMatching",
    "TaughtMatching",
    "Weighed",
    "likenesses",
    "side_by_side",
    "unit_rows",
    "weigh_members",
]
