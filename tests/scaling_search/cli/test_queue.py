"""Sweeps that others train: submitted and watched, in the database and over HTTP."""

import json
import sqlite3
import subprocess
import sys
import threading
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from results import Store
from results.states import SweepState, Verdict
from scaling_search.cli import following
from scaling_search.cli.following import Following
from scaling_search.cli.records import open_records

FINISHED, RUNNING, WAITING, FAILED = 1, 2, 3, 4
LEADER = 2


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


@pytest.fixture
def records(place):
    kind, name = place
    with open_records(*((name, None) if kind == "--server" else (None, name))) as opened:
        yield opened


def drive(library, lease):
    """Train a sweep to its end."""
    library.train(lease, lambda index, seed: 0.5 + 0.1 * index)
    library.conclude(lease, Verdict.CHOSEN, LEADER, 0.7)
    library.end(lease, SweepState.FINISHED)


def claimed(store, sweep_id=WAITING):
    lease = store.claim_next("runner:1:0", ttl_seconds=3600)
    assert lease.sweep_id == sweep_id
    return lease


def test_a_submitted_sweep_waits_in_the_queue(shell, store, place):
    words = ("submit", "tiny.yaml", "--seeds", "3", "--set", "proxy.images=96", "--name", "mine")
    result = shell.invoke(*words, *place)
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout == (
        "Sweep 6 'mine': queued\n"
        "0 of 15 trials done: 5 candidates × 3 seeds\n"
        "\n"
        "Next:\n"
        "  scaling-search watch 6    follow it\n"
        "  scaling-search cancel 6   stop it; what it trained is kept\n"
    )
    stored = store.sweep(6)
    assert (stored.seeds, stored.spec["proxy"]["images"]) == ((0, 1, 2), 96)
    assert stored.queued_at is not None
    document = shell.json(*words, *place)
    assert (document["id"], document["state"], len(document["trials"])) == (7, "queued", 15)
    assert shell.json("show", "7", *place) == document
    assert "not known yet" in shell.invoke("show", "7", *place).stdout


@pytest.mark.parametrize(
    ("words", "error"),
    [
        (("tiny.yaml", "--dataset", "cats"), "data.name is cats: it is not registered"),
        (("tiny.yaml", "--dataset", "/etc"), "a path must be inside one of the server's"),
        (("tiny.yaml", "--set", "data.test_fraction=0.5"), "data.test_fraction is 0.5"),
        (("tiny.yaml", "--set", "proxy.images=900000000"), "at most 1,000,000,000 training"),
        (("tiny.yaml", "--set", "space.target.tolerance=0.0001"), "tolerance"),
        (("absent.yaml",), "neither a preset nor the path"),
    ],
)
def test_what_cannot_be_trained_is_refused(shell, store, place, words, error):
    result = shell.invoke("submit", *words, *place)
    assert (result.exit_code, result.stdout) == (2, "")
    assert error in result.stderr
    assert len(store.sweeps()) == 5


def test_a_data_set_of_a_server_is_no_folder_of_this_machine(shell, store, place):
    (shell.folder / "digits").mkdir()
    (shell.folder / "photos").mkdir()
    assert shell.invoke("submit", "tiny.yaml", *place).exit_code == 0
    refused = shell.invoke("submit", "tiny.yaml", "--dataset", "photos", *place)
    assert "data.name is photos: it is not registered" in refused.stderr


def test_following_tells_every_step(records, store, library):
    watched = Following(records, WAITING)
    steps = watched.follow()
    next(steps)
    assert watched.is_waiting
    lease = claimed(store)
    next(steps)
    assert not watched.is_waiting
    assert watched.snapshot().trials.running == 0
    trials = store.trials(WAITING)
    first, second = (store.start_attempt(lease, one.id, worker="w") for one in trials[:2])
    next(steps)
    next(steps)
    assert [one.trial.id for one in watched.running] == [trials[0].id, trials[1].id]
    assert watched.snapshot().trials.running == 2
    store.fail_attempt(lease, first.id, "out of memory", retry=True)
    next(steps)
    store.fail_attempt(lease, second.id, "out of memory", retry=False)
    next(steps)
    now = watched.snapshot()
    assert (watched.running, now.trials.running) == ([], 0)
    assert str(now.trials) == "0 of 10 trials done, 1 failed"
    store.retry_failed(lease)
    next(steps)
    assert str(watched.snapshot().trials) == "0 of 10 trials done"
    drive(library, lease)
    told = [one.epoch for _ in steps for one in watched.running]
    assert set(told) == {0, 2}
    assert watched.has_ended
    assert watched.record.sweep == store.sweep(WAITING)
    now = watched.snapshot()
    assert (now.trials.done, now.trials.total, now.leader.index) == (len(trials), len(trials), 4)


def test_a_sweep_is_followed_beyond_the_lease_that_was_read(records, store, library):
    """It is renewed all the time, of which no event tells."""
    lease = library.claimed(name="long")
    watched = Following(records, lease.sweep_id)
    sweep = replace(watched.record.sweep, lease_expires_at=datetime(2020, 1, 1, tzinfo=UTC))
    watched.record = replace(watched.record, sweep=sweep)
    steps = watched.follow()
    next(steps)
    for place, trial in enumerate(store.trials(lease.sweep_id)[:3], start=1):
        store.start_attempt(lease, trial.id, worker="w")
        next(steps)
        assert len(watched.running) == place


