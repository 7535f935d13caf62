"""Truncate a network at an inner layer."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from mmbench.errors import UnknownNameError

if TYPE_CHECKING:
    from torch import nn

__all__ = ["cut_at"]


def cut_at(module: nn.Module, layer: str | None) -> nn.Module:
    """Return a network that gives what one of its layers gives.

    Parameters
    ----------
    module : torch.nn.Module
        In evaluation mode, its flow independent of its input.
    layer : str or None
        The name of a submodule, or of a node of its graph as
        :func:`torchvision.models.feature_extraction.get_graph_node_names` lists
        them; None for all of the network.

    Returns
    -------
    torch.nn.Module
        What comes after the layer is left out.

    Raises
    ------
    ValueError
        When it has no such layer.

    Examples
    --------
    >>> import torch
    >>> network = torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(4, 2)).eval()
    >>> cut_at(network, "0")(torch.ones(1, 2, 2))
    tensor([[1., 1., 1., 1.]])
    """
    if layer is None:
        return module
    from torch import fx
    from torchvision.models.feature_extraction import (
        create_feature_extractor,
        get_graph_node_names,
    )

    names = get_graph_node_names(module)[1]
    if not any(name == layer or name.startswith(f"{layer}.") for name in names):
        # All of them would be hundreds.
        outer = [n for n, _ in module.named_modules() if n and n.count(".") < 2]
        raise ValueError(str(UnknownNameError("layer", layer, outer)))
    cut = create_feature_extractor(module, {layer: layer}).eval()
    for node in cut.graph.nodes:
        if node.op == "output":
            node.args = (node.args[0][layer],)
    return cast("nn.Module", fx.GraphModule(cut, cut.graph).eval())
