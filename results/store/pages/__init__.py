"""Lists for those who browse: filtered, sorted, and read page by page.

A page is found by the last row of the one before (its key and id), never by counting rows, so that
the last page costs what the first one does.
"""

from results.store.pages.candidates import CANDIDATE_ORDERS
from results.store.pages.coefficients import COEFFICIENTS_ORDERS
from results.store.pages.epochs import EPOCH_ORDERS
from results.store.pages.part import PagePart
from results.store.pages.sweeps import SWEEP_ORDERS
from results.store.pages.trials import TRIAL_ORDERS

__all__ = [
    "CANDIDATE_ORDERS",
    "COEFFICIENTS_ORDERS",
    "EPOCH_ORDERS",
    "SWEEP_ORDERS",
    "TRIAL_ORDERS",
    "PagePart",
]
