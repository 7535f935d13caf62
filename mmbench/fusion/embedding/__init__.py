"""Joint embeddings: methods that map both sides of pairs into one space.

Such a method has ``fit(X, y)`` and ``embed(X, side)``, which returns an embedding for
each row of ``X``; the inner product of a text's and a picture's says how well they go
together.
"""

from mmbench.fusion.embedding.floors import RandomEmbedding
from mmbench.fusion.embedding.pairs import JointEmbedding, PairEmbedder, unit_rows

__all__ = [
    "JointEmbedding",
    "PairEmbedder",
    "RandomEmbedding",
    "unit_rows",
]
