"""Contract: outcomes replace one another whole; `best` never ranks across protocols."""

import pytest

from results import LeaseLostError, NotFoundError, SweepState, Verdict
from results.values import After, Outcome
from search_spaces.errors import InputError

FIRST, SECOND, THIRD = (Outcome(verdict=Verdict.CHOSEN, why=(why,)) for why in "123")


def _conclude(store, scene, examples, accuracy=0.6, verdict=Verdict.CHOSEN, **sweep):
    """A finished sweep with coefficients; returns their id."""
    lease = scene.claimed(**sweep)
    leader = store.candidates(lease.sweep_id)[0].id
    coefficients_id = store.set_outcome(
        lease,
        Outcome(verdict=verdict, leader=leader),
        coefficients=examples.coefficients(leader, accuracy=accuracy, verdict=verdict),
    )
    store.set_state(lease, SweepState.FINISHED)
    return coefficients_id


def test_an_outcome_reads_back(store, scene, examples):
    lease = scene.claimed()
    leader = store.candidates(lease.sweep_id)[1].id
    outcome = Outcome(verdict=Verdict.CHOSEN, leader=1, why=("2 seeds",), seeds=2)
    new = examples.coefficients(leader)
    family = [examples.member("b0"), examples.member("b1")]
    coefficients_id = store.set_outcome(lease, outcome, coefficients=new, family=family)

    assert store.sweep(lease.sweep_id).outcome == outcome
    (stored,) = store.coefficients(sweep_id=lease.sweep_id)
    assert stored.id == coefficients_id
    for name in ("coefficients", "intervals", "shares", "verdict", "accuracy"):
        assert getattr(stored, name) == getattr(new, name)
    assert (stored.baseline, stored.dataset) == ("efficientnet_b0", "digits")
    assert (stored.target_ratio, stored.protocol) == (2.0, "p1")
    assert (stored.seeds, stored.why, stored.ends_at_b7) == (2, ("2 seeds",), None)
    members = store.family_members(coefficients_id)
    assert [(member.convention, member.name) for member in members] == [
        ("fitted", "b0"),
        ("fitted", "b1"),
    ]
    for member, one in zip(members, family, strict=True):
        for name in ("phi", "depth", "width", "resolution", "resolution_px", "params", "flops"):
            assert getattr(member, name) == getattr(one, name)
        assert (member.spec, member.classes) == (one.spec.to_dict(), one.spec.classes)
        assert member.residual == one.residual
        assert member.inherited == {
            "dropout": one.dropout, "stochastic_depth": one.stochastic_depth,
            "base_resolution_px": 224,
        }  # fmt: skip


def test_a_later_outcome_replaces_the_first(store, scene, examples):
    lease = scene.claimed()
    first, second = (candidate.id for candidate in store.candidates(lease.sweep_id))
    before = store.set_outcome(
        lease, FIRST, coefficients=examples.coefficients(first), family=[examples.member("b0")]
    )
    after = store.set_outcome(
        lease,
        SECOND,
        coefficients=examples.coefficients(second, alpha=1.3, shares=None),
        family=[examples.member("b7")],
    )
    assert after == before
    (stored,) = store.coefficients()
    assert (stored.candidate_id, stored.coefficients.alpha, stored.shares) == (second, 1.3, None)
    assert [member.name for member in store.family_members(after)] == ["b7"]
    assert store.set_outcome(lease, THIRD) is None
    assert store.coefficients() == []
    assert store.sweep(lease.sweep_id).outcome == THIRD


def test_an_outcome_is_stored_whole_or_not_at_all(store, scene, examples):
    lease = scene.claimed()
    leader = store.candidates(lease.sweep_id)[0].id
    store.set_outcome(
        lease, FIRST, coefficients=examples.coefficients(leader), family=[examples.member("b0")]
    )
    before = (store.sweep(lease.sweep_id), store.coefficients(), store.events(lease.sweep_id))
    bad = [
        {"coefficients": examples.coefficients(999)},
        {
            "coefficients": examples.coefficients(leader, alpha=9.0),
            "family": [examples.member("b1"), examples.member("b2", dropout=float("inf"))],
        },
        {"family": [examples.member("b1")]},
    ]
    messages = []
    for arguments in bad:
        with pytest.raises(InputError) as caught:
            store.set_outcome(lease, SECOND, **arguments)
        messages.append(str(caught.value))
    assert messages[0] == "sweep 1 has no candidate 999"
    assert messages[2] == "a family needs the coefficients that it follows from: hand in both"
    after = (store.sweep(lease.sweep_id), store.coefficients(), store.events(lease.sweep_id))
    assert after == before
    assert [member.name for member in store.family_members(1)] == ["b0"]


