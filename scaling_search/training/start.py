"""The weights that a training starts from: random ones, or those of an earlier training."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from torch import Tensor, nn

from scaling_search.networks.modules import build
from search_spaces.networks.layers import Padding
from search_spaces.networks.spec import NetworkSpec


@dataclass(frozen=True)
class Start:
    """Weights of another task, and when which of them are trained.

    Attributes:
        weights: tensors under our names; those that are left out (the classifier) stay random.
            None at all: a start from scratch.
        padding, norm_eps: how they were trained, where not as the baseline says (`build`).
        thaw: the share of the steps by which everything is trained: first the classifier alone,
            then stage after stage from the last to the first (arXiv 1801.06146, section 3.3);
            0: everything from the first step.
    """

    weights: Mapping[str, Tensor] = field(default_factory=dict, repr=False)
    padding: Padding | None = None
    norm_eps: float | None = None
    thaw: float = 0.0

    def build(
        self, spec: NetworkSpec, *, dropout: float = 0.0, stochastic_depth: float = 0.0
    ) -> nn.Module:
        """The network at its start; what is random comes from torch's global generator."""
        network = build(
            spec,
            dropout=dropout,
            stochastic_depth=stochastic_depth,
            padding=self.padding,
            norm_eps=self.norm_eps,
        )
        network.load_state_dict(dict(self.weights), strict=False)
        return network


class Thaw:
    """Thaws a network part by part; norms of frozen parts keep their statistics.

    Args:
        network: as a `Start` built it; its parameters keep their names.
        start: whose `weights` are frozen at first.
        steps: of the whole training.
    """

    def __init__(self, network: nn.Module, start: Start, steps: int) -> None:
        self._network = network
        parameters = dict(network.named_parameters())
        groups = _groups(name for name in parameters if name in start.weights)
        self._groups = [[parameters[name] for name in names] for names in groups]
        self._norms = [module for module in network.modules() if isinstance(module, nn.BatchNorm2d)]
        self._every = start.thaw * steps / max(1, len(self._groups))

    def at(self, step: int) -> None:
        """Freeze the parts that are not trained at this step, counted from 0."""
        thawed = len(self._groups) if not self._every else math.floor(step / self._every + 1e-9)
        for place, group in enumerate(reversed(self._groups)):
            for parameter in group:
                parameter.requires_grad_(place < thawed)
        for norm in self._norms:
            norm.train(trains(norm))


def trains(module: nn.Module) -> bool:
    """Whether a module's own parameters are trained."""
    return all(parameter.requires_grad for parameter in module.parameters(recurse=False))


def _groups(names: Iterable[str]) -> list[list[str]]:
    """Names of tensors by the part of the network that they are of, in its order."""
    groups: dict[tuple[str, ...], list[str]] = {}
    for name in names:
        first, second, *_ = (*name.split("."), "")
        part = (first, second) if first == "stages" else (first,)
        groups.setdefault(part, []).append(name)
    return list(groups.values())
