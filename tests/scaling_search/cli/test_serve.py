"""The whole service: a sweep submitted over HTTP is trained, whoever dies or freezes meanwhile."""

import json
import signal
import time

import httpx
import psutil
import pytest

from results.states import AttemptState, SweepState
from results.store import Store

TRIALS = 10
DRIVER = "scaling_search.sweeps.runner.driver"


def submit(shell, url, images):
    """From another terminal."""
    asked = shell.invoke("submit", "tiny.yaml", "--images", str(images), "--server", url, "--json")
    assert asked.exit_code == 0, asked.stderr
    assert json.loads(asked.stdout)["state"] == "queued"


def wait_until(condition, *processes, seconds=300):
    """Fails with what was logged when it takes too long."""
    until = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > until:
            pytest.fail("\n".join(one.log.read_text()[-5000:] for one in processes))
        time.sleep(0.1)


def assert_each_trial_was_finished_once(store, claims):
    attempts = store.attempts(1)
    ended = [one.trial_id for one in attempts if one.state is AttemptState.FINISHED]
    assert sorted(ended) == sorted({one.id for one in store.trials(1)})
    assert len(ended) == TRIALS
    taken = [event.data["epoch"] for event in store.events(1) if event.kind == "claimed"]
    assert taken == list(range(1, claims + 1))


@pytest.mark.slow
def test_a_submitted_sweep_outlives_its_runner(shell, start, know_families):
    """The embedded default: one command, SQLite, a Ray of the runner's own."""
    served = start("serve", "serve", "--port", "0", "--workers", "1")
    url = served.address()
    submit(shell, url, images=160)
    with Store.open(f"sqlite:///{shell.database}") as store:
        know_families(store)
    sweep = f"{url}/v1/sweeps/1"

    def done():
        return httpx.get(sweep, timeout=30).json()["progress"]["finished"]

    wait_until(lambda: done() >= 1, served)
    descendants = served.family()
    [runner] = [one for one in psutil.Process(served.pid).children() if "worker" in one.cmdline()]
    runner.kill()
    _, alive = psutil.wait_procs(descendants, timeout=60)
    assert not alive  # neither driver nor Ray
    kept = done()
    assert 1 <= kept < TRIALS
    assert httpx.get(f"{url}/readyz", timeout=30).json() == {"status": "ok"}

    wait_until(lambda: httpx.get(sweep, timeout=30).json()["state"] == "finished", served)
    found = httpx.get(sweep, timeout=30).json()
    assert (found["progress"]["finished"], found["dataset"]) == (TRIALS, "digits")
    assert found["versions"]["torch"]
    assert found["hardware"]["cores"] >= 1
    member = httpx.get(f"{url}/v1/families/1/b1", timeout=30).json()
    assert member["complexity_source"] == "fvcore"
    best = httpx.get(f"{url}/v1/coefficients/best", timeout=30)
    assert best.status_code == (404 if found["verdict"] == "inconclusive" else 200)

    def written():
        return httpx.get(f"{sweep}/log", headers={"Accept": "text/plain"}, timeout=30).text

    wait_until(lambda: "runner: finished" in written(), served)
    log = written()
    assert log.count("runner: claimed by ") == 2
    assert f"verdict: {found['verdict']}" in log
    assert served.end() == 0
    with Store.open(f"sqlite:///{shell.database}") as store:
        assert_each_trial_was_finished_once(store, claims=2)


@pytest.mark.slow
def test_a_frozen_runner_harms_nothing(shell, start, postgres, cluster, know_families):
    """The service for a team: PostgreSQL, and runners on a cluster that `ray start` began."""
    database = postgres()
    given = {"SCALING_SEARCH_DATABASE_URL": database, **cluster.environment}
    assert shell.invoke("db", "upgrade", "--database", database).exit_code == 0
    served = start("serve", "serve", "--port", "0", "--no-runner", **given)
    url = served.address()
    words = ("worker", "--ray-address", cluster.address, "--workers", "1", "--lease", "3")
    with Store.open(database) as store:
        submit(shell, url, images=320)
        know_families(store)
        first = start("first", *words, **given)
        wait_until(lambda: store.progress([1])[1].finished >= 1, first)
        [driver] = [one for one in first.family() if DRIVER in one.cmdline()]
        driver.suspend()
        first.process.send_signal(signal.SIGSTOP)
        second = start("second", *words, **given)
        wait_until(lambda: store.sweep(1).lease_epoch == 2, second)
        driver.resume()
        # Its first write is refused, and it stops by itself; its parent cannot take note of that.
        wait_until(lambda: driver.status() == psutil.STATUS_ZOMBIE, first)
        assert store.sweep(1).state is SweepState.RUNNING
        first.process.send_signal(signal.SIGCONT)
        kept = store.progress([1])[1].finished
        wait_until(lambda: store.progress([1])[1].finished > kept, second)
        assert second.end() == 0  # the sweep goes back to the queue, and the first takes it again
        wait_until(lambda: store.sweep(1).state is SweepState.FINISHED, first)
        assert_each_trial_was_finished_once(store, claims=3)
    assert first.end() == 0
    assert served.end() == 0
    assert cluster.head.poll() is None
