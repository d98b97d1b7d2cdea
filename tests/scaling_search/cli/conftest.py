"""A shell to run commands in, and one finished sweep for all tests that only look at one."""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import pytest
import yaml
from typer.testing import CliRunner, Result

from results.store import Store
from results.values import Measurement, MeasurementKey
from scaling_search.cli.app import app
from search_spaces.baselines import get_baseline
from search_spaces.baselines.frame import Frame
from search_spaces.coefficients import Coefficients
from search_spaces.families import family
from search_spaces.planning import make_plan
from search_spaces.specs.sweep import SweepSpec

TIMEOUT_SECONDS = 400

TINY = """
name: tiny
space:
  baseline: efficientnet_b0
  form: {width: 0.2, stem_stride: 1, strides: [1, 2, 1, 2, 1, 1, 1]}
  resolution_px: 16
  rounding: {width_divisor: 4}
  target: {tolerance: 0.4}
  lattice:
    directions: [[0, 1, 0], [0, 0, 1]]
proxy: {images: 64, batch_size: 32, reports: 2, norm_images: 32}
data: {name: digits}
seeds: 2
"""


@dataclass(frozen=True)
class Shell:
    """The program with a database and a cache of its own."""

    folder: Path
    database: Path

    @property
    def environment(self) -> dict[str, str]:
        ours = {
            "SCALING_SEARCH_DATABASE_URL": f"sqlite:///{self.database}",
            "SCALING_SEARCH_CACHE_DIR": str(self.folder / "cache"),
            "OMP_NUM_THREADS": "1",
        }
        return {**os.environ, **ours}

    def command(self, *words: str) -> list[str]:
        return [sys.executable, "-m", "scaling_search.cli", *words]

    def process(self, *words: str, **options: Any) -> "subprocess.Popen[str]":
        """A real process, in a group of its own as a terminal would start it."""
        return subprocess.Popen(
            self.command(*words),
            env=self.environment,
            cwd=self.folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
            **options,
        )

    def run(
        self, *words: str, timeout: float = TIMEOUT_SECONDS
    ) -> "subprocess.CompletedProcess[str]":
        """A real process, to its end."""
        return subprocess.run(
            self.command(*words),
            env=self.environment,
            cwd=self.folder,
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
        )

    def invoke(self, *words: str) -> Result:
        """The same commands in this process, which is quicker."""
        return CliRunner().invoke(
            app, list(words), env=self.environment, prog_name="scaling-search"
        )

    def json(self, *words: str) -> dict[str, Any]:
        """The document that a command prints."""
        result = self.invoke(*words, "--json")
        assert result.exit_code == 0, result.stderr
        document = json.loads(result.stdout)
        assert isinstance(document, dict)
        return document


def _shell(folder: Path) -> Shell:
    (folder / "tiny.yaml").write_text(TINY, encoding="utf-8")
    return Shell(folder, folder / "results.db")


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shell:
    """An empty database."""
    monkeypatch.chdir(tmp_path)
    return _shell(tmp_path)


@dataclass(frozen=True)
class Finished:
    """A sweep that was really run, and what `run --json` printed."""

    shell: Shell
    document: dict[str, Any]
    stderr: str


@pytest.fixture(scope="session")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Finished:
    """Five candidates, two seeds, a few images.

    fvcore measures the candidates and the smaller members of the family; the others take it longer
    than all the rest.
    """
    shell = _shell(tmp_path_factory.mktemp("finished"))
    space = SweepSpec.model_validate(yaml.safe_load(TINY)).space
    planned = make_plan(space, in_channels=1, classes=10).candidates
    eligible = [one.representative for one in planned if one.eligible]
    with Store.open(f"sqlite:///{shell.database}") as store:
        _know_families(store, eligible, members=slice(2, None))
    done = shell.run("run", "tiny.yaml", "--workers", "2", "--json")
    assert done.returncode == 0, done.stderr
    return Finished(shell, json.loads(done.stdout), done.stderr)


@pytest.fixture
def copied(finished: Finished, shell: Shell) -> Shell:
    """A database of one's own that holds the finished sweep, to be changed at will."""
    for path in finished.shell.folder.glob("results.db*"):
        shutil.copy(path, shell.folder / path.name)
    shutil.copytree(finished.shell.folder / "cache", shell.folder / "cache", dirs_exist_ok=True)
    return shell


@pytest.fixture
def conclusive(copied: Shell) -> Shell:
    """The same, but the verdict is `chosen`: what so short a training would not say by itself."""
    with sqlite3.connect(copied.database) as connection:
        connection.execute("UPDATE coefficients SET verdict = 'chosen'")
        (text,) = connection.execute("SELECT outcome FROM sweeps").fetchone()
        outcome = json.loads(text)
        outcome |= {"verdict": "chosen", "chosen": outcome["coefficients"]}
        connection.execute("UPDATE sweeps SET outcome = ?", [json.dumps(outcome)])
    return copied


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

    def address(self) -> str:
        """Where a service listens, once it does."""
        line = self.process.stdout.readline()
        assert line.startswith("listening on http://127.0.0.1:"), self.log.read_text()
        return line.split()[-1]

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


def _know_families(
    store: Store, triples: Iterable[Coefficients] | None = None, *, members: slice = slice(None)
) -> None:
    """Store what fvcore would say of every family that may come out: that is tested elsewhere."""
    from scaling_search.networks.measure import measuring_versions  # only here: it imports torch

    if triples is None:
        eligible = [one for one in store.candidates(1) if one.eligible]
        triples = [Coefficients(one.alpha, one.beta, one.gamma) for one in eligible]
    frame = Frame.of(get_baseline("efficientnet_b0"))
    for triple in triples:
        store.put_measurements(
            Measurement(
                key=MeasurementKey(
                    spec_key=member.spec.key,
                    classes=member.spec.classes,
                    in_channels=member.spec.in_channels,
                    mode="eval",
                    versions=measuring_versions(member.spec),
                ),
                flops=member.complexity.flops,
                params=member.complexity.params,
                activations=member.complexity.activations,
                uncounted={},
                seconds=0.1,
            )
            for member in family(frame, triple)[members]
        )


@pytest.fixture
def know_families() -> Callable[..., None]:
    return _know_families
