"""Where a sweep's results come from: name and value of each fact."""

from __future__ import annotations

from typing import Any

from results.values import SweepDetail
from search_spaces.human import duration, plural, size
from search_spaces.specs.target import Target


def provenance(sweep: SweepDetail) -> list[tuple[str, str]]:
    """What was asked for, with what it was computed, and on what; unknown facts are left out."""
    space, proxy = sweep.spec.get("space", {}), sweep.spec.get("proxy", {})
    resolution_px = space.get("resolution_px")
    facts = (
        ("baseline", sweep.baseline + (f" at {resolution_px} px" if resolution_px else "")),
        ("search", _search(space)),
        ("proxy", _proxy(proxy)),
        ("data", f"{sweep.dataset} (fingerprint {sweep.dataset_fingerprint})"),
        ("seeds", ", ".join(map(str, sweep.seeds))),
        ("protocol", sweep.protocol),
        ("created", f"{sweep.created_at:%Y-%m-%d %H:%M} UTC{_took(sweep)}"),
        ("versions", ", ".join(f"{name} {value}" for name, value in sweep.versions.items())),
        ("hardware", _hardware(sweep.hardware)),
    )
    return [(name, value) for name, value in facts if value]


def _search(space: dict[str, Any]) -> str:
    kinds = [name for name in ("axes", "lattice", "compare") if space.get(name)]
    target = space.get("target")
    return "; ".join(
        [*kinds, *([f"target {Target.model_validate(target).describe()}"] if target else [])]
    )


def _proxy(proxy: dict[str, Any]) -> str:
    unit = "images" if proxy.get("images") else "steps"
    if not proxy.get(unit):
        return ""
    recipe = (
        f", batches of {proxy['batch_size']}, {proxy['optimizer']} at {proxy['learning_rate']:g}, "
        f"{proxy['dtype']}"
        if {"batch_size", "optimizer", "learning_rate", "dtype"} <= proxy.keys()
        else ""
    )
    return f"{proxy[unit]:,} {unit} per trial{recipe}"


def _took(sweep: SweepDetail) -> str:
    if not (sweep.started_at and sweep.finished_at):
        return ""
    return f", {duration((sweep.finished_at - sweep.started_at).total_seconds())} in all"


def _hardware(hardware: dict[str, Any]) -> str:
    """The machine, which is not known before a driver takes the sweep."""
    if "processor" not in hardware:
        return "not known yet"
    cuda = ", ".join(hardware.get("cuda", [])) or "no CUDA device"
    return (
        f"{hardware['processor']}, {plural(hardware['cores'], 'core')}, "
        f"{size(hardware['memory_bytes'])} memory, {cuda}"
    )
