"""Where results come from, in words."""

from __future__ import annotations

from typing import Any

from results.values import SweepDetail
from search_spaces.human import duration, plural, size
from search_spaces.specs.target import Target


def provenance(sweep: SweepDetail) -> list[tuple[str, str]]:
    """What a sweep's results rest on: name and value of each fact that is known."""
    space, proxy = sweep.spec.get("space", {}), sweep.spec.get("proxy", {})
    target = space.get("target")
    budget = proxy.get("images") or proxy.get("steps")
    took = ""
    if sweep.started_at and sweep.finished_at:
        took = f", {duration((sweep.finished_at - sweep.started_at).total_seconds())} in all"
    facts: list[tuple[str, Any]] = [
        ("baseline", sweep.baseline),
        (
            "constraint",
            target and Target.model_validate(target).describe(),
        ),
        (
            "budget",
            budget and f"{budget:,} {'images' if proxy.get('images') else 'steps'} a trial",
        ),
        ("data", f"{sweep.dataset} (fingerprint {sweep.dataset_fingerprint})"),
        ("seeds", ", ".join(str(seed) for seed in sweep.seeds)),
        ("protocol", sweep.protocol),
        ("created", f"{sweep.created_at:%Y-%m-%d %H:%M} UTC{took}"),
        ("versions", ", ".join(f"{name} {value}" for name, value in sweep.versions.items())),
        ("hardware", _hardware(sweep.hardware)),
    ]
    return [(name, str(value)) for name, value in facts if value]


def _hardware(hardware: dict[str, Any]) -> str:
    if "processor" not in hardware:
        return ", ".join(f"{name} {value}" for name, value in hardware.items())
    cuda = ", ".join(hardware.get("cuda", [])) or "no CUDA device"
    return (
        f"{hardware['processor']}, {plural(hardware['cores'], 'core')}, "
        f"{size(hardware['memory_bytes'])} memory, {cuda}"
    )
