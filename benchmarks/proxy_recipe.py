"""What a preset's budget and recipe can tell apart: accuracy of its candidates over seeds.

    python benchmarks/proxy_recipe.py quickstart
    python benchmarks/proxy_recipe.py small-images --data path/to/images --indices 0 1 2 3

Trains one trial after another on one thread, without Ray, and appends each to a JSON-lines file, so
that an interrupted run goes on where it stopped. `docs/proxy-experiments.md` shows what came out.
"""

from __future__ import annotations

import argparse
import json
import math
import platform
import sys
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import torch

from scaling_search.data.prepare import prepare
from scaling_search.training import Training
from search_spaces.planning import Candidate, make_plan
from search_spaces.specs.sweep import load_sweep


def trial(training: Training) -> dict[str, Any]:
    reports = list(training.epochs())
    result = training.result
    assert result is not None
    return {
        "top1": result.accuracy,
        "curve": [round(report.accuracy, 4) for report in reports],
        "train_loss": reports[-1].train_loss,
        "validation_loss": result.loss,
        "images_per_second": round(result.images_per_second, 1),
        "seconds": round(result.seconds, 2),
        "diverged": result.diverged,
    }


def label(candidate: Candidate) -> str:
    c = candidate.representative
    roles = [role for role in candidate.roles if role != "search"]
    return f"({c.alpha:.2f}, {c.beta:.2f}, {c.gamma:.2f})" + "".join(f" {role}" for role in roles)


def summary(accuracies: np.ndarray[Any, Any], n_validation: int) -> str:
    """Variance between candidates beside variance between seeds: (candidates, seeds) accuracies.

    Seeds are paired (a seed gives every candidate the same data order), so a seed's own mean is
    taken out first; "noise" is what remains.
    """
    candidates, seeds = accuracies.shape
    residual = (
        accuracies - accuracies.mean(1, keepdims=True) - accuracies.mean(0) + accuracies.mean()
    )
    noise = math.sqrt((residual**2).sum() / max((candidates - 1) * (seeds - 1), 1))
    between = accuracies.mean(1).std(ddof=1)
    mean = accuracies.mean()
    binomial = math.sqrt(mean * (1 - mean) / n_validation)
    worth = math.sqrt(max(between**2 - noise**2 / seeds, 0.0))
    return "\n".join(
        [
            f"accuracy: {accuracies.min():.3f} to {accuracies.max():.3f}, mean {mean:.3f}",
            f"between candidates (standard deviation of their means): {between:.4f}",
            f"between seeds (within a candidate, seeds paired): {noise:.4f}",
            f"of a mean over {seeds} seeds: {noise / math.sqrt(seeds):.4f}",
            f"true spread that remains after noise: {worth:.4f}",
            f"sampling error of one accuracy on {n_validation} images: {binomial:.4f}",
            f"F ratio: {seeds * between**2 / noise**2:.2f} on "
            f"{candidates - 1} and {(candidates - 1) * (seeds - 1)} degrees of freedom",
        ]
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("source", help="preset or YAML file")
    parser.add_argument("--data", help="another data set than the preset's")
    parser.add_argument("--seeds", type=int, help="how many seeds; the preset's otherwise")
    parser.add_argument("--indices", type=int, nargs="*", help="only these candidates of the plan")
    parser.add_argument("--set", default="{}", help="JSON mapping laid over the preset")
    parser.add_argument("--out", type=Path, default=Path("build/proxy_recipe.jsonl"))
    arguments = parser.parse_args()

    changes: dict[str, Any] = json.loads(arguments.set)
    if arguments.data:
        changes.setdefault("data", {})["name"] = arguments.data
    if arguments.seeds:
        changes["seeds"] = arguments.seeds
    sweep = load_sweep(arguments.source, changes)
    data = prepare(sweep.data)
    plan = make_plan(sweep.space, in_channels=data.channels, classes=len(data.class_names))
    chosen = [c for c in plan.candidates if not arguments.indices or c.index in arguments.indices]
    protocol = sweep.protocol(data.fingerprint)
    print(
        f"{sweep.name} on {data.name}: {data.n_train} training, {data.n_validation} validation "
        f"images; {len(chosen)} of {len(plan.candidates)} candidates, {len(sweep.seeds)} seeds; "
        f"protocol {protocol}\n{platform.processor() or platform.machine()}, "
        f"{psutil.cpu_count()} cores, one thread a trial; Python {platform.python_version()}, "
        f"torch {torch.__version__}",
        file=sys.stderr,
    )

    arguments.out.parent.mkdir(parents=True, exist_ok=True)
    done: dict[tuple[str, str, int], dict[str, Any]] = {}
    if arguments.out.exists():
        for line in arguments.out.read_text().splitlines():
            row = json.loads(line)
            done[row["protocol"], row["key"], row["seed"]] = row
    accuracies = np.zeros((len(chosen), len(sweep.seeds)))
    for column, seed in enumerate(sweep.seeds):
        for line_number, candidate in enumerate(chosen):
            identity = (protocol, candidate.spec.key, seed)
            if identity not in done:
                row = {"protocol": protocol, "key": candidate.spec.key, "seed": seed}
                row["candidate"] = label(candidate)
                row |= trial(Training(candidate.spec, sweep.proxy, data, seed))
                with arguments.out.open("a") as file:
                    file.write(json.dumps(row) + "\n")
                done[identity] = row
            found = done[identity]
            accuracies[line_number, column] = found["top1"]
            print(f"seed {seed} {label(candidate)}: {found['curve']}", file=sys.stderr)

    print("| candidate (α, β, γ) | FLOPs | blocks | px | accuracy by seed | mean |")
    print("| --- | --- | --- | --- | --- | --- |")
    for candidate, line in zip(chosen, accuracies, strict=True):
        print(
            f"| {label(candidate)} | {candidate.measured_ratio:.2f}× | "
            f"{sum(candidate.spec.depths)} | {candidate.spec.resolution_px} | "
            f"{' '.join(f'{value:.3f}' for value in line)} | {line.mean():.3f} |"
        )
    if accuracies.shape[0] > 1 and accuracies.shape[1] > 1:
        print(summary(accuracies, data.n_validation))


if __name__ == "__main__":
    main()
