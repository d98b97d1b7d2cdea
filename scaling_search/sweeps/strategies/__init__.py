"""Which trials of a sweep to train next, decided from what is stored, and nothing else.

A strategy is a function of the ledger: with the same ledger it decides the same, so a
sweep that was interrupted goes on as if nothing had happened, and a simulation decides as a real
sweep does. Only early stopping happens while trials run (`tune.early_stopping`).
"""

from scaling_search.sweeps.strategies.choice import confirmation_strategy, search_strategy
from scaling_search.sweeps.strategies.ledger import (
    Arm,
    Decision,
    Ledger,
    Step,
    Strategy,
    TrialStatus,
)

__all__ = [
    "Arm",
    "Decision",
    "Ledger",
    "Step",
    "Strategy",
    "TrialStatus",
    "confirmation_strategy",
    "search_strategy",
]
