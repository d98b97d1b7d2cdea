"""Trained images per second of a whole sweep, beside the plain Ray Tune script.

Both are started as programs of their own on the same folder of image files: imports, Ray's start,
decoding, training, evaluating and storing all count, up to the moment when the last accuracy is
known. Ours also measures every network with fvcore, recomputes batch-norm statistics before each
evaluation, and writes every epoch to its database; the plain script does none of that.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.folders import copy_images, write_digits
from benchmarks.programs.ours import BASE_PX, MAX_POINTS, spread, sweep_spec
from benchmarks.report import Figure
from benchmarks.watching import run_program
from search_spaces.planning import make_plan

VALIDATION_FRACTION = 0.2
DTYPES = ("float32", "bfloat16")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The sizes."""
    parser.add_argument(
        "--images", type=Path, metavar="FOLDER", help="photographs, one sub-folder per class; "
        "without it scikit-learn's handwritten digits are written as 32 px JPEG files",
    )  # fmt: skip
    parser.add_argument("--points", type=int, default=15, help=f"networks, up to {MAX_POINTS}")
    parser.add_argument("--train-images", type=int, default=1024, help="a multiple of the batch")
    parser.add_argument("--epochs", type=int, default=2)
    parser.add_argument("--batch-size", type=int, default=64)
    parser.add_argument("--norm-images", type=int, default=256, help="as in a proxy's spec")
    parser.add_argument("--workers", type=int, default=2, help="trials at a time")
    parser.add_argument(
        "--loader-workers", type=int, default=0, help="DataLoader processes of a plain trial"
    )
    parser.add_argument("--repeats", type=int, default=1, help="runs of each, alternating")


def run(arguments: argparse.Namespace) -> Iterator[Figure]:
    """Ours and the plain script in turn, on the same networks and images."""
    if arguments.tiny:
        arguments.points, arguments.train_images, arguments.epochs = 2, 64, 1
    if arguments.train_images % arguments.batch_size:
        raise SystemExit(
            f"--train-images {arguments.train_images} does not fill batches of "
            f"{arguments.batch_size}: give a multiple"
        )
    if not 1 <= arguments.points <= MAX_POINTS:
        raise SystemExit(f"--points is {arguments.points}: it must be from 1 to {MAX_POINTS}")
    with tempfile.TemporaryDirectory(prefix="scaling-search-bench-") as scratch:
        yield from _compare(arguments, Path(scratch))


def _compare(arguments: argparse.Namespace, scratch: Path) -> Iterator[Figure]:
    folder = scratch / "images"
    classes = _fill(arguments, folder)
    options: dict[str, Any] = {
        "folder": str(folder),
        "n_train": arguments.train_images,
        "epochs": arguments.epochs,
        "batch_size": arguments.batch_size,
        "norm_images": arguments.norm_images,
        "workers": arguments.workers,
        "loader_workers": arguments.loader_workers,
        "base_px": BASE_PX,
        "seed": 0,
    }
    plan = spread(make_plan(sweep_spec(options).space, classes=classes), arguments.points)
    triples = [candidate.representative for candidate in plan.candidates]
    options["points"] = [[t.alpha, t.beta, t.gamma] for t in triples]
    images = arguments.points * arguments.train_images * arguments.epochs
    print(
        f"{arguments.points} networks of plain B0 at {BASE_PX} px, {arguments.train_images} images "
        f"× {arguments.epochs} epochs each, batch {arguments.batch_size}, seed 0, "
        f"{arguments.workers} trials at a time; "
        f"{arguments.images.name if arguments.images else 'digits as JPEG files'}",
        flush=True,
    )
    runs: dict[str, list[dict[str, Any]]] = {name: [] for name in ("plain", *DTYPES)}
    for number in range(arguments.repeats):
        for dtype in DTYPES:
            ours = _start("ours", {**options, "dtype": dtype}, scratch / f"{dtype}-{number}")
            runs[dtype].append(ours)
        options["n_validation"] = ours["n_validation"]
        plain = _start("plain", options, scratch / f"plain-{number}")
        runs["plain"].append(plain)
        _check_same(ours["trials"], plain["trials"])

    def median(name: str, what: str) -> float:
        return statistics.median(run[what] for run in runs[name])

    plain_speed = images / median("plain", "seconds")
    yield Figure("plain script, trained images per second", plain_speed, "images/s")
    for dtype in DTYPES:
        speed = images / median(dtype, "seconds")
        whole = images / median(dtype, "whole_seconds")
        cpu = median("plain", "cpu_seconds") / median(dtype, "cpu_seconds")
        yield Figure(f"ours in {dtype}, trained images per second", speed, "images/s")
        yield Figure(f"ours in {dtype} : plain", speed / plain_speed, "×", at_least=4)
        yield Figure(f"ours in {dtype} : plain, images a CPU second, all processes", cpu, "×")
        yield Figure(f"ours in {dtype}, with the leader's b0–b7 measured", whole, "images/s")


def _fill(arguments: argparse.Namespace, folder: Path) -> int:
    """Image files for training and validation; returns how many classes they have."""
    needed = arguments.train_images / (1 - VALIDATION_FRACTION)
    if arguments.images is None:
        write_digits(folder, -(-int(needed) // 10) + 1)
        return 10
    classes = sum(path.is_dir() for path in arguments.images.iterdir())
    return copy_images(arguments.images, folder, -(-int(needed) // max(classes, 1)) + 1)


def _start(which: str, options: dict[str, Any], scratch: Path) -> dict[str, Any]:
    """Run one of the two programs; `seconds` lead from its start to the last accuracy."""
    scratch.mkdir()
    file = scratch / "options.json"
    file.write_text(json.dumps({**options, "scratch": str(scratch)}))
    program = ["-m", "benchmarks.programs.ours"]
    if which == "plain":
        program = [str(Path(__file__).with_name("programs") / "plain.py")]
    # A cache of its own, so that decoding is paid in every run.
    env = {**os.environ, "SCALING_SEARCH_CACHE_DIR": str(scratch), "PYTHONPATH": os.getcwd()}
    ended = run_program([sys.executable, *program, str(file)], env)
    if ended.code:
        raise SystemExit(f"{which} failed:\n{ended.stderr[-4000:]}")
    found: dict[str, Any] = json.loads(ended.stdout.splitlines()[-1])
    found |= {
        "seconds": found["finished"] - ended.started,
        "whole_seconds": ended.seconds,
        "cpu_seconds": ended.cpu_seconds,
    }
    stages = [
        f"{name} after {found[name] - ended.started:.1f} s"
        for name in ("prepared", "planned", "finished")
        if name in found
    ]
    print(
        f"{scratch.name}: {', '.join(stages)}, ended after {ended.seconds:.1f} s; CPU "
        f"{ended.cpu_seconds:.0f} s",
        flush=True,
    )
    return found


def _check_same(ours: list[dict[str, Any]], plain: list[dict[str, Any]]) -> None:
    """Both must have trained the same networks: parameters and resolution of every point."""
    sizes = [
        {tuple(t["coefficients"]): (t["params"], t["resolution_px"]) for t in trials}
        for trials in (ours, plain)
    ]
    if sizes[0] != sizes[1]:
        raise SystemExit(f"the two did not train the same networks: {sizes[0]} and {sizes[1]}")
    for name, trials in (("ours", ours), ("plain", plain)):
        values = " ".join(f"{trial['accuracy']:.2f}" for trial in trials)
        print(f"  accuracies, {name}: {values}", flush=True)
