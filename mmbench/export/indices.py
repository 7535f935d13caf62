"""Trees and sparse matrices from a file: their indices lead where there is something.

scikit-learn and scipy follow them without looking, so a made-up index would read, or
crash, whatever lies there.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from mmbench.errors import StoreError
from mmbench.export.graph import parts_of

__all__ = ["check_indices"]

_LEAF = -1


def check_indices(model: Any) -> None:
    """Check the trees and sparse matrices of a loaded model.

    Parameters
    ----------
    model : estimator
        Just loaded, not asked yet.

    Raises
    ------
    StoreError
        When an index leads out of its tree or matrix, or in a circle.
    """
    for part in parts_of(model):
        kind = f"{type(part).__module__}.{type(part).__name__}"
        check = _CHECKS.get(kind)
        if check is not None and not check(part):
            raise StoreError(
                f"the model's file was tampered with: an index of a "
                f"{type(part).__name__} "
                "points nowhere."
            )


def _is_tree(tree: Any) -> bool:
    left, right = tree.children_left, tree.children_right
    inner = left != _LEAF
    return (
        _lead_on(left[inner], right[inner], np.flatnonzero(inner), tree.node_count)
        and bool(np.array_equal(inner, right != _LEAF))
        and bool(((tree.feature[inner] >= 0) & _below(tree, inner)).all())
    )


def _below(tree: Any, inner: NDArray[np.bool_]) -> NDArray[np.bool_]:
    below: NDArray[np.bool_] = tree.feature[inner] < tree.n_features
    return below


def _is_predictor(predictor: Any) -> bool:
    nodes = predictor.nodes
    inner = nodes["is_leaf"] == 0
    found = nodes[inner]
    sets = predictor.raw_left_cat_bitsets, predictor.binned_left_cat_bitsets
    of_sets = found["bitset_idx"][found["is_categorical"] != 0]
    return _lead_on(
        found["left"], found["right"], np.flatnonzero(inner), len(nodes)
    ) and all(bool((of_sets < len(each)).all()) for each in sets)


def _lead_on(
    left: NDArray[Any], right: NDArray[Any], places: NDArray[np.intp], n_nodes: int
) -> bool:
    """Return whether children stand behind their parents, and within the tree."""
    return all(
        bool(((side.astype(np.int64) > places) & (side < n_nodes)).all())
        for side in (left, right)
    )


def _is_sparse(matrix: Any) -> bool:
    try:
        matrix.check_format(full_check=True)
    except ValueError:
        return False
    return True


_CHECKS = {
    "scipy.sparse._csc.csc_array": _is_sparse,
    "scipy.sparse._csc.csc_matrix": _is_sparse,
    "scipy.sparse._csr.csr_array": _is_sparse,
    "scipy.sparse._csr.csr_matrix": _is_sparse,
    "sklearn.tree._tree.Tree": _is_tree,
    "sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor": _is_predictor,
}