def test_a_candidate_of_another_sweep_cannot_lead(store, scene, examples):
    other = store.candidates(scene.sweep())[0].id
    lease = scene.claimed()
    with pytest.raises(NotFoundError, match=f"sweep {lease.sweep_id} has no candidate {other}"):
        store.set_outcome(lease, FIRST, coefficients=examples.coefficients(other))


def test_best_is_the_most_accurate_conclusive_one(store, scene, examples):
    _conclude(store, scene, examples, 0.5)
    best = _conclude(store, scene, examples, 0.7, Verdict.EQUIVALENT)
    _conclude(store, scene, examples, 0.6)
    _conclude(store, scene, examples, 0.9, Verdict.INCONCLUSIVE)
    _conclude(store, scene, examples, 0.9, dataset="photos")
    _conclude(store, scene, examples, 0.9, target_ratio=4.0)
    found = store.best("efficientnet_b0", "digits", 2.0)
    assert (found.id, found.accuracy, found.verdict) == (best, 0.7, Verdict.EQUIVALENT)


def test_best_at_matched_flops_is_not_what_was_matched_on_parameters(store, scene, examples):
    by_size = _conclude(store, scene, examples, 0.9, target_quantity="params")
    assert store.best("efficientnet_b0", "digits", 2.0) is None
    by_flops = _conclude(store, scene, examples, 0.5)
    assert store.best("efficientnet_b0", "digits", 2.0).id == by_flops
    found = store.best("efficientnet_b0", "digits", 2.0, target_quantity="params")
    assert (found.id, found.target_quantity) == (by_size, "params")
    assert [row.id for row in store.coefficients(target_quantity="params")] == [by_size]
    assert {(one.target_quantity, one.conclusive) for one in store.searched()} == {
        ("flops", 1),
        ("params", 1),
    }


def test_best_never_ranks_across_protocols(store, scene, examples):
    old = _conclude(store, scene, examples, 0.9, protocol="long")
    first = _conclude(store, scene, examples, 0.5, protocol="short")
    _conclude(store, scene, examples, 0.4, protocol="short")
    assert store.best("efficientnet_b0", "digits", 2.0).id == first
    assert store.best("efficientnet_b0", "digits", 2.0, protocol="long").id == old


def test_without_conclusive_evidence_there_is_no_best(store, scene, examples):
    assert store.best("efficientnet_b0", "digits", 2.0) is None
    _conclude(store, scene, examples, 0.9, Verdict.INCONCLUSIVE)
    assert store.best("efficientnet_b0", "digits", 2.0) is None


def test_coefficients_are_listed_newest_first(store, scene, examples):
    ids = [
        _conclude(store, scene, examples),
        _conclude(store, scene, examples, verdict=Verdict.INCONCLUSIVE),
        _conclude(store, scene, examples, baseline="mobilenet_v2"),
    ]

    def found(**filters):
        return [record.id for record in store.coefficients(**filters)]

    assert found() == [ids[2], ids[1], ids[0]]
    assert found(limit=1, after=After(value=None, id=ids[2])) == [ids[1]]
    assert found(baseline="mobilenet_v2") == [ids[2]]
    assert found(verdicts=[Verdict.CHOSEN]) == [ids[2], ids[0]]
    assert found(dataset="photos") == []
    assert found(target_ratio=2.0, protocol="p1") == [ids[2], ids[1], ids[0]]


def test_a_family_of_unknown_coefficients_is_an_error(store):
    with pytest.raises(NotFoundError, match="coefficients 4 do not exist"):
        store.family_members(4)


def test_a_driver_that_lost_its_lease_concludes_nothing(store, scene):
    lease = scene.claimed()
    scene.take_over(lease)
    with pytest.raises(LeaseLostError):
        store.set_outcome(lease, FIRST)
    assert store.sweep(lease.sweep_id).outcome is None
