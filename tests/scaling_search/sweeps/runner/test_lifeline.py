"""A child ends with its parent, however that ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

CHILD = """
import os, sys, time
from scaling_search.sweeps.runner.lifeline import follow_parent
sys.platform = os.environ["PLATFORM"]
follow_parent(lambda wish: print(wish, flush=True))
print(os.getpid(), flush=True)
time.sleep(600)
"""
PARENT = """
import os, time
from scaling_search.sweeps.runner.lifeline import start_child
start_child("child_of_a_test", [], {"PLATFORM": os.environ["PLATFORM"]})
time.sleep(600)
"""


@pytest.fixture(params=["linux", "another"])
def parent(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[subprocess.Popen[str]]:
    (tmp_path / "child_of_a_test.py").write_text(CHILD)
    paths = [str(tmp_path), os.environ.get("PYTHONPATH", os.getcwd())]
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(paths))
    monkeypatch.setenv("PLATFORM", request.param)
    process = subprocess.Popen([sys.executable, "-c", PARENT], stdout=subprocess.PIPE, text=True)
    yield process
    process.kill()
    process.communicate()


def test_a_child_dies_with_a_parent_that_is_killed(
    parent: subprocess.Popen[str], until: Any, is_alive: Any
) -> None:
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    assert is_alive(child)
    parent.kill()
    until(lambda: not is_alive(child))


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends a process that is stopped")
@pytest.mark.parametrize("parent", ["linux"], indirect=True)
def test_even_a_stopped_child_dies(
    parent: subprocess.Popen[str], until: Any, is_alive: Any
) -> None:
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    os.kill(child, signal.SIGSTOP)
    parent.kill()
    until(lambda: not is_alive(child))
