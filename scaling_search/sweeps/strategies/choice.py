"""From a sweep's specification to its strategy."""

from __future__ import annotations

from scaling_search.sweeps.strategies.confirmation import Confirmation
from scaling_search.sweeps.strategies.contenders import Contenders
from scaling_search.sweeps.strategies.grid import Grid
from scaling_search.sweeps.strategies.ledger import Strategy
from scaling_search.sweeps.strategies.racing import Racing
from scaling_search.sweeps.strategies.sampling import Sampling
from search_spaces.specs.sweep import SweepSpec


def search_strategy(spec: SweepSpec, candidates: int, eligible: int) -> Strategy:
    """The strategy of a sweep over a plan of so many candidates, so many of which can win."""
    strategy, images = spec.strategy, spec.proxy.total_images
    if strategy.name == "contenders":
        return Contenders(spec.selection, strategy, spec.seeds, images)
    if strategy.name == "asha" or strategy.name == "hyperband":
        return Racing(spec.seeds, images, strategy.max_images)
    if strategy.name == "tpe" or strategy.name == "gp":
        trials = strategy.sampled_trials(candidates, eligible, len(spec.seeds))
        if strategy.max_images is not None:
            trials = min(trials, strategy.max_images // images - (candidates - eligible))
        return Sampling(strategy.name, spec.seeds, trials, strategy.startup_trials, strategy.seed)
    return Grid(spec.seeds, images, strategy.max_images)


def confirmation_strategy(spec: SweepSpec, chance: float) -> Confirmation:
    """What is trained when the search is over."""
    return Confirmation(spec.selection, chance, spec.confirmation)
