"""Contract: sweeps are stored whole, listed newest first, and never doubled."""

from dataclasses import FrozenInstanceError, asdict
from datetime import timedelta

import pytest

from results import ConflictError, NotFoundError, Store, SweepState, TrialState
from results.values import After, Progress
from search_spaces.errors import InputError


def test_a_sweep_reads_back_as_it_was_stored(store, examples):
    new = examples.sweep(spec={"nested": {"list": [1, 2.5, None, True], "text": "αβγ"}})
    plan = examples.plan(3)
    sweep_id = store.create_sweep(new, plan)

    sweep = store.sweep(sweep_id)
    told = asdict(new)
    del told["idempotency_key"]  # its submitter's business
    assert {name: getattr(sweep, name) for name in told} == told
    assert sweep.state is SweepState.QUEUED
    assert sweep.created_at.utcoffset() == timedelta(0)
    assert (sweep.started_at, sweep.lease_owner, sweep.outcome, sweep.error) == (None,) * 4
    stored = store.candidates(sweep_id)
    for new_candidate, candidate in zip(plan, stored, strict=True):
        fields = asdict(new_candidate)
        assert {name: getattr(candidate, name) for name in fields} == fields
    with pytest.raises(FrozenInstanceError):
        sweep.name = "other"


def test_every_candidate_gets_a_pending_trial_per_seed(store, examples):
    sweep_id = store.create_sweep(examples.sweep(seeds=(7, 3)), examples.plan(3))
    index_of = {candidate.id: candidate.index for candidate in store.candidates(sweep_id)}
    trials = store.trials(sweep_id)
    assert [(trial.seed, index_of[trial.candidate_id]) for trial in trials] == [
        (7, 0), (7, 1), (7, 2), (3, 0), (3, 1), (3, 2),
    ]  # fmt: skip
    assert {(trial.state, trial.attempts) for trial in trials} == {(TrialState.PENDING, 0)}
    assert store.progress([sweep_id]) == {sweep_id: Progress(pending=6)}


def test_a_sweep_that_cannot_be_stored_leaves_nothing(store, examples):
    plan = [*examples.plan(2), examples.candidate(2, shares={"depth": float("nan")})]
    with pytest.raises(InputError, match="a value cannot be stored: Out of range float values"):
        store.create_sweep(examples.sweep(), plan)
    assert store.sweeps() == []


@pytest.mark.parametrize(
    ("plan", "message"),
    [
        ([], "the plan has no candidates: a sweep needs at least one network to train"),
        ([{"index": 0}, {"index": 0, "spec_key": "b"}],
         "two candidates have index 0: number them from 0"),
        ([{"index": 0, "spec_key": "a"}, {"index": 1, "spec_key": "a"}],
         "candidates 0 and 1 are the same network (a): merge them into one candidate with both "
         "coefficients"),
    ],
)  # fmt: skip
def test_a_wrong_plan_is_refused(store, examples, plan, message):
    with pytest.raises(InputError) as caught:
        store.create_sweep(examples.sweep(), [examples.candidate(**one) for one in plan])
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("seeds", "message"),
    [
        ((), "seeds is empty: a sweep needs at least one seed; use for example 0"),
        ((1, 2, 1), "seeds is 1, 2, 1: a seed must not repeat, because the same seed trains the "
                    "same trial; leave out the repeated one"),
    ],
)  # fmt: skip
def test_wrong_seeds_are_refused(examples, seeds, message):
    with pytest.raises(InputError) as caught:
        examples.sweep(seeds=seeds)
    assert str(caught.value) == message


