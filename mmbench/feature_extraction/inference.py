"""Rewrite a network so that it computes the same in less time on a processor.

Batch normalisation is folded into the convolution before it. A convolution and the
activation behind it become one call of oneDNN, whose weights lie in memory as its
routines want them. In bfloat16 some convolutions can stay in float32; which, is chosen
in :mod:`~mmbench.feature_extraction.precision`.
"""

from __future__ import annotations

import copy
from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import torch
    from torch import fx, nn

__all__ = ["convolutions", "folded", "has_onednn", "rewritten"]

_Activation = tuple[str, list[float], str]
"""Its name, numbers and variant, as oneDNN's routines in torch take them."""


def has_onednn() -> bool:
    """Return whether torch has the routines of oneDNN that are used here.

    torch's own compiler calls them since 2.0. They are not a documented part of it, so
    where they are missing, networks run as torch runs them.
    """
    import torch

    names = ("_convolution_pointwise", "_reorder_convolution_weight")
    onednn: Any = torch.backends.mkldnn
    return bool(onednn.is_available()) and all(
        hasattr(torch.ops.mkldnn, name) for name in names
    )


def folded(module: nn.Module) -> fx.GraphModule:
    """Return a network with batch normalisation folded into its convolutions.

    Parameters
    ----------
    module : torch.nn.Module
        In evaluation mode, its flow independent of its input. It stays as it is.

    Returns
    -------
    torch.fx.GraphModule
        The same function of its input, up to rounding.

    References
    ----------
    .. [1] B. Jacob et al., "Quantization and training of neural networks for efficient
       integer-arithmetic-only inference", CVPR 2018, section 3.2.
    """
    from torch import fx, nn
    from torch.nn.utils.fusion import fuse_conv_bn_eval

    graph = fx.symbolic_trace(copy.deepcopy(module))
    for node in list(graph.graph.nodes):
        norm = _layer(graph, node, nn.BatchNorm2d)
        if norm is None or norm.running_mean is None:
            continue
        before = node.args[0]
        conv = _layer(graph, before, nn.Conv2d)
        if conv is None or len(before.users) > 1 or _n_calls(graph, before) > 1:
            continue
        parent, _, child = before.target.rpartition(".")
        setattr(graph.get_submodule(parent), child, fuse_conv_bn_eval(conv, norm))
        node.replace_all_uses_with(before)
        graph.graph.erase_node(node)
    return _finished(graph)


def convolutions(graph: fx.GraphModule) -> dict[str, nn.Conv2d]:
    """Return the convolutions of a network that :func:`rewritten` can rewrite.

    Parameters
    ----------
    graph : GraphModule
        The traced network.

    Returns
    -------
    dict of str to Conv2d
        Layers by name: those that are called once and pad with zeros.
    """
    from torch import nn

    return {
        node.target: conv
        for node in graph.graph.nodes
        if (conv := _layer(graph, node, nn.Conv2d)) is not None
        and conv.padding_mode == "zeros"
        and not isinstance(conv.padding, str)
        and _n_calls(graph, node) == 1
    }


def rewritten(
    graph: fx.GraphModule,
    shapes: Mapping[str, tuple[int, ...]],
    *,
    bfloat16: bool = False,
    exact: Collection[str] = (),
) -> fx.GraphModule:
    """Return a network whose convolutions and activations are single calls of oneDNN.

    Parameters
    ----------
    graph : torch.fx.GraphModule
        As from :func:`folded`. It stays as it is.
    shapes : mapping of str to tuple of int
        The shape of what goes into each of its :func:`convolutions`.
    bfloat16 : bool, default=False
        Whether the network computes in bfloat16.
    exact : collection of str, default=()
        The convolutions that compute in float32 all the same.

    Returns
    -------
    torch.fx.GraphModule
        Takes float32; gives bfloat16 or float32.
    """
    import torch
    from torch import fx

    new = fx.GraphModule(graph, copy.deepcopy(graph.graph))
    found = convolutions(graph)
    if bfloat16:
        _round_other_weights(new, but_of=found)
    calls = {n.target: n for n in new.graph.nodes if n.op == "call_module"}
    for name in found:
        _absorb_activation(new, calls[name])
    for name, conv in found.items():
        low = bfloat16 and name not in exact
        dtype = torch.bfloat16 if low else torch.float32
        _call_onednn(new, calls[name], conv, shapes[name], dtype)
    return _finished(new)


