"""Baselines for several views: joined, by kernels, by correlation and view by view."""

from __future__ import annotations

from mmbench.fusion import append_step, canonical_fusion, early_fusion, kernel_fusion
from mmbench.suites.kinds import LINEAR
from mmbench.suites.materials import Materials
from mmbench.suites.parts import Methods, fused


def methods(materials: Materials) -> Methods:
    """Return the methods for views beside those of every suite of fusions.

    A support vector machine stands on each view, on all of them joined, and on the mean
    of their kernels; a linear model on the coordinates of a multiview canonical
    correlation analysis; boosted trees on each view, fused late. A greedy selection
    joins what of it helps, out of fold.

    Parameters
    ----------
    materials : Materials
        The columns, the task and the networks to build methods from.

    Returns
    -------
    dict of str to estimator
        Unfitted methods by name; none where there are less than two views.
    """
    views = tuple(unit for unit in materials.units() if unit in materials.views)
    if len(views) < 2:
        return {}
    kind, joined = materials.kind, f"{'+'.join(views)}/numeric"
    blocks = [(view, materials.features(view, "numeric")) for view in views]
    singles = {
        f"{view}/numeric/svm": append_step(block, kind.kernel_machine("rbf"))
        for view, block in blocks
    }
    together = {
        f"{joined}/early/svm": early_fusion(blocks, kind.kernel_machine("rbf")),
        f"{joined}/kernel/svm": kernel_fusion(
            blocks, kind.kernel_machine("precomputed")
        ),
        f"{joined}/canonical/{kind.linear}": canonical_fusion(
            blocks, kind.make(LINEAR)
        ),
    }
    voters = list((singles | together).items())
    return {
        **singles,
        **together,
        **fused(materials, views, "late-mean", "hist_gradient_boosting"),
        f"{joined}/greedy/svm": kind.greedy(voters, cv=kind.inner),
    }
