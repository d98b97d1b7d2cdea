"""Checks of a Ray cluster, made before Ray and Tune, which would wait instead of failing."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Callable
from typing import Any

from search_spaces.errors import InputError, WorkError

_CONNECT_SECONDS = 5
_ANSWER_SECONDS = 60


def check_listening(address: str) -> None:
    """Fail at once if nothing listens at an address.

    Raises:
        WorkError: nothing listens there.
    """
    host, _, port = address.rpartition(":")
    try:
        socket.create_connection((host.strip("[]"), int(port)), _CONNECT_SECONDS).close()
    except OSError as error:
        raise WorkError(
            f"no Ray cluster answers at {address} ({error.strerror or error}): start one with "
            "`ray start --head`, or leave the address out for a private one"
        ) from None


def check_answer(address: str) -> None:
    """Fail if no Ray cluster answers at an address; Ray would try for minutes, with warnings.

    Raises:
        WorkError: nothing listens there, or something else does, or it wants a token.
    """
    check_listening(address)
    command = [sys.executable, "-P", "-m", "ray.scripts.scripts", "status", "--address", address]
    limits = {"RAY_py_gcs_connect_timeout_s": str(_CONNECT_SECONDS)}
    try:
        subprocess.run(
            command,
            env=os.environ | limits,
            capture_output=True,
            timeout=_ANSWER_SECONDS,
            check=True,
        )
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
        if b"AuthenticationError" in (error.stderr or b""):
            raise WorkError(
                f"the Ray cluster at {address} wants a token: set RAY_AUTH_MODE=token, and "
                "RAY_AUTH_TOKEN to its token unless ~/.ray/auth_token holds it"
            ) from None
        raise WorkError(
            f"what listens at {address} is not the head of a Ray cluster (its dashboard and Ray "
            "Client have ports of their own), or its Ray has another version: give the address "
            "that `ray start --head` printed, usually :6379"
        ) from None


def check_room(cpus: int, gpus: float) -> None:
    """Fail if no node of the running Ray has room for a trial; Tune would wait for ever.

    Args:
        cpus: CPUs of a trial.
        gpus: GPUs of a trial.

    Raises:
        InputError: no node has that much.
    """
    import ray

    list_nodes: Callable[[], list[dict[str, Any]]] = ray.nodes
    nodes = [node["Resources"] for node in list_nodes() if node["Alive"]]
    if any(node.get("CPU", 0) >= cpus and node.get("GPU", 0) >= gpus for node in nodes):
        return
    sizes = ", ".join(
        f"{node.get('CPU', 0):g} CPUs and {node.get('GPU', 0):g} GPUs" for node in nodes
    )
    raise InputError(
        f"a trial asks for {cpus} CPUs and {gpus:g} GPUs, and no node of the Ray cluster has that "
        f"much (nodes: {sizes}): lower cpus_per_trial or gpus_per_trial"
    )
