"""Train small networks with torch: seeded, on one thread, stopping early.

What is trained here is small: on one thread it is as fast as on several, and the same
seed gives the same bytes whatever the number of threads around it.
"""

from __future__ import annotations

import contextlib
import copy
import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from numbers import Integral, Real
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from mmbench.errors import MissingDependencyError, require_installed

if TYPE_CHECKING:
    from torch import Tensor, nn

__all__ = [
    "OPTIMIZERS",
    "History",
    "NeedsTorch",
    "Training",
    "network_state",
    "reproducible",
    "restore_network",
]

OPTIMIZERS = ("adam", "sgd")
_MOMENTUM = 0.9
_MAX_GRADIENT = 5.0
# Rows whose loss is computed at once where nothing is learnt from it.
_ROWS_AT_ONCE = 512


class NeedsTorch:
    """Mixin of estimators that compute with torch."""

    def check_requirements(self) -> None:
        """Look for what has to be on this machine, without loading it.

        Raises
        ------
        RequirementError
            When something has to be installed or fetched first.
        """
        require_installed("torch", extra="torch")


def network_state(network: nn.Module, options: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a network is, for its ``__getstate__``: numbers and no code.

    Parameters
    ----------
    network : torch.nn.Module
        Trained or not.
    options : mapping of str to object
        What its constructor was given.

    Returns
    -------
    dict of str to object
        The options, the weights as bytes in the format of safetensors, and whether it
        is being trained.
    """
    from safetensors.torch import save

    tensors = network.state_dict().items()
    weights = save({name: each.detach().contiguous() for name, each in tensors})
    return {
        "options": dict(options),
        "weights": weights,
        "training": network.training,
    }


def restore_network(network: nn.Module, state: Mapping[str, Any]) -> None:
    """Make a network what another was, for its ``__setstate__``.

    Parameters
    ----------
    network : torch.nn.Module
        Not constructed yet.
    state : mapping of str to object
        What `network_state` returned.
    """
    import torch
    from safetensors.torch import load

    with torch.random.fork_rng(devices=[]):  # what it draws is overwritten
        type(network).__init__(network, **state["options"])
    network.load_state_dict(load(state["weights"]))
    network.train(state["training"])


@dataclass
class History:
    """What a training left.

    Attributes
    ----------
    loss : list of float
        The mean loss of the rows learnt from, in each epoch, met on the way.
    validation_loss : list of float
        That of the rows held out, after each epoch; empty where none were.
    best_epoch : int
        The epoch, counted from one, whose weights were kept.
    """

    loss: list[float] = field(default_factory=list)
    validation_loss: list[float] = field(default_factory=list)
    best_epoch: int = 0

    @property
    def n_epochs(self) -> int:
        """How many epochs there were."""
        return len(self.loss)


@dataclass(frozen=True, kw_only=True)
class Training:
    """How a network is trained.

    Parameters
    ----------
    optimizer : {"adam", "sgd"}, default="adam"
        Adam, or stochastic gradient descent with Nesterov's momentum of 0.9.
    learning_rate : float
        The optimizer's.
    alpha : float, default=0.0
        Strength of the L2 penalty on the weights.
    batch_size : int
        Rows in a step.
    max_epochs : int
        The most passes over the rows.
    patience : int
        How many epochs without a lower loss end the training.
    validation_fraction : float
        The share of each class's rows that is held out and watched. Where it comes to
        no row, the loss of the rows learnt from is watched.

    References
    ----------
    D. P. Kingma, J. Ba. *Adam: a method for stochastic optimization.* ICLR 2015.

    L. Prechelt. *Early stopping - but when?* In: Neural Networks: Tricks of the Trade,
    Springer 1998.
    """

    optimizer: str = "adam"
    learning_rate: float
    alpha: float = 0.0
    batch_size: int
    max_epochs: int
    patience: int
    validation_fraction: float

    def __post_init__(self) -> None:
        if self.optimizer not in OPTIMIZERS:
            raise ValueError(
                f"optimizer must be one of {list(OPTIMIZERS)}, got {self.optimizer!r}."
            )
        for name in ("batch_size", "max_epochs", "patience"):
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, Integral) or value < 1:
                raise ValueError(
                    f"{name} must be an integer of at least 1, got {value!r}."
                )
        _require_number("learning_rate", self.learning_rate, above=True)
        _require_number("alpha", self.alpha)
        _require_number("validation_fraction", self.validation_fraction, below=1)

    def run(
        self,
        network: nn.Module,
        loss: Callable[[NDArray[np.intp]], Tensor],
        y: NDArray[np.intp],
        rng: np.random.Generator,
    ) -> History:
        """Train a network, and leave it with its best weights, in evaluation mode.

        Parameters
        ----------
        network : torch.nn.Module
            What is trained.
        loss : callable
            From row numbers to the mean loss of these rows.
        y : ndarray of int, shape (n_rows,)
            The classes of all rows, of which a share is held out.
        rng : numpy.random.Generator
            Shuffles the rows. The network's own randomness is torch's.

        Returns
        -------
        History
        """
        held_out = self._held_out(y, rng)
        learnt = np.setdiff1d(np.arange(len(y)), held_out)
        optimizer = self._optimizer(network)
        history, best, weights = History(), math.inf, network.state_dict()
        for epoch in range(1, self.max_epochs + 1):
            network.train()
            history.loss.append(
                self._epoch(network, optimizer, loss, rng.permutation(learnt))
            )
            network.eval()
            if len(held_out):
                history.validation_loss.append(_mean_loss(loss, held_out))
            watched = (history.validation_loss or history.loss)[-1]
            if watched < best:
                best, history.best_epoch = watched, epoch
                weights = copy.deepcopy(network.state_dict())
            elif epoch - history.best_epoch >= self.patience:
                break
        network.load_state_dict(weights)
        network.eval()
        return history

    def _held_out(
        self, y: NDArray[np.intp], rng: np.random.Generator
    ) -> NDArray[np.intp]:
        order = rng.permutation(len(y))
        chosen = [np.empty(0, np.intp)]
        for label in np.unique(y):
            rows = order[y[order] == label]
            chosen.append(rows[: int(self.validation_fraction * len(rows))])
        return np.sort(np.concatenate(chosen))

    def _optimizer(self, network: nn.Module) -> Any:
        import torch

        common: dict[str, Any] = {
            "lr": self.learning_rate,
            "weight_decay": self.alpha,
        }
        if self.optimizer == "adam":
            return torch.optim.Adam(network.parameters(), fused=True, **common)
        return torch.optim.SGD(
            network.parameters(), momentum=_MOMENTUM, nesterov=True, **common
        )

    def _epoch(
        self,
        network: nn.Module,
        optimizer: Any,
        loss: Callable[[NDArray[np.intp]], Tensor],
        rows: NDArray[np.intp],
    ) -> float:
        import torch

        total = 0.0
        for start in range(0, len(rows), self.batch_size):
            batch = rows[start : start + self.batch_size]
            optimizer.zero_grad()
            found = loss(batch)
            found.backward()  # type: ignore[no-untyped-call]
            torch.nn.utils.clip_grad_norm_(network.parameters(), _MAX_GRADIENT)
            optimizer.step()
            total += float(found.detach()) * len(batch)
        return total / len(rows)


def _mean_loss(
    loss: Callable[[NDArray[np.intp]], Tensor], rows: NDArray[np.intp]
) -> float:
    import torch

    with torch.no_grad():
        parts = (
            rows[i : i + _ROWS_AT_ONCE] for i in range(0, len(rows), _ROWS_AT_ONCE)
        )
        return sum(float(loss(part)) * len(part) for part in parts) / len(rows)


@contextlib.contextmanager
def reproducible(seed: int | None = None) -> Iterator[None]:
    """Let torch compute on one thread, and seed it; leave both as they were.

    Parameters
    ----------
    seed : int, optional
        Of torch's random numbers; by default they are left alone.

    Raises
    ------
    MissingDependencyError
        When torch is not installed.
    """
    try:
        import torch
    except ImportError as error:
        raise MissingDependencyError("torch", extra="torch") from error
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        with torch.random.fork_rng(devices=[], enabled=seed is not None):
            if seed is not None:
                torch.manual_seed(seed)
            yield
    finally:
        torch.set_num_threads(threads)


def _require_number(
    name: str, value: Any, *, above: bool = False, below: float = math.inf
) -> None:
    is_number = isinstance(value, Real) and not isinstance(value, bool)
    if not is_number or not 0 <= value < below or (above and value == 0):
        least = "above 0" if above else "of at least 0"
        most = "finite" if below == math.inf else f"below {below}"
        raise ValueError(f"{name} must be a number {least} and {most}, got {value!r}.")
