"""The whole service: a sweep submitted over HTTP is trained, whoever dies or freezes meanwhile."""

import json
import signal
import subprocess
import time

import httpx
import psutil
import pytest

from results.records import Measurement, MeasurementKey
from results.states import AttemptState, SweepState
from results.store import Store
from scaling_search.measure import measuring_versions
from search_spaces.baselines import get_baseline
from search_spaces.coefficients import Coefficients
from search_spaces.families import family
from search_spaces.frame import Frame

TRIALS = 10
DRIVER = "scaling_search.runner.driver"


class Process:
    """A command that runs until it is told to end, with what it says in a file."""

    def __init__(self, shell, name, *words, **environment):
        self.log = shell.folder / f"{name}.log"
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                shell.command(*words),
                env={key: text for key, text in shell.environment.items() if "RAY_AUTH" not in key}
                | environment,
                cwd=shell.folder,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                start_new_session=True,
            )
        self.pid = self.process.pid

    def family(self):
        """Its descendants; not Ray's agents, which look for their parent only once a minute."""
        found = psutil.Process(self.pid).children(recursive=True)
        return [one for one in found if "Agent" not in one.name()]

    def end(self):
        """Ended in an orderly way: the exit status. Nothing of it is left."""
        left = self.family()
        self.process.terminate()
        status = self.process.wait(120)
        _, alive = psutil.wait_procs(left, timeout=60)
        assert not alive
        return status


@pytest.fixture
def start(shell):
    """Starts commands that end with the test."""
    started = []

    def begin(name, *words, **environment):
        started.append(Process(shell, name, *words, **environment))
        return started[-1]

    yield begin
    for one in started:
        if one.process.poll() is None:
            for process in [*one.family(), one.process]:
                process.kill()
        one.process.communicate()


def address(served):
    line = served.process.stdout.readline()
    assert line.startswith("listening on http://127.0.0.1:"), served.log.read_text()
    return line.split()[-1]


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


def know_families(store):
    """Store what fvcore would say of every family that may come out: that is tested elsewhere."""
    frame = Frame.of(get_baseline("efficientnet_b0"))
    for candidate in store.candidates(1):
        triple = Coefficients(candidate.alpha, candidate.beta, candidate.gamma)
        if candidate.eligible:
            store.put_measurements(
                Measurement(
                    key=MeasurementKey(
                        spec_key=member.spec.key,
                        classes=member.spec.classes,
                        in_channels=member.spec.in_channels,
                        mode="eval",
                        versions=measuring_versions(),
                    ),
                    flops=member.complexity.flops,
                    params=member.complexity.params,
                    activations=member.complexity.activations,
                    uncounted={},
                    seconds=0.1,
                )
                for member in family(frame, triple)
            )


@pytest.mark.slow
def test_a_submitted_sweep_outlives_its_runner(shell, start):
    """The embedded default: one command, SQLite, a Ray of the runner's own."""
    served = start("serve", "serve", "--port", "0", "--workers", "1")
    url = address(served)
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
def test_a_frozen_runner_harms_nothing(shell, start, postgres, cluster):
    """The service for a team: PostgreSQL, and runners on a cluster that `ray start` began."""
    database = postgres()
    given = {"SCALING_SEARCH_DATABASE_URL": database, **cluster.environment}
    assert shell.invoke("db", "upgrade", "--database", database).exit_code == 0
    served = start("serve", "serve", "--port", "0", "--no-runner", **given)
    url = address(served)
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
