"""Owners of sweeps: whether their processes are gone."""

import signal
import socket
import subprocess
import sys
from collections.abc import Iterator

import psutil
import pytest

from results.owners import is_dead, this_process

Running = tuple[subprocess.Popen[str], str]


@pytest.fixture
def other() -> Iterator[Running]:
    """Another process, waiting, and its own owner string."""
    source = "from results.owners import this_process; print(this_process()); input()"
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
