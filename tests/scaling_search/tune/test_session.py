"""Addresses of clusters: what is refused, and why."""

from __future__ import annotations

import colorsys
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import ray

from scaling_search.tune.cluster import check_answer
from scaling_search.tune.session import ray_session
from search_spaces.errors import InputError, WorkError


def enter(address: str) -> None:
    with ray_session(address=address, cpus=1, gpus=0):
        pass


def test_a_ray_client_address_is_refused_with_the_reason() -> None:
    with pytest.raises(InputError) as caught:
        enter("ray://10.0.0.1:10001")
    assert str(caught.value) == (
        "ray address 'ray://10.0.0.1:10001' is a Ray Client address: a driver has to run on a node "
        "of the cluster, because Tune's callbacks are not carried by Ray Client; start this "
        "command on a node and give host:port (usually :6379)"
    )


@pytest.mark.parametrize(
    "address", ["auto", "", ":6379", "10.0.0.1", "10.0.0.1:", "host:ray", "h:0"]
)
def test_an_address_is_a_host_and_a_port(address: str) -> None:
    with pytest.raises(InputError) as caught:
        enter(address)
    assert str(caught.value) == (
        f"ray address {address!r} must be host:port, for example 10.0.0.1:6379"
    )


def test_a_ray_that_is_there_is_used_and_left_running(shared_ray: None) -> None:
    before = ray.get_runtime_context().get_job_id()
    with ray_session(address=None, cpus=7, gpus=0):
        assert ray.cluster_resources()["CPU"] == 2
    assert ray.is_initialized()
    assert ray.get_runtime_context().get_job_id() == before


@pytest.fixture
def port() -> Iterator[int]:
    """A port where connections are taken and nothing is ever said."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def test_an_address_where_nothing_listens_is_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        free = server.getsockname()[1]
    with pytest.raises(WorkError) as caught:
        check_answer(f"127.0.0.1:{free}")
    assert str(caught.value) == (
        f"no Ray cluster answers at 127.0.0.1:{free} (Connection refused): start one with "
        "`ray start --head`, or leave the address out for a private one"
    )


def test_an_unknown_host_is_named() -> None:
    with pytest.raises(WorkError, match=r"^no Ray cluster answers at nowhere\.invalid:6379 \("):
        check_answer("nowhere.invalid:6379")


@pytest.mark.slow
def test_something_else_than_a_cluster_is_told_from_one(port: int) -> None:
    with pytest.raises(WorkError) as caught:
        check_answer(f"127.0.0.1:{port}")
    assert str(caught.value) == (
        f"what listens at 127.0.0.1:{port} is not the head of a Ray cluster (its dashboard and Ray "
        "Client have ports of their own), or its Ray has another version: give the address that "
        "`ray start --head` printed, usually :6379"
    )


SECOND = """
import logging
import ray
from scaling_search.tune.session import ray_session

ray.init(
    address="local", num_cpus=1, include_dashboard=False, logging_level=logging.CRITICAL,
)
ray.shutdown()
with ray_session(address=None, cpus=1, gpus=0):
    assert ray.is_initialized()

    @ray.remote
    def library():
        import colorsys
        return colorsys.__file__

    print(ray.get(library.remote()))
"""


@pytest.mark.slow
def test_a_private_ray_may_follow_a_plain_one(tmp_path: Path) -> None:
    """In a notebook, for example; Ray reads its token once for all. A file that lies in the working
    folder and is called like a library is not imported in its place."""
    (tmp_path / "colorsys.py").write_text("raise SystemExit('not the library')")
    clean = {name: text for name, text in os.environ.items() if "RAY_AUTH" not in name}
    done = subprocess.run(
        [sys.executable, "-P", "-c", SECOND],
        cwd=tmp_path,
        env=clean | {"HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == colorsys.__file__
