"""The Ray that a runner's drivers share."""

from __future__ import annotations

import socket
from typing import Any

import psutil
import pytest

from scaling_search.sweeps.runner.clusters import GivenCluster, OwnCluster
from scaling_search.tune.cluster import check_listening
from search_spaces.errors import InputError, WorkError


def test_a_ray_client_address_is_refused_with_the_reason() -> None:
    with pytest.raises(InputError, match="a driver has to run on a node of the cluster"):
        GivenCluster("ray://10.0.0.1:10001")


def test_a_cluster_that_is_away_is_named_and_may_come_back() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = f"127.0.0.1:{server.getsockname()[1]}"
        cluster = GivenCluster(address)
        assert cluster.address() == address
    with pytest.raises(WorkError, match=f"no Ray cluster answers at {address} "):
        cluster.address()
    cluster.close()


@pytest.mark.slow
def test_a_ray_of_ones_own_is_started_again_when_it_died(
    until: Any, is_alive: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("RAY_AUTH_MODE", "RAY_AUTH_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    cluster = OwnCluster(cpus=1, gpus=0)
    before = set(psutil.Process().children())
    try:
        first = cluster.address()
        assert cluster.address() == first
        [head] = set(psutil.Process().children()) - before
        left = [head, *head.children(recursive=True)]
        head.kill()
        until(lambda: cluster.address() != first)
        second = cluster.address()
        check_listening(second)
    finally:
        cluster.close()
    with pytest.raises(WorkError):
        check_listening(second)
    until(lambda: not any(is_alive(one.pid) for one in left if "Agent" not in _name(one)))


def _name(process: psutil.Process) -> str:
    try:
        return process.name()
    except psutil.NoSuchProcess:
        return ""
