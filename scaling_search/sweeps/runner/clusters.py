"""The Ray that a runner's drivers share: its own, or a running cluster."""

from __future__ import annotations

import json
import os
import secrets
import select
import subprocess
from collections.abc import Mapping
from typing import Protocol

from scaling_search.sweeps.runner.lifeline import end_child, start_child
from scaling_search.tune.cluster import check_listening
from scaling_search.tune.session import check_address
from search_spaces.errors import WorkError

_MODULE = "scaling_search.sweeps.runner.ray_head"
_START_SECONDS = 120
_END_SECONDS = 20


class Cluster(Protocol):
    """Where drivers find Ray."""

    @property
    def environment(self) -> Mapping[str, str]:
        """Variables to add to a driver's environment."""
        ...

    def address(self) -> str:
        """The host:port of a Ray that is up.

        Raises:
            WorkError: it cannot be reached, or not be started.
        """
        ...

    def close(self) -> None:
        """End what was started."""
        ...


class GivenCluster:
    """A cluster that runs already, of which this machine is a node."""

    def __init__(self, address: str) -> None:
        check_address(address)
        self._address = address
        self.environment: Mapping[str, str] = {}

    def address(self) -> str:
        """See `Cluster`: one that cannot be reached now may come back."""
        check_listening(self._address)
        return self._address

    def close(self) -> None:
        """Leave it running."""


class OwnCluster:
    """A Ray of the runner's own on this machine, in a child process that ends with the runner.

    Args:
        cpus: CPUs for its tasks.
        gpus: GPUs for its tasks.
    """

    def __init__(self, cpus: int, gpus: float) -> None:
        self._size = {"cpus": cpus, "gpus": gpus}
        self._process: subprocess.Popen[str] | None = None
        self._address = ""
        guarded = {"RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN": secrets.token_hex(32)}
        self.environment: Mapping[str, str] = {} if "RAY_AUTH_MODE" in os.environ else guarded

    def address(self) -> str:
        """See `Cluster`: started when first asked for, and again should it have died."""
        if self._process is None or self._process.poll() is not None or not self._listens():
            self.close()
            self._start()
        return self._address

    def _listens(self) -> bool:
        try:
            check_listening(self._address)
        except WorkError:
            return False
        return True

    def _start(self) -> None:
        process = start_child(
            _MODULE,
            [json.dumps(self._size)],
            self.environment,
            stdout=subprocess.PIPE,
        )
        assert process.stdout is not None
        answers, _, _ = select.select([process.stdout], [], [], _START_SECONDS)
        self._process, self._address = process, process.stdout.readline().strip() if answers else ""
        if not self._address:
            self.close()
            raise WorkError("the runner's Ray did not start; the lines above say why")

    def close(self) -> None:
        """End it with all of its workers."""
        if self._process is None:
            return
        assert self._process.stdin is not None
        self._process.stdin.close()
        try:
            self._process.wait(_END_SECONDS)
        except subprocess.TimeoutExpired:
            end_child(self._process)
        if self._process.stdout is not None:
            self._process.stdout.close()
        self._process = None
