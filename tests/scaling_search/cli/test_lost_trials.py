"""Sweeps that lost trials: how each command shows them, and what their exit codes say."""

import pytest

from results import Store
from results.states import SweepState, TrialState, Verdict
from results.values import Outcome

NEXT = "scaling-search resume 6"


@pytest.fixture(autouse=True)
def _nothing_from_outside(monkeypatch, tmp_path):
    for name in ("SERVER", "TOKEN", "DATABASE_URL", "SETTINGS"):
        monkeypatch.delenv(f"SCALING_SEARCH_{name}", raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))


@pytest.fixture
def store(library_database):
    with Store.open(library_database) as opened:
        yield opened


@pytest.fixture(params=["database", "service"])
def place(request, library_database, serve):
    """The options that name where the sweeps are."""
    if request.param == "database":
        return ("--database", library_database)
    return ("--server", serve(library_database, events_poll_seconds=0.05))


def test_an_incomplete_sweep_is_told_of_everywhere(shell, library, place):
    assert library.incomplete() == 6
    shown = shell.invoke("show", "6", *place)
    assert shown.exit_code == 0
    assert shown.stdout.startswith(
        "Sweep 6 'incomplete': incomplete\n8 of 10 trials done, 2 failed: 5 candidates × 2 seeds"
    )
    steps = shown.stdout[shown.stdout.index("Next:") :].splitlines()
    assert steps[1].split(maxsplit=3) == [*NEXT.split(), "try 2 failed trials again"]

    (listed,) = shell.json("sweeps", "--state", "incomplete", *place)["sweeps"]
    assert (listed["id"], listed["state"], listed["progress"]["failed"]) == (6, "incomplete", 2)
    assert (listed["progress"]["done"], listed["progress"]["total"]) == (8, 10)
    lines = shell.invoke("sweeps", *place).stdout.splitlines()
    first = next(number for number, line in enumerate(lines) if " 8/10 " in line)
    assert " 2 failed " in lines[first + 1]

    watched = shell.invoke("watch", "6", *place)
    assert watched.exit_code == 1
    assert "Verdict: equivalent" in watched.stdout
    assert watched.stderr.splitlines()[-1] == (
        "Error: sweep 6 is incomplete: 2 of 10 trials failed (the worker died); what was trained "
        "is kept, `scaling-search resume 6` tries the failed ones again"
    )


def test_a_service_takes_an_incomplete_sweep_back_into_its_queue(
    shell, library, library_database, store, serve
):
    library.incomplete()
    there = ("--server", serve(library_database))
    assert shell.json("resume", "6", *there) == {"id": 6, "state": "queued"}
    assert store.sweep(6).state is SweepState.QUEUED
    lease = store.claim(6, "runner:1:0", ttl_seconds=60)
    assert store.retry_failed(lease) == 2
    states = [trial.state for trial in store.trials(6)]
    assert states.count(TrialState.PENDING) == 2
    assert states.count(TrialState.FINISHED) == 8


def test_a_sweep_of_which_every_trial_diverged_is_not_worth_resuming(shell, library, place):
    lease = library.claimed(name="wild")
    library.train(lease, lambda index, seed: None)
    why = "all 10 trials diverged: a learning rate of 9 is too high"
    library.store.set_outcome(lease, Outcome(verdict=Verdict.INCONCLUSIVE, why=(why,)))
    library.end(lease, SweepState.FINISHED)
    shown = shell.invoke("show", "6", *place).stdout
    assert "10 of 10 trials done, 10 diverged" in shown
    assert "resume" not in shown
    watched = shell.invoke("watch", "6", *place)
    assert watched.exit_code == 1
    assert watched.stderr.splitlines()[-1] == f"Error: sweep 6 found nothing: {why}"
    resumed = shell.invoke("resume", "6", *place)
    assert resumed.exit_code == 2
    assert "sweep 6 is finished" in resumed.stderr


def test_a_sweep_that_was_stopped_after_its_outcome_can_be_resumed(shell, library, place):
    """It was extended, and its driver interrupted."""
    lease = library.claimed(name="extended")
    library.train(lease, lambda index, seed: 0.5 + 0.1 * index)
    library.conclude(lease, Verdict.CHOSEN, 3, 0.8)
    library.end(lease, SweepState.INTERRUPTED)
    steps = shell.invoke("show", "6", *place).stdout.partition("Next:")[2]
    assert steps.splitlines()[1].split(maxsplit=3) == [*NEXT.split(), "train what is missing"]
