"""Same seed, same vectors, in every process."""

import os
import subprocess
import sys

SCRIPT = """
import hashlib
from mmbench.feature_extraction import (
    FastTextVectorizer, GloVeVectorizer, Word2VecVectorizer
)
texts = ["red hat", "blue hat", "red shoe and blue shoe", "a red and blue hat"] * 5
for vectorizer in (FastTextVectorizer, GloVeVectorizer, Word2VecVectorizer):
    for pooling in ("mean", "tfidf", "sif"):
        made = vectorizer(vector_size=8, pooling=pooling, random_state=0)
        print(hashlib.sha256(made.fit_transform(texts).tobytes()).hexdigest())
print(hash("red"))
"""


def test_the_hash_seed_of_python_does_not_matter():
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", SCRIPT],
            env={**os.environ, "PYTHONHASHSEED": seed},
            stdout=subprocess.PIPE,
            text=True,
        )
        for seed in ("1", "2")
    ]
    one, other = (p.communicate(timeout=120)[0].split() for p in processes)
    assert len(one) == 10
    assert one[:9] == other[:9]
    assert one[9] != other[9]
