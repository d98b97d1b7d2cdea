"""What a validation of a protocol means for the verdicts of searches under it."""

from __future__ import annotations

from typing import Any

from results.store import Store


def _flipping(report: dict[str, Any]) -> dict[str, str]:
    """Protocols whose shared learning rate chooses wrongly, with what to say of it."""
    found = {}
    for budget in report["budgets"]:
        effect = budget["rate_effect"]
        if effect is None or effect["state"] != "flips":
            continue
        for rate in budget["rates"]:
            if rate["learning_rate"] == report["shared_rate"]:
                found[rate["protocol"]] = (
                    f"its learning rate {report['shared_rate']:g}, which all candidates share, "
                    f"chooses wrongly at {budget['images']:,} images: candidates rank otherwise "
                    "when each has its own best rate, and what leads then is better with "
                    f"probability {effect['regret']['beaten']:.1%} (the choice loses "
                    f"{100 * effect['regret']['expected']:.2f} points)"
                )
    return found


def objection(store: Store, protocol: str) -> str | None:
    """Why a search of this protocol must conclude nothing; None where nothing is known against it.

    The latest validation of the protocol that tuned the rate there counts.
    """
    for row in store.validations(protocol=protocol):
        if row.report is None:
            continue
        tuned = any(
            budget["rate_effect"] is not None
            and any(rate["protocol"] == protocol for rate in budget["rates"])
            for budget in row.report["budgets"]
        )
        if tuned:
            said = _flipping(row.report).get(protocol)
            return said and f"validation {row.id} of this protocol says that {said}"
    return None


def withhold_conclusions(store: Store, validation_id: int, report: dict[str, Any]) -> list[int]:
    """Take back what searches concluded under protocols that a validation speaks against.

    Returns:
        The ids of their sweeps.
    """
    concerned = []
    for protocol, said in _flipping(report).items():
        reason = f"validation {validation_id} of this protocol says that {said}"
        concerned += store.withhold(protocol, reason)
    return concerned