def test_an_idempotency_key_stores_one_sweep(store, examples):
    new = examples.sweep(idempotency_key="k1", spec={"sizes": (1, 2)})
    first = store.create_sweep(new, examples.plan())
    assert store.create_sweep(new, examples.plan()) == first
    assert len(store.sweeps()) == 1
    assert len(store.trials(first)) == 4
    with pytest.raises(ConflictError) as caught:
        store.create_sweep(
            examples.sweep(idempotency_key="k1", spec={"sizes": (1, 3)}), examples.plan()
        )
    assert str(caught.value) == (
        f"idempotency key 'k1' was used for sweep {first}, which has another specification: "
        "use a new key for a new sweep"
    )


SUBMIT = """
import sys
sys.path.insert(0, sys.argv[2])
from conftest import Examples
from results import Store
with Store.open(sys.argv[1]) as store:
    print("ready", flush=True)
    sys.stdin.readline()
    print(store.create_sweep(Examples.sweep(idempotency_key="same"), Examples.plan()))
"""


def test_identical_submissions_at_once_store_one_sweep(store, url, python, request):
    processes = [python(SUBMIT, url, str(request.path.parent)) for _ in range(3)]
    for process in processes:
        assert process.stdout.readline() == "ready\n"
    outputs = [process.communicate("go\n") for process in _all_go(processes)]
    assert {output.strip() for output, _ in outputs} == {str(store.sweeps()[0].id)}, outputs
    assert len(store.sweeps()) == 1


def _all_go(processes):
    for process in processes:
        process.stdin.write("go\n")
        process.stdin.flush()
    return processes


def test_sweeps_are_listed_newest_first_in_pages(store, scene):
    ids = [scene.sweep(name=f"sweep {number}") for number in range(5)]
    first_page = store.sweeps(limit=2)
    assert [sweep.id for sweep in first_page] == [ids[4], ids[3]]
    rest = store.sweeps(limit=None, after=After(value=None, id=first_page[-1].id))
    assert [sweep.id for sweep in rest] == [ids[2], ids[1], ids[0]]


def test_sweeps_are_filtered(store, scene):
    digits = scene.sweep()
    photos = scene.sweep(dataset="photos", protocol="p2")
    other = scene.sweep(baseline="mobilenet_v2")
    scene.claim(digits)

    def found(**filters):
        return [sweep.id for sweep in store.sweeps(**filters)]

    assert found(states=[SweepState.RUNNING]) == [digits]
    assert found(states=[SweepState.RUNNING, SweepState.QUEUED]) == [other, photos, digits]
    assert found(dataset="photos") == [photos]
    assert found(protocol="p1", baseline="efficientnet_b0") == [digits]


def test_progress_counts_each_state(store, scene):
    lease = scene.claimed()
    scene.finish(lease, 0.5)
    scene.finish(lease, None, place=1, diverged=True)
    scene.start(lease, place=2)
    untouched = scene.sweep(candidates=1)
    progress = store.progress([lease.sweep_id, untouched, 999])
    assert progress[lease.sweep_id] == Progress(finished=1, diverged=1, running=1, pending=1)
    assert (progress[lease.sweep_id].done, progress[lease.sweep_id].total) == (2, 4)
    assert progress[untouched] == Progress(pending=2)
    assert progress[999] == Progress()


@pytest.mark.parametrize("ask", [Store.sweep, Store.candidates])
def test_an_unknown_sweep_is_named(store, ask):
    with pytest.raises(NotFoundError) as caught:
        ask(store, 12)
    assert (
        str(caught.value) == "sweep 12 does not exist: `scaling-search sweeps` lists those that do"
    )


def test_an_id_beyond_64_bits_is_an_input_error(store):
    with pytest.raises(InputError, match=r"must fit in 64 bits|bigint out of range"):
        store.sweep(10**30)


def test_text_that_databases_cannot_hold_is_escaped(store, examples):
    sweep_id = store.create_sweep(
        examples.sweep(name="a\0b\udcff", spec={"path": "x\udcff\0"}), examples.plan()
    )
    assert store.sweep(sweep_id).name == "a\\x00b\\udcff"
    assert store.sweep(sweep_id).spec == {"path": "x\udcff\0"}
