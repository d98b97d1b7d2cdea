"""Sentences about an outcome beside its verdict: one wording for the shell and the pages."""

from __future__ import annotations

from collections.abc import Mapping

from results.values import Gain, Outcome
from search_spaces.human import percent, plural, points, points_between
from search_spaces.specs.target import NAMES, Quantity


def conclusions(outcome: Outcome, quantity: Quantity) -> list[str]:
    """The region, the leader's gains, and what fresh seeds showed of both; a sentence each.

    Args:
        outcome: of the sweep.
        quantity: what its search is matched on.
    """
    sentences = []
    if len(outcome.region) > 1:
        named = ", ".join(map(str, outcome.region))
        ends = (outcome.leading and outcome.leading.region_shares) or {}
        spent = ", ".join(f"{name} {low:.0%} to {high:.0%}" for name, (low, high) in ends.items())
        spending = f", which spend a doubling on {spent}" if spent else ""
        sentences.append(f"as good as each other: candidates {named}{spending}")
    sentences += _gains(outcome.gains, "gain", NAMES[quantity])
    fresh = outcome.confirmation
    if fresh is not None:
        sentences.append(
            f"on {plural(fresh.seeds, 'fresh seed')}, which had no part in its selection: "
            f"{percent(fresh.accuracy)} ({percent(fresh.low)} to {percent(fresh.high)})"
        )
        sentences += _gains(fresh.gains, "on fresh seeds, gain", NAMES[quantity])
    return sentences


def _gains(gains: Mapping[str, Gain], what: str, matched: str) -> list[str]:
    references = {
        "baseline": "the unscaled baseline",
        "published": f"the published coefficients at matched {matched}",
    }
    return [
        f"{what} over {references[name]} (candidate {one.over}): "
        f"{points(one.gain, sign=True)} points ({points_between(one.low, one.high)})"
        for name, one in gains.items()
    ]