def test_watching_ends_with_what_the_sweep_found(shell, store, library, place, monkeypatch):
    real = following.events
    driver = threading.Thread(target=lambda: drive(library, claimed(store)))

    def once_watched(*arguments):
        driver.start()
        return real(*arguments)

    monkeypatch.setattr(following, "events", once_watched)
    result = shell.invoke("watch", str(WAITING), *place)
    driver.join()
    assert result.exit_code == 0, result.stderr
    lines = result.stderr.splitlines()
    assert lines[0] == "waiting for a runner"
    assert lines[-1].startswith("10 of 10 trials done; leader (")
    assert "\x1b" not in result.stderr
    assert result.stdout.startswith("\nSweep 3 'waiting': finished\n10 of 10 trials done")
    assert "Verdict: chosen" in result.stdout
    monkeypatch.setattr(following, "events", real)
    again = shell.invoke("watch", str(WAITING), "--quiet", *place)
    assert (again.stdout, again.stderr) == (result.stdout, "")
    shown = json.loads(shell.invoke("watch", str(WAITING), "--json", "-q", *place).stdout)
    assert shown == shell.json("show", str(WAITING), *place)


@pytest.mark.parametrize(
    ("sweep", "change", "error"),
    [
        (FAILED, "state = 'failed'", "sweep 4 failed: the disk is full; what was trained is kept"),
        (WAITING, "state = 'cancelled'", "sweep 3 is cancelled; what was trained is kept"),
        (
            RUNNING,
            "state = 'interrupted', lease_owner = NULL",
            "sweep 2 is interrupted and nobody drives it",
        ),
        (
            RUNNING,
            "lease_expires_at = '2020-01-01 00:00:00.000000'",
            "sweep 2 is interrupted (driver gone) and nobody drives it",
        ),
    ],
)
def test_what_will_not_go_on_is_not_waited_for(
    shell, library_database, place, sweep, change, error
):
    with sqlite3.connect(library_database.removeprefix("sqlite:///")) as connection:
        connection.execute(f"UPDATE sweeps SET {change} WHERE id = {sweep}")
    result = shell.invoke("watch", str(sweep), "--quiet", *place)
    assert (result.exit_code, result.stdout) == (1, "")
    assert error in result.stderr
    assert f"`scaling-search resume {sweep}` goes on" in result.stderr


def test_a_driver_that_dies_while_its_sweep_is_watched_is_not_waited_for(
    shell, store, library, place, monkeypatch
):
    monkeypatch.setattr("api.routers.events._PING_SECONDS", 0.1)
    lease = library.claimed(name="killed")
    real, waited = following.events, []

    def once_watched(*arguments):
        waited.append(arguments)
        store.renew(lease, ttl_seconds=0.001)  # the last that is heard of the driver
        return real(*arguments)

    monkeypatch.setattr(following, "events", once_watched)
    result = shell.invoke("watch", str(lease.sweep_id), *place)
    assert len(waited) == 1
    assert (result.exit_code, result.stdout) == (1, "")
    assert "is interrupted (driver gone) and nobody drives it" in result.stderr
    assert f"`scaling-search resume {lease.sweep_id}` goes on" in result.stderr


def test_a_sweep_that_is_cancelled_while_it_is_watched(shell, store, place, monkeypatch):
    real = following.events

    def once_watched(*arguments):
        store.request_cancel(WAITING)
        return real(*arguments)

    monkeypatch.setattr(following, "events", once_watched)
    result = shell.invoke("watch", str(WAITING), *place)
    assert (result.exit_code, result.stdout) == (1, "")
    assert "Error: sweep 3 is cancelled" in result.stderr


def test_ctrl_c_ends_the_watching_and_not_the_sweep(shell, store, place, monkeypatch):
    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(following, "events", interrupted)
    result = shell.invoke("watch", str(RUNNING), *place)
    assert (result.exit_code, result.stdout) == (130, "")
    assert "sweep 2 goes on" in result.stderr
    assert store.sweep(RUNNING).state is SweepState.RUNNING


def test_a_sweep_that_is_not_there_cannot_be_watched(shell, place):
    result = shell.invoke("watch", "99", *place)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith("Error: sweep 99 does not exist")


def test_watching_loads_neither_torch_nor_ray(shell, place):
    program = (
        "import sys\nfrom typer.testing import CliRunner\nfrom scaling_search.cli.app import app\n"
        "for words in (['watch', '1', '-q'], ['submit', 'tiny.yaml']):\n"
        "    result = CliRunner().invoke(app, [*words, *sys.argv[1:]])\n"
        "    assert result.exit_code == 0\n"
        "    print(*{'ray', 'torch', 'fvcore'} & sys.modules.keys())"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, *place],
        cwd=shell.folder,
        env=shell.environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "\n\n"
