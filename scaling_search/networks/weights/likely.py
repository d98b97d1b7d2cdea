"""Which known network tensors are of, for the messages about weights that do not fit."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Final

import torch
from torch import Tensor

from scaling_search.networks.modules import build
from search_spaces.baselines import baselines, get_baseline, is_built_in
from search_spaces.baselines.frame import Frame
from search_spaces.coefficients import PUBLISHED
from search_spaces.families import PUBLISHED_FAMILIES, family
from search_spaces.networks.spec import NetworkSpec

CLASSIFIER: Final = "head.classifier"
COUNTER: Final = "num_batches_tracked"
_BLOCK: Final = re.compile(r"stages\.(\d+)\.(\d+)\.")
_NEAR: Final = 0.5
"""Share of the tensors that must agree before a network is called the nearest."""

Naming = Callable[[Iterable[str], NetworkSpec], dict[str, str]]
"""From our names of a network's tensors to those that a file uses."""


def expected_tensors(spec: NetworkSpec) -> dict[str, Tensor]:
    """A network's tensors under our names: shapes without memory."""
    with torch.device("meta"), torch.random.fork_rng([]):
        return dict(build(spec).state_dict())


def known_networks(*, official_only: bool) -> Iterator[tuple[str, NetworkSpec]]:
    """The published members, and the other built-in baselines as they are."""
    for name, table in PUBLISHED_FAMILIES.items():
        frame = Frame.of(get_baseline(name))
        for member in family(frame, PUBLISHED, members=len(table), convention="published"):
            yield f"the published {member.name}", member.spec
    if not official_only:
        for name, baseline in baselines().items():
            if is_built_in(name) and name not in PUBLISHED_FAMILIES:
                yield name, baseline.base


def likely(shapes: Mapping[str, Tensor], naming: Naming, *, official_only: bool) -> str:
    """What tensors look like, as the end of a message: a known network and what to do about it.

    Where none is near, it tells the network's own shape as far as our names show it.

    Args:
        shapes: the tensors by the file's names.
        naming: the names that the file uses.
        official_only: whether those names exist for EfficientNets alone.
    """
    given = {name: value.shape for name, value in shapes.items() if not name.endswith(COUNTER)}
    nearest, share, classes = "", 0.0, ""
    for called, spec in known_networks(official_only=official_only):
        expected = expected_tensors(spec)
        names = naming(expected, spec)
        classifier = {names[ours] for ours in expected if ours.startswith(CLASSIFIER)}
        wanted = {
            names[ours]: like.shape
            for ours, like in expected.items()
            if not ours.endswith(COUNTER) and names[ours] not in classifier
        }
        body = {name: shape for name, shape in given.items() if name not in classifier}
        equal = sum(body.get(name) == shape for name, shape in wanted.items())
        agreeing = equal / len(wanted.keys() | body.keys())
        if agreeing > share:
            nearest, share, classes = called, agreeing, _classes(given, classifier)
    if share == 1:
        return f": the tensors are those of {nearest}{classes}; choose it"
    if share >= _NEAR:
        return (
            f": the tensors come nearest to {nearest}{classes}, of which {share:.0%} fit; choose "
            "the network that they were trained as"
        )
    return (
        f": the tensors are of no known member{_described(given)}; choose the network that they "
        "were trained as"
    )


def _classes(given: Mapping[str, torch.Size], classifier: Iterable[str]) -> str:
    found = [given[name][0] for name in classifier if name in given]
    return f" with {found[0]} classes" if found else " without its classifier"


def _described(given: Mapping[str, torch.Size]) -> str:
    """The stages of a network under our own names."""
    depths: dict[int, int] = {}
    for match in filter(None, map(_BLOCK.match, given)):
        stage, block = int(match[1]), int(match[2])
        depths[stage] = max(depths.get(stage, 0), block + 1)
    stem = given.get("stem.conv.weight")
    if not depths or stem is None:
        return ""
    blocks = ", ".join(str(depths[stage]) for stage in sorted(depths))
    return f" (a stem of {stem[0]} channels, then stages of {blocks} blocks)"
