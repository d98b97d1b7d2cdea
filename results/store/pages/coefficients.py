"""Coefficients as a list shows them."""

from collections.abc import Iterable
from typing import Final

from results.schema import CoefficientsRow
from results.states import Verdict
from results.store.outcomes import matching
from results.store.pages.keyset import Key, Listing
from search_spaces.specs.target import Quantity

_KEYS: Final = {
    "id": Key(CoefficientsRow.id),
    "accuracy": Key(CoefficientsRow.accuracy),
    "created_at": Key(CoefficientsRow.created_at),
    "alpha": Key(CoefficientsRow.alpha),
    "beta": Key(CoefficientsRow.beta),
    "gamma": Key(CoefficientsRow.gamma),
}
COEFFICIENTS_ORDERS: Final = tuple(_KEYS)


def coefficients_listing(
    *,
    sweep_id: int | None = None,
    baseline: str | None = None,
    dataset: str | None = None,
    target_ratio: float | None = None,
    target_quantity: Quantity | None = None,
    protocol: str | None = None,
    verdicts: Iterable[Verdict] | None = None,
) -> Listing:
    """Coefficients that match every filter given."""
    statement = matching(
        sweep_id=sweep_id,
        baseline=baseline,
        dataset=dataset,
        target_ratio=target_ratio,
        target_quantity=target_quantity,
        protocol=protocol,
        verdicts=verdicts,
    )
    return Listing(statement, _KEYS)
