"""Candidates as a table: what they cost, what they reached, and how they stand to the leader."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from results.tables.table import Column
from results.values import Candidate, Comparison, Network, Outcome
from search_spaces.human import amount, chance, percent, points, points_between, triple
from search_spaces.networks.spec import NetworkSpec


@dataclass(frozen=True)
class Compared:
    """A candidate of a sweep beside the leader; the comparison is None before the outcome."""

    candidate: Candidate
    comparison: Comparison | None
    leads: bool

    @property
    def gain(self) -> str:
        """The leader's gain over it in points, with its sign."""
        one = self.comparison
        return "" if one is None or one.gain is None else points(one.gain, sign=True)

    @property
    def interval(self) -> str:
        """The joint interval of that gain."""
        return points_between(one.low, one.high) if (one := self.comparison) else ""

    @property
    def regret(self) -> str:
        """Points that it is expected to lose against the best."""
        lost = self.comparison.expected_regret if self.comparison else None
        return "" if lost is None else points(lost)

    @property
    def standing(self) -> str:
        """How it stands to the leader, and the roles that it has beside being searched."""
        standing = self.comparison.standing if self.comparison else "leader" if self.leads else ""
        named = roles(role for role in self.candidate.roles if role != "search")
        return ", ".join(part for part in (standing, named) if part and part != "reference")


def compared(
    candidates: Iterable[Candidate], outcome: Outcome | None, leading: int | None
) -> list[Compared]:
    """Candidates beside the leader, in the order given.

    Args:
        candidates: of one sweep.
        outcome: what it concluded; None before that.
        leading: index of the leader; before the outcome, of the best so far.
    """
    by_index = {one.index: one for one in outcome.comparisons} if outcome else {}
    return [Compared(one, by_index.get(one.index), one.index == leading) for one in candidates]


def roles(names: Iterable[str]) -> str:
    """Roles in few letters: `published_matched` is `matched`."""
    return "+".join("matched" if name == "published_matched" else name for name in names)


def _widths(network: Network) -> str:
    widths = NetworkSpec.from_dict(network.spec).widths
    return f"{widths[0]}…{widths[-1]}"


NETWORKS: Final[dict[str, Column[Network]]] = {
    "index": Column("#", lambda one: str(one.index)),
    "roles": Column(
        "role",
        lambda one: roles(one.roles),
        numeric=False,
        help="matched is the network of the published direction at the target",
    ),
    "coefficients": Column("α, β, γ", lambda one: triple(one.representative)[1:-1], numeric=False),
    "triples": Column(
        "n", lambda one: f"{len(one.coefficients):,}", help="triples that round to the network"
    ),
    "blocks": Column("blocks", lambda one: str(sum(s["depth"] for s in one.spec["stages"]))),
    "widths": Column("width", _widths, numeric=False, help="channels of stem…head"),
    "resolution_px": Column("px", lambda one: str(one.spec["resolution_px"])),
    "flops": Column("FLOPs", lambda one: amount(one.flops)),
    "params": Column("params", lambda one: amount(one.params)),
    "nominal_ratio": Column("nom.", lambda one: f"{one.nominal_ratio:.2f}", help="αβ²γ²"),
    "measured_ratio": Column(
        "ratio", lambda one: f"{one.measured_ratio:.2f}", help="FLOPs over the baseline's"
    ),
    "latency": Column(
        "× lat.",
        lambda one: "" if one.latency is None else f"{one.latency['ratio']:.2f}",
        help="latency over the baseline's",
    ),
    "residual": Column(
        "resid.",
        lambda one: "" if one.residual is None else f"{one.residual:+.2f}",
        help="distance to the target",
    ),
    "eligible": Column(
        "✓", lambda one: "✓" if one.eligible else "", numeric=False, help="may be chosen"
    ),
}
"""Columns of a planned network."""


def _of_candidate(name: str) -> Column[Compared]:
    column = NETWORKS[name]
    return Column(
        column.heading,
        lambda one: column.cell(one.candidate),
        column.numeric,
        column.wraps,
        column.help,
    )


CANDIDATES: Final[dict[str, Column[Compared]]] = {
    name: _of_candidate(name) for name in NETWORKS
} | {
    "accuracy": Column("accuracy", lambda one: percent(one.candidate.accuracy_mean)),
    "sd": Column(
        "± sd", lambda one: points(one.candidate.accuracy_std), help="standard deviation over seeds"
    ),
    "seeds": Column("seeds", lambda one: str(one.candidate.finished)),
    "gain": Column(
        "gain",
        lambda one: one.gain,
        help="the leader's accuracy minus this one's at matched cost, in points",
    ),
    "interval": Column(
        "interval", lambda one: one.interval, help="of the gain, joint over seeds and images"
    ),
    "best": Column(
        "best",
        lambda one: chance(one.comparison.probability_best if one.comparison else None),
        help="probability that no other is better",
    ),
    "regret": Column(
        "regret",
        lambda one: one.regret,
        help="points that it is expected to lose against the best",
    ),
    "standing": Column("standing", lambda one: one.standing, numeric=False, wraps=True),
}
"""Columns of a candidate: of its network, of its trials, and of its comparison with the leader."""

REACHED: Final = ("accuracy", "sd", "seeds", "gain", "interval", "best", "regret", "standing")
"""Columns of what a candidate reached, which every surface shows."""
