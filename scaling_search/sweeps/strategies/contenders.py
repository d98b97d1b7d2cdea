"""Further seeds only for candidates that may still be as good as the best."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from scaling_search.evidence import Evidence, Posterior, infer
from scaling_search.sweeps.strategies.ledger import WAIT, Decision, Ledger, Pick, Step
from search_spaces.specs.strategy import StrategySpec
from search_spaces.specs.sweep import SelectionRule

_BASELINE = "the leader is not clearly above the unscaled baseline: another seed of that"
Believing = Callable[[Sequence[Evidence], SelectionRule], Posterior | None]


@dataclass(frozen=True)
class Contenders:
    """Best-arm identification with the posterior of `evidence`.

    Pilot seeds for all, references too; then rounds. In each, the candidates whose probability of
    losing at most δ against the best is above `negligible` get their next seed. A candidate that
    was dropped comes back if later rounds make it likely again. It is over when the verdict is
    conclusive, when the contenders have no seeds left, or when the budget is spent.

    Args:
        rule: δ and the confidence of the verdict.
        strategy: pilot seeds, what is negligible, the budget.
        seeds: of a candidate at most, in this order.
        trial_images: training images of a trial.
    """

    rule: SelectionRule
    strategy: StrategySpec
    seeds: tuple[int, ...]
    trial_images: int
    believing: Believing = infer

    def step(self, ledger: Ledger) -> Step:
        """The next round, once the last one is over."""
        everyone = tuple(arm.index for arm in ledger.arms)
        pilot = self.seeds[: self.strategy.pilot_seeds]
        missing = tuple(pick for seed in pilot for pick in ledger.missing(everyone, seed))
        if missing:
            why = f"{len(pilot)} pilot seeds for each of {len(everyone)} candidates"
            return Step(missing, Decision("pilot", why, kept=everyone))
        return WAIT if ledger.is_open else self._round(ledger)

    def _round(self, ledger: Ledger) -> Step:
        left = {
            index: tuple(seed for seed in self.seeds if seed not in ledger.statuses[index])
            for index in ledger.eligible
            if not ledger.is_out(index)
        }
        number = len(ledger.trials)
        believed = self.believing(ledger.evidence, self.rule)
        if believed is None:
            # Too many trials were lost for the noise to be known: others may tell.
            likely = dict.fromkeys(left, 1.0)
            why, dropped = "the noise is not known yet", {}
        else:
            unsure = self._baseline(ledger, believed)
            if believed.judgement.verdict != "inconclusive" and unsure:
                return Step(unsure, Decision(f"round {number}", _BASELINE, kept=(unsure[0][0],)))
            if believed.judgement.verdict != "inconclusive":
                return self._end(
                    number,
                    f"conclusive: candidate {believed.leader} loses at most "
                    f"{100 * self.rule.regret:.2f} points with {believed.certainty:.1%} "
                    "probability",
                )
            likely = believed.probability_within
            dropped = {
                index: f"loses at most {100 * self.rule.regret:.2f} points with {chance:.1%} "
                f"probability, after {len(ledger.evidence[index].correct)} seeds"
                for index, chance in likely.items()
                if chance <= self.strategy.negligible and index != believed.leader
            }
            why = (
                f"{len(likely) - len(dropped)} of {len(likely)} candidates may lose at most "
                f"{100 * self.rule.regret:.2f} points against the best; candidate "
                f"{believed.leader} leads, and does with {believed.certainty:.1%} probability"
            )
        running = [index for index in likely if index not in dropped and left.get(index)]
        if not running:
            return self._end(number, "the contenders have no seeds left")
        picks = self._affordable(ledger, running, likely, left)
        if not picks:
            return self._end(number, "the budget is spent")
        kept = tuple(sorted(index for index, _ in picks))
        return Step(picks, Decision(f"round {number}", why, kept, dropped))

    def _baseline(self, ledger: Ledger, believed: Posterior) -> tuple[Pick, ...]:
        """The unscaled baseline's next seed, where the leader is not clearly above it."""
        if believed.clears("baseline"):
            return ()
        affordable = self.strategy.max_images is None or (
            ledger.images + self.trial_images <= self.strategy.max_images
        )
        return tuple(
            (arm.index, seed)
            for arm in ledger.arms
            if "baseline" in arm.roles and affordable and not ledger.is_out(arm.index)
            for seed in self.seeds
            if seed not in ledger.statuses[arm.index]
        )[:1]

    def _affordable(
        self,
        ledger: Ledger,
        running: list[int],
        likely: dict[int, float],
        left: dict[int, tuple[int, ...]],
    ) -> tuple[Pick, ...]:
        """The next seed of each, the likeliest first, as far as the budget goes."""
        most = len(running)
        if self.strategy.max_images is not None:
            most = (self.strategy.max_images - ledger.images) // self.trial_images
        first = sorted(running, key=lambda index: (-likely[index], index))[: max(most, 0)]
        return tuple((index, left[index][0]) for index in sorted(first))

    @staticmethod
    def _end(number: int, why: str) -> Step:
        return Step(decision=Decision(f"end {number}", why), over=True)
