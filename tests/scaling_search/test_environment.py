"""What is recorded of the machine."""

from __future__ import annotations

import json
import platform

import psutil
import pytest
import torch

from scaling_search.environment import hardware, usable_cores, versions


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
