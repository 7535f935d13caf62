"""The short form of `benchmarks/matching.py`."""

import importlib.util
from pathlib import Path

import pytest
from sklearn.model_selection import train_test_split

PATH = Path(__file__).parents[2] / "benchmarks" / "matching.py"


@pytest.mark.slow
def test_similarity_tells_names_of_drawings_from_others_by_far():
    spec = importlib.util.spec_from_file_location("matching", PATH)
    matching = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(matching)
    samples = matching.matching_glyphs()
    X, X_test, y, y_test = train_test_split(
        samples.X, samples.y, test_size=0.2, stratify=samples.y, random_state=0
    )
    scores = {
        name.split("/")[2]: method.fit(X, y).score(X_test, y_test)
        for name, method in matching.matching_methods().items()
        if "/early/" in name or "/attention/" in name or "/similarity/" in name
    }
    best_other = max(scores["early"], scores["attention"])
    assert scores["similarity"] >= best_other + 0.10
