"""What a sweep found beside its verdict, in words: one wording for the shell and the pages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from search_spaces.human import percent, plural, points
from search_spaces.specs.target import NAMES, Quantity


def findings(outcome: Mapping[str, Any], quantity: Quantity) -> list[str]:
    """The region, the leader's gains, and what fresh seeds showed of both; a sentence each.

    Args:
        outcome: as it is stored with a sweep.
        quantity: what its search is matched on.
    """
    said = []
    if len(outcome.get("region", ())) > 1:
        named = ", ".join(str(index) for index in outcome["region"])
        ends = outcome.get("region_shares") or {}
        spent = ", ".join(f"{name} {low:.0%} to {high:.0%}" for name, (low, high) in ends.items())
        spending = f", which spend a doubling on {spent}" if spent else ""
        said.append(f"as good as each other: candidates {named}{spending}")
    said += _gains(outcome.get("gains", {}), "gain", NAMES[quantity])
    fresh = outcome.get("confirmation")
    if fresh:
        said.append(
            f"on {plural(fresh['seeds'], 'fresh seed')}, which had no part in its selection: "
            f"{percent(fresh['accuracy'])} ({percent(fresh['low'])} to {percent(fresh['high'])})"
        )
        said += _gains(fresh["gains"], "on fresh seeds, gain", NAMES[quantity])
    return said


def _gains(gains: Mapping[str, Any], what: str, matched: str) -> list[str]:
    beside = {
        "baseline": "the unscaled baseline",
        "published": f"the published coefficients at matched {matched}",
    }
    return [
        f"{what} over {beside[name]} (candidate {one['over']}): "
        f"{points(one['gain'], sign=True)} points "
        f"({points(one['low'], sign=True)} to {points(one['high'], sign=True)})"
        for name, one in gains.items()
    ]
