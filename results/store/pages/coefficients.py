"""Coefficients as a list shows them."""

from typing import Final, Unpack

from results.schema import CoefficientsRow
from results.store.listing import Key, Listing
from results.store.outcomes import matching
from results.values import CoefficientsFilters

_KEYS: Final = {
    "id": Key(CoefficientsRow.id),
    "accuracy": Key(CoefficientsRow.accuracy),
    "created_at": Key(CoefficientsRow.created_at),
    "alpha": Key(CoefficientsRow.alpha),
    "beta": Key(CoefficientsRow.beta),
    "gamma": Key(CoefficientsRow.gamma),
}
COEFFICIENTS_ORDERS: Final = tuple(_KEYS)


def coefficients_listing(**filters: Unpack[CoefficientsFilters]) -> Listing:
    """Coefficients that match every filter given."""
    return Listing(matching(**filters), _KEYS)