def _absorb_activation(graph: fx.GraphModule, node: fx.Node) -> None:
    """Take the activation behind a convolution out, and note it at the convolution."""
    from torch import nn
    from torch.nn import functional

    known: dict[Any, _Activation] = {
        nn.ReLU: ("relu", [], ""),
        functional.relu: ("relu", [], ""),
        nn.ReLU6: ("hardtanh", [0.0, 6.0], ""),
        nn.SiLU: ("swish", [], ""),
        nn.Hardswish: ("hardswish", [], ""),
    }
    users = list(node.users)
    layer = _layer(graph, users[0], nn.Module) if len(users) == 1 else None
    kind: Any = type(layer) if layer is not None else getattr(users[0], "target", None)
    node.meta["activation"] = ("none", [], "")
    if len(users) == 1 and kind in known:
        node.meta["activation"] = known[kind]
        users[0].replace_all_uses_with(node)
        graph.graph.erase_node(users[0])


def _call_onednn(
    graph: fx.GraphModule,
    node: fx.Node,
    conv: nn.Conv2d,
    shape: tuple[int, ...],
    dtype: torch.dtype,
) -> None:
    """Put a call of oneDNN in a convolution's place."""
    import torch

    geometry = (
        [int(side) for side in conv.padding],
        list(conv.stride),
        list(conv.dilation),
        conv.groups,
    )
    with torch.no_grad():
        weight = torch.ops.mkldnn._reorder_convolution_weight(
            conv.weight.detach().to(dtype), *geometry, list(shape)
        )
    bias = None if conv.bias is None else conv.bias.detach().to(torch.float32)
    nodes = graph.graph
    with nodes.inserting_before(node):
        rounded = nodes.call_method("to", (node.args[0], dtype))
        tensors = [_constant(graph, tensor) for tensor in (weight, bias)]
        call = nodes.call_function(
            torch.ops.mkldnn._convolution_pointwise.default,
            (rounded, *tensors, *geometry, *node.meta["activation"]),
        )
    node.replace_all_uses_with(call)
    nodes.erase_node(node)


def _round_other_weights(graph: fx.GraphModule, but_of: Collection[str]) -> None:
    """Bring the other weights to bfloat16, and what goes into their layers.

    Normalisations keep theirs: in torch they take bfloat16 with weights in float32.
    """
    import torch
    from torch import fx, nn

    nodes = graph.graph
    for node in list(nodes.nodes):
        layer = None if node.target in but_of else _layer(graph, node, nn.Module)
        norm = isinstance(layer, nn.BatchNorm2d | nn.GroupNorm | nn.LayerNorm)
        if layer is not None and not norm and list(layer.parameters()):
            parent, _, child = node.target.rpartition(".")
            copied = copy.deepcopy(layer).to(torch.bfloat16)
            setattr(graph.get_submodule(parent), child, copied)
            with nodes.inserting_before(node):
                node.args = fx.map_arg(
                    node.args,
                    lambda each: nodes.call_method("to", (each, torch.bfloat16)),
                )
        elif node.op == "get_attr":
            value: Any = _attribute(graph, node.target)
            if value.dtype == torch.float32:
                with nodes.inserting_before(node):
                    low = _constant(graph, value.detach().to(torch.bfloat16))
                node.replace_all_uses_with(low)
                nodes.erase_node(node)


def _constant(graph: fx.GraphModule, tensor: torch.Tensor | None) -> fx.Node | None:
    """Give the graph a tensor, and return the node that stands for it."""
    if tensor is None:
        return None
    name = f"_constant_{sum(1 for _ in graph.buffers(recurse=False))}"
    graph.register_buffer(name, tensor, persistent=False)
    return graph.graph.get_attr(name)


def _attribute(graph: fx.GraphModule, target: str) -> Any:
    parent, _, child = target.rpartition(".")
    return getattr(graph.get_submodule(parent), child)


def _layer(graph: fx.GraphModule, node: Any, kind: type) -> Any:
    """Return the layer that a node calls, when it is of a kind."""
    if getattr(node, "op", None) != "call_module":
        return None
    layer = graph.get_submodule(node.target)
    return layer if isinstance(layer, kind) else None


def _n_calls(graph: fx.GraphModule, node: fx.Node) -> int:
    return sum(other.target == node.target for other in graph.graph.nodes)


def _finished(graph: fx.GraphModule) -> fx.GraphModule:
    graph.delete_all_unused_submodules()
    graph.graph.lint()
    graph.recompile()
    return graph.eval()
