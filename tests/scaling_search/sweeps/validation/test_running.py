"""A validation from its spec to its report, and what it means for searches."""

import dataclasses

import pytest

from results.states import SweepState, Verdict
from results.values import NewCoefficients, Outcome
from scaling_search.cli.proxy_validation import check_whole
from scaling_search.sweeps import create_sweep
from scaling_search.sweeps.validation.objections import objection
from scaling_search.sweeps.validation.report import conclude_validation
from scaling_search.sweeps.validation.running import create_validation, left_out, sample
from search_spaces.coefficients import Coefficients
from search_spaces.errors import InputError, WorkError
from search_spaces.planning import make_plan

RATES = 5
"""Four rates at the short budget, the shared one at the long one."""


def fair(images, rate, candidate):
    """The true order at every budget and rate: the higher its index, the better a candidate."""
    return 0.2 + 0.1 * candidate + (0.02 if rate == 0.1 else 0.0)


def unfair(images, rate, candidate):
    """Under the shared rate of 0.1 the last candidate leads; at its own best, the first one."""
    return 0.9 if (rate, candidate) == (0.05, 1) else fair(images, rate, candidate)


@pytest.fixture
def number(store, spec, small_digits):
    return create_validation(store, spec, small_digits)


def test_candidates_of_other_flops_are_left_out_and_said(spec, small_digits):
    plan = sample(spec, small_digits)
    target = spec.sweep.space.target
    able = [candidate for candidate in plan.candidates if candidate.eligible]
    assert all(target.holds(candidate.measured_ratio) for candidate in able)
    assert [c.roles for c in plan.candidates if not c.eligible] == [("baseline",)]
    assert len(able) + len(left_out(plan)) == 7
    assert all("nearest: 2." in missed for missed in left_out(plan))


def test_a_sample_without_common_flops_is_refused(spec, small_digits):
    space = spec.sweep.space
    tight = space.model_copy(update={"target": space.target.model_copy(update={"tolerance": 0.01})})
    strict = spec.model_copy(update={"sweep": spec.sweep.model_copy(update={"space": tight})})
    with pytest.raises(
        InputError, match=r"[012] of 7 .* ranks are compared between equal FLOPs only"
    ):
        sample(strict, small_digits)


def test_a_rate_whose_trials_failed_is_trained_again(store, spec, number, train):
    def failing(images, rate, candidate):
        return -1 if (rate, candidate) == (0.1, 2) else fair(images, rate, candidate)

    first = train(number, failing)
    report = conclude_validation(store, number, spec)
    assert not report["complete"]
    lost = [turn.sweep_id for turn in first if turn.variant.learning_rate == 0.1]
    assert {store.sweep_state(sweep) for sweep in lost} == {SweepState.INCOMPLETE}
    trials = sum(len(store.trials(turn.sweep_id)) for turn in first)
    with pytest.raises(WorkError) as caught:
        check_whole(store, number)
    assert str(caught.value) == (
        f"validation {number} is incomplete: {3 * len(lost)} of {trials:,} trials failed; "
        f"`scaling-search validate-proxy --resume {number}` tries them again"
    )
    assert [turn.sweep_id for turn in train(number, fair)] == lost
    assert conclude_validation(store, number, spec)["complete"]
    check_whole(store, number)


def test_a_short_budget_that_ranks_as_the_long_one_is_recommended(store, spec, number, train):
    turns = train(number, fair)
    assert [(turn.number, turn.of) for turn in turns] == [(k, RATES) for k in range(1, RATES + 1)]
    report = conclude_validation(store, number, spec)
    assert report["complete"]
    assert report["recommended"]["images"] == 640
    assert report["recommended"]["learning_rate"] == "shared"
    short, long = report["budgets"]
    assert short["rate_effect"]["state"] == "agrees"
    assert long["rate_effect"] is None
    assert short["shared"]["agreement"]["disattenuated"] > 0.95
    assert short["shared"]["regret"]["observed"] == 0
    assert short["shared"]["repeated"] > 0.95
    assert short["shared"]["made"]["high"] <= short["shared"]["regret"]["high"]
    assert any(
        f"candidate {short['shared']['leader']} leads, which loses at most" in reason
        for reason in report["why"]
    )
    assert long["shared"]["agreement"] is None
    assert short["trained_images"] == 4 * 18 * 640
    assert short["seconds_per_trial"] == 2.0
    compared = [row["candidate"] for row in short["shared"]["accuracies"]]
    assert 0 not in compared, "the baseline has other FLOPs and no rank among the candidates"
    stored = store.validation(number)
    assert stored.report == report
    assert stored.finished_at is not None


def test_one_that_is_stopped_goes_on_where_it_was(store, spec, number, train):
    assert len(train(number, fair, stop_after=3)) == 3
    so_far = conclude_validation(store, number, spec)
    assert not so_far["complete"]
    assert so_far["recommended"] is None
    assert "not everything is trained yet" in so_far["why"][0]
    assert store.validation(number).finished_at is None
    again = train(number, fair)
    assert [turn.number for turn in again] == [4, 5]
    assert len(store.sweeps(limit=None)) == RATES
    assert conclude_validation(store, number, spec)["complete"]
    assert train(number, fair) == []


