"""What further fits of methods will cost, said before a run."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from mmbench.presentation.numbers import count_text

if TYPE_CHECKING:
    from mmbench.engine import Plan
    from mmbench.engine.after.retraining import Retrain

__all__ = ["curve_lines", "retraining_lines"]

_PARTS = {2: "halves", 3: "thirds"}


def retraining_lines(plan: Plan, retrain: Retrain) -> Iterator[str]:
    """Say which methods will be retrained, and at what cost.

    Parameters
    ----------
    plan : Plan
        What will be run.
    retrain : {"auto", "none", "headline", "all"}
        Which methods.

    Yields
    ------
    str
        One line per dataset on which there are at least two methods to compare.
    """
    from mmbench.engine.after.contenders import at_most
    from mmbench.engine.after.retraining import designs_of, relative_cost

    if retrain == "none":
        return
    is_auto = "; left out if that costs more than the trials and half a minute"
    for name, design in designs_of(plan).items():
        n_methods, n_chosen = at_most(plan, plan.datasets[name], retrain)
        if n_chosen < 2:
            continue
        if isinstance(design, str):
            yield f"none on {name}: {design}"
            continue
        if design.kind == "parts":
            what = f"{_PARTS[design.n_parts]} of the samples"
        else:
            what = "bootstrap samples of the training rows"
        times = relative_cost(plan, design, n_methods, n_chosen)
        fits = count_text(design.n_fits, "fit")
        yield (
            f"{count_text(n_chosen, 'method')} on {name}, {fits} each to {what}: about "
            f"{times:.2g} times the work of its trials"
            f"{is_auto if retrain == 'auto' else ''}"
        )


def curve_lines(plan: Plan, train_sizes: Sequence[float]) -> Iterator[str]:
    """Say which methods a learning curve will be drawn of, and at what cost.

    Parameters
    ----------
    plan : Plan
        What will be run.
    train_sizes : sequence of float
        Shares of the training samples.

    Yields
    ------
    str
        One line per dataset on which there are at least two methods to compare.

    Raises
    ------
    UsageError
        When these are not shares.
    """
    from mmbench.engine.after.contenders import at_most
    from mmbench.engine.after.learning_curve import check_train_sizes

    sizes = check_train_sizes(train_sizes)
    for name, dataset in plan.datasets.items() if sizes else ():
        n_methods, n_chosen = at_most(plan, dataset, "headline")
        if n_chosen > 1:
            times = sum(sizes) * n_chosen / n_methods
            yield (
                f"{count_text(n_chosen, 'method')} on {name}, trained on "
                f"{', '.join(f'{size:g}' for size in sizes)} of the training samples: "
                f"at most {times:.2g} times the work of its trials"
            )
