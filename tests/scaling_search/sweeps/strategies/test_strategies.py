"""What strategies decide, on trials that are made up: no training, no database."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from benchmarks.replaying import Pool, replay
from scaling_search.evidence import Evidence
from scaling_search.sweeps.forecasting import forecast_decision
from scaling_search.sweeps.strategies import Arm, Ledger, confirmation_strategy, search_strategy
from scaling_search.sweeps.strategies.pilot import pilot
from scaling_search.sweeps.strategies.sampling import point_at, shares_at
from search_spaces.coefficients import Scaling
from search_spaces.errors import InputError
from search_spaces.specs.sweep import FRESH, SweepSpec, load_sweep

IMAGES = 25_600
SHARES = [(d / 4, w / 4, (4 - d - w) / 4) for d in range(5) for w in range(5 - d)]
WIDTH = next(i for i, shares in enumerate(SHARES, start=1) if shares == (0.0, 1.0, 0.0))


def sweep(seeds: int, **strategy: Any) -> SweepSpec:
    return load_sweep("small-images", {"seeds": seeds, "strategy": strategy})


def pool(accuracy: Callable[[tuple[float, float, float]], float], noise: float = 0.003) -> Pool:
    """A baseline and 15 candidates with 12 seeds, 2,000 images, smooth epochs."""
    random = np.random.default_rng(0)
    arms = [Arm(0, False, ("baseline",), None)]
    arms += [Arm(i, True, ("search",), shares) for i, shares in enumerate(SHARES, start=1)]
    evidence, curves = [], {}
    difficulty = random.random(2000)
    for arm in arms:
        true = 0.3 if arm.shares is None else accuracy(arm.shares)
        correct = {}
        for seed in range(12):
            level = true + noise * random.standard_normal()
            correct[seed] = difficulty + 0.02 * random.standard_normal(2000) < level
            end = correct[seed].mean()
            curves[arm.index, seed] = 0.1 + (end - 0.1) * np.array([0.4, 0.6, 0.8, 1.0])
        d, w, r = arm.shares or (0.0, 0.0, 0.0)
        scaling = Scaling(2.0**d, 2.0 ** (w / 2), 2.0 ** (r / 2))
        evidence.append(
            Evidence(arm.index, arm.eligible, arm.roles, correct, scaling=scaling,
                     flops_ratio=2.0 if arm.eligible else 1.0)
        )  # fmt: skip
    return Pool(tuple(arms), tuple(evidence), curves, 0.1)


@pytest.fixture(scope="module")
def width_wins() -> Pool:
    """Width alone is best, by a lot."""
    return pool(lambda shares: 0.4 + 0.15 * shares[1])


def empty(of: Pool) -> Ledger:
    return Ledger(of.arms, {}, tuple(replace(one, correct={}) for one in of.evidence))


def after(of: Pool, ledger: Ledger, picks: Any, status: str = "finished") -> Ledger:
    """The ledger once these trials are over."""
    trials = dict(ledger.trials) | dict.fromkeys(picks, status)
    evidence = [
        replace(
            one,
            correct={
                seed: of.evidence[one.index].correct[seed]
                for (index, seed), how in trials.items()
                if index == one.index and how == "finished"
            },
        )
        for one in of.evidence
    ]
    images = ledger.images + IMAGES * len(picks)
    return Ledger(of.arms, trials, tuple(evidence), images)  # type: ignore[arg-type]


def test_a_grid_trains_every_candidate_with_every_seed(width_wins: Pool) -> None:
    found = replay(width_wins, sweep(3), np.random.default_rng(0))
    assert (found.trials, found.cost) == (48, 48 * IMAGES)
    assert found.outcome.leader == WIDTH


def test_a_large_grid_begins_with_trials_that_foretell_what_an_answer_takes(
    width_wins: Pool,
) -> None:
    spec, ledger = sweep(3), empty(width_wins)
    assert forecast_decision(ledger, spec) is None
    first = pilot(ledger.eligible, spec.seeds, 48)
    assert first == {(index, seed) for seed in (0, 1) for index in (1, 5, 10, 15)}
    known = after(width_wins, ledger, first)
    told = forecast_decision(known, spec)
    assert told is not None
    assert told.key == "forecast for 3 seeds"
    assert told.why.startswith("After 8 trials: about ")
    assert "per candidate would settle it (80% confidence; regret ≤ 0.50 points, 95%): " in told.why
    quiet = forecast_decision(after(pool(lambda shares: 0.5, 0.0001), known, first), spec)
    assert quiet is not None
    assert quiet.why != told.why


@pytest.mark.parametrize(("eligible", "seeds"), [(3, 20), (15, 1), (5, 3)])
def test_a_small_grid_needs_no_pilot(eligible: int, seeds: int) -> None:
    assert not pilot(range(1, eligible + 1), range(seeds), (eligible + 1) * seeds)


def test_a_grid_with_a_budget_trains_as_many_whole_seeds_as_fit(width_wins: Pool) -> None:
    spec = sweep(3, name="grid", max_images=40 * IMAGES)
    step = search_strategy(spec, 16, 15).step(empty(width_wins))
    assert step.decision is not None
    assert step.decision.why == (
        "1,024,000 training images are enough for 2 of 3 seeds of 16 candidates"
    )
    found = replay(width_wins, spec, np.random.default_rng(0))
    assert (found.trials, found.cost) == (32, 32 * IMAGES)


def test_contenders_end_when_the_verdict_is_conclusive_and_drop_others_before(
    width_wins: Pool,
) -> None:
    strategy, ledger = search_strategy(sweep(12, name="contenders"), 16, 15), empty(width_wins)
    step = strategy.step(ledger)
    assert len(step.trials) == 2 * 16
    assert strategy.step(after(width_wins, ledger, step.trials[1:])).trials == step.trials[:1]
    waiting = after(width_wins, ledger, step.trials, "open")
    assert not strategy.step(waiting).trials
    assert not strategy.step(waiting).over

    found = replay(width_wins, sweep(12, name="contenders"), np.random.default_rng(0))
    assert found.outcome.verdict in ("chosen", "equivalent")
    assert found.outcome.leader == WIDTH
    assert found.cost < 0.5 * 16 * 12 * IMAGES


def test_contenders_say_whom_they_drop_and_why() -> None:
    close = pool(lambda shares: 0.45 if shares[1] > 0.4 else 0.3, noise=0.02)
    strategy, ledger = search_strategy(sweep(12, name="contenders"), 16, 15), empty(close)
    ledger = after(close, ledger, strategy.step(ledger).trials)
    step = strategy.step(ledger)
    assert step.decision is not None
    wide = {arm.index for arm in close.arms if arm.shares and arm.shares[1] > 0.4}
    assert {index for index, _ in step.trials} <= wide
    assert set(step.decision.dropped) >= {arm.index for arm in close.arms[1:]} - wide
    assert all("of losing" in why or "probability" in why for why in step.decision.dropped.values())
    assert {seed for _, seed in step.trials} == {2}
    assert strategy.step(ledger) == step  # the same ledger, the same decision


def test_contenders_stop_at_their_budget() -> None:
    flat = pool(lambda shares: 0.4, noise=0.02)
    spec = sweep(12, name="contenders", max_images=40 * IMAGES)
    found = replay(flat, spec, np.random.default_rng(0))
    assert found.cost <= 40 * IMAGES
    assert found.trials >= 38


def test_what_a_race_stopped_has_no_further_seeds_and_no_accuracy(width_wins: Pool) -> None:
    found = replay(width_wins, sweep(3, name="asha"), np.random.default_rng(1))
    assert found.stopped >= 8
    assert found.cost < 0.6 * 48 * IMAGES
    assert found.outcome.leader == WIDTH
    strategy, ledger = search_strategy(sweep(3, name="asha"), 16, 15), empty(width_wins)
    first = strategy.step(ledger).trials
    assert first == tuple((index, 0) for index in range(16))
    ledger = after(width_wins, ledger, [p for p in first if p[0] != 3])
    ledger = after(width_wins, ledger, [(3, 0)], "stopped")
    second = strategy.step(ledger)
    assert [index for index, _ in second.trials] == [i for i in range(1, 16) if i != 3]
    assert second.decision is not None
    assert list(second.decision.dropped) == [3]


@pytest.mark.parametrize("name", ["tpe", "gp"])
def test_samplers_find_the_best_from_few_trials_and_never_train_one_twice(
    width_wins: Pool, name: str
) -> None:
    spec = sweep(3, name=name, trials=14, startup_trials=6)
    found = replay(width_wins, spec, np.random.default_rng(0))
    assert found.trials == 14 + 1  # and the baseline
    top = sorted(width_wins.arms[1:], key=lambda arm: -(arm.shares or (0, 0, 0))[1])[:3]
    assert found.outcome.leader in {arm.index for arm in top}


def test_a_sampler_that_is_asked_again_proposes_the_same(width_wins: Pool) -> None:
    strategy = search_strategy(sweep(3, name="tpe", seed=5), 16, 15)
    ledger = after(width_wins, empty(width_wins), [(0, 0), (4, 0), (9, 0)])
    assert strategy.step(ledger) == strategy.step(ledger)
    (pick,) = strategy.step(ledger).trials
    assert pick not in ledger.trials
    lost = after(width_wins, ledger, [pick], "lost")
    (other,) = strategy.step(lost).trials
    assert other[0] != pick[0]


@pytest.mark.parametrize("name", ["tpe", "gp"])
def test_what_confirmed_an_earlier_search_is_not_told_to_a_sampler(
    width_wins: Pool, name: str
) -> None:
    strategy = search_strategy(sweep(3, name=name, trials=14, startup_trials=6), 16, 15)
    searched = after(width_wins, empty(width_wins), [(0, 0), (4, 0), (9, 0)])
    fresh = {(0, FRESH): "finished", (4, FRESH): "finished", (9, FRESH): "lost"}
    confirmed = replace(searched, trials={**searched.trials, **fresh})
    assert strategy.step(confirmed) == strategy.step(searched)
    assert not confirmed.is_out(9)


def test_contenders_look_at_the_baseline_again_where_that_is_in_doubt(width_wins: Pool) -> None:
    best = width_wins.evidence[WIDTH].correct
    as_good = replace(width_wins.evidence[0], correct={seed: best[11 - seed] for seed in range(12)})
    doubtful = replace(width_wins, evidence=(as_good, *width_wins.evidence[1:]))
    strategy = search_strategy(sweep(12, name="contenders"), 16, 15)
    everyone = [(index, seed) for index in range(1, 16) for seed in range(6)]
    known = [*everyone, (0, 0), (0, 1)]
    assert strategy.step(after(width_wins, empty(width_wins), known)).over
    step = strategy.step(after(doubtful, empty(doubtful), known))
    assert step.trials == ((0, 2),)
    assert step.decision is not None
    assert "not clearly above the unscaled baseline" in step.decision.why


@pytest.mark.parametrize("shares", [*SHARES, (0.2, 0.3, 0.5)])
def test_two_numbers_stand_for_shares(shares: tuple[float, float, float]) -> None:
    assert shares_at(point_at(shares)) == pytest.approx(shares)


def test_the_leader_and_its_references_get_fresh_seeds(width_wins: Pool) -> None:
    spec = sweep(3).model_copy(update={"confirmation_seeds": 2})
    everything = [pick for pick in width_wins.curves if pick[1] < 3]
    ledger = after(width_wins, empty(width_wins), everything)
    step = confirmation_strategy(spec, 0.1).step(ledger)
    assert step.trials == ((0, FRESH), (WIDTH, FRESH), (0, FRESH + 1), (WIDTH, FRESH + 1))
    assert (
        confirmation_strategy(spec.model_copy(update={"confirmation_seeds": 0}), 0.1)
        .step(ledger)
        .over
    )


@pytest.mark.parametrize(
    ("seeds", "strategy", "said"),
    [
        (3, {"name": "grid", "max_images": 300_000},
         "strategy.max_images is 300,000: grid begins with 409,600 training images on this plan "
         "of 16 candidates"),
        (3, {"name": "tpe", "trials": 50},
         "strategy.trials is 50: 15 candidates with 3 seeds each are only 45 trials"),
    ],
)  # fmt: skip
def test_a_strategy_that_cannot_work_on_a_plan_is_refused(
    seeds: int, strategy: dict[str, Any], said: str
) -> None:
    with pytest.raises(InputError) as caught:
        sweep(seeds, **strategy).check_plan(16, 15)
    assert str(caught.value).startswith(said)