def test_a_shared_rate_that_chooses_wrongly_is_said_and_not_recommended(store, spec, number, train):
    train(number, unfair)
    report = conclude_validation(store, number, spec)
    effect = report["budgets"][0]["rate_effect"]
    assert effect["state"] == "flips"
    assert effect["leaders"][1] == 1
    assert effect["leaders"][0] != 1
    assert any("tune the rate per candidate" in reason for reason in report["why"])


def test_trials_that_diverge_at_a_high_rate_are_a_result(store, spec, number, train):
    train(number, lambda images, rate, k: None if rate > 0.15 else fair(images, rate, k))
    report = conclude_validation(store, number, spec)
    assert report["complete"]
    by_rate = {rate["learning_rate"]: rate for rate in report["budgets"][0]["rates"]}
    assert by_rate[0.4]["diverged"] == by_rate[0.4]["trials"] == 18
    assert by_rate[0.1]["diverged"] == 0
    tuned = report["budgets"][0]["tuned"]["accuracies"]
    assert {row["learning_rate"] for row in tuned} == {0.1}
    assert report["recommended"]["images"] == 640


def test_a_candidate_lost_under_the_shared_rate_is_ranked_under_its_own(store, spec, number, train):
    def broken(images, rate, k):
        return None if (rate, k) == (0.1, 2) and images < 3200 else fair(images, rate, k)

    train(number, broken)
    short = conclude_validation(store, number, spec)["budgets"][0]
    assert 2 not in [row["candidate"] for row in short["shared"]["accuracies"]]
    assert 2 in [row["candidate"] for row in short["tuned"]["accuracies"]]


def test_nothing_is_recommended_where_all_of_it_is_noise(store, spec, number, train):
    train(number, lambda images, rate, k: 0.5)
    report = conclude_validation(store, number, spec)
    assert report["recommended"] is None
    assert "no budget is shown to be good enough" in report["why"][0]


def test_other_images_than_it_began_with_are_refused(store, spec, number, small_digits):
    from scaling_search.sweeps.validation.running import train_validation
    from scaling_search.tune.execution import Execution

    other = dataclasses.replace(small_digits, fingerprint="f" * 64)
    with pytest.raises(InputError) as caught:
        train_validation(store, number, spec, other, Execution(workers=1), lambda turn: None)
    assert "changed since validation 1 was created (fingerprint ffffffffffff" in str(caught.value)
    assert str(caught.value).endswith("restore the images, or run a new validation")


def test_another_split_than_it_began_with_is_refused(store, spec, number, small_digits):
    """A test folder that was added leaves the images as they are and splits them otherwise."""
    from scaling_search.sweeps.images import record_split
    from scaling_search.sweeps.validation.running import train_validation
    from scaling_search.tune.execution import Execution

    def begin(turn):
        lease = store.claim(turn.sweep_id, "here:1:0", ttl_seconds=60)
        record_split(store, lease, small_digits)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        train_validation(store, number, spec, small_digits, Execution(workers=1), begin)
    other = dataclasses.replace(small_digits, split_key="other")
    with pytest.raises(InputError, match="images of digits are split otherwise than when sweep 1"):
        train_validation(store, number, spec, other, Execution(workers=1), begin)


# ------------------------------------------------------------------ verdicts of searches


@pytest.fixture
def searched(store, spec, small_digits):
    """A finished search under the protocol of the validation's short budget, which chose."""
    search = spec.sweep.model_copy(
        update={"proxy": spec.sweep.proxy.model_copy(update={"images": 640})}
    )
    plan = make_plan(search.space, in_channels=1, classes=10)
    sweep_id = create_sweep(store, search, small_digits, plan)
    lease = store.claim(sweep_id, "here:1:0", ttl_seconds=60)
    leader = store.candidates(sweep_id)[3]
    why = ("no rival is better",)
    coefficients = Coefficients(leader.alpha, leader.beta, leader.gamma)
    store.set_outcome(
        lease,
        Outcome(verdict=Verdict.CHOSEN, why=why, leader=3, region=(3,)),
        coefficients=NewCoefficients(
            candidate_id=leader.id,
            coefficients=coefficients,
            intervals=leader.intervals,
            shares=leader.shares,
            verdict=Verdict.CHOSEN,
            accuracy=0.8,
        ),
    )
    store.set_state(lease, SweepState.FINISHED)
    store.release(lease)
    return sweep_id


def test_a_validation_speaks_of_searches_of_its_protocol(store, spec, number, train, searched):
    protocol = store.sweep(searched).protocol
    train(number, fair)
    conclude_validation(store, number, spec)
    assert objection(store, protocol) is None
    assert [row.id for row in store.validations(protocol=protocol)] == [number]
    assert store.best().sweep == searched
    assert store.validations(protocol="another") == []


def test_a_rate_that_flips_takes_back_what_was_chosen(store, spec, number, train, searched):
    train(number, unfair)
    conclude_validation(store, number, spec)
    reason = objection(store, store.sweep(searched).protocol)
    assert "which all candidates share, chooses wrongly at 640 images" in reason
    assert store.best() is None
    found = store.sweep(searched)
    assert found.outcome.verdict == "inconclusive"
    assert found.outcome.chosen is None
    assert found.outcome.why == (reason, "no rival is better")
    assert store.coefficients()[0].why[0] == reason
    conclude_validation(store, number, spec)
    assert len(store.sweep(searched).outcome.why) == 2, "said once"
