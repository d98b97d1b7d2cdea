"""Which processes are surely gone, and what is recorded of the machine."""

from __future__ import annotations

import json
import platform
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator

import psutil
import pytest
import torch

from scaling_search.environment import hardware, is_dead, this_process, usable_cores, versions

Running = tuple[subprocess.Popen[str], str]


@pytest.fixture
def other() -> Iterator[Running]:
    """Another process, waiting, and its own owner string."""
    source = "from scaling_search.environment import this_process; print(this_process()); input()"
    with subprocess.Popen(
        [sys.executable, "-c", source],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        yield process, process.stdout.readline().strip()
        process.kill()


def test_a_running_process_is_not_dead(other: Running) -> None:
    assert not is_dead(this_process())
    assert not is_dead(other[1])


def test_a_process_that_ended_is_dead(other: Running) -> None:
    process, owner = other
    process.communicate("\n")
    assert process.returncode == 0
    assert is_dead(owner)


def test_a_killed_process_is_dead_before_its_parent_looks(other: Running) -> None:
    process, owner = other
    process.send_signal(signal.SIGKILL)
    handle = psutil.Process(process.pid)
    while handle.status() != psutil.STATUS_ZOMBIE:
        pass
    assert is_dead(owner)


def test_another_process_under_the_same_number_does_not_keep_an_owner_alive() -> None:
    host, pid, started = this_process().rsplit(":", 2)
    assert is_dead(f"{host}:{pid}:{int(started) - 3600}")


def test_nothing_is_known_of_processes_of_other_hosts(other: Running) -> None:
    process, owner = other
    process.communicate("\n")
    _, pid, started = owner.rsplit(":", 2)
    assert is_dead(f"{socket.gethostname()}:{pid}:{started}")
    assert not is_dead(f"elsewhere.example:{pid}:{started}")


@pytest.mark.parametrize(
    "owner", ["", "runner", "{host}", "{host}:1", "{host}:x:1", "{host}:1:x", "{host}:-1:5", "::"]
)
def test_an_owner_of_another_form_is_not_taken_for_dead(owner: str) -> None:
    assert not is_dead(owner.format(host=socket.gethostname()))


def test_versions_name_what_a_result_depends_on() -> None:
    found = versions()
    assert found["python"] == platform.python_version()
    assert found["torch"] == torch.__version__
    assert {"ray", "fvcore", "numpy", "scipy", "pillow", "scaling-search"} <= found.keys()


def test_hardware_is_plain_json() -> None:
    found = json.loads(json.dumps(hardware()))
    assert found["cores"] == usable_cores()
    assert found["memory_bytes"] == psutil.virtual_memory().total
    assert len(found["cuda"]) == torch.cuda.device_count()
    assert found["processor"]


def test_only_cores_that_the_process_may_use_count(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.sched_getaffinity", lambda pid: {0}, raising=False)
    monkeypatch.setattr(psutil, "cpu_count", lambda logical: 8)
    assert usable_cores() == 1


def test_hyperthreads_are_not_counted_as_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.sched_getaffinity", lambda pid: set(range(16)), raising=False)
    monkeypatch.setattr(psutil, "cpu_count", lambda logical: 16 if logical else 8)
    assert usable_cores() == 8
