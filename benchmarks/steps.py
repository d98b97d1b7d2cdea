"""One training step of the same network on one thread: several ways of PyTorch's, and ours.

Forward, backward and optimizer on a batch of 64; decoding, evaluation, processes and Ray play no
part. The ways take turns and the least CPU time counts, so that ratios hold on a machine that is
not quite idle. `--compile` adds `torch.compile`, with the time to compile included and excluded.
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Literal

import torch
import torch.nn.functional as F
from efficientnet_pytorch import EfficientNet
from efficientnet_pytorch.utils import efficientnet

from benchmarks.programs.ours import BASE_PX, MAX_POINTS, spread, sweep_spec
from benchmarks.report import Figure
from scaling_search.data import PreparedDataset
from scaling_search.data.prepare import prepare
from scaling_search.training import Training
from scaling_search.training.compiled import COMPILED_VARIABLE
from search_spaces.planning import Candidate, make_plan
from search_spaces.specs.data import DataSpec
from search_spaces.specs.proxy import ProxySpec

Dtype = Literal["float32", "bfloat16"]
Step = Callable[[], None]
BATCH = 64
PLAIN, LAST, COMPILED = "plain", "plain, channels last", "plain, channels last, torch.compile"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The sizes."""
    parser.add_argument("--points", type=int, default=5, help=f"networks, up to {MAX_POINTS}")
    parser.add_argument("--rounds", type=int, default=5, help="steps of each")
    parser.add_argument(
        "--compile", action="store_true", help="also torch.compile: some minutes a network"
    )
    parser.add_argument(
        "--trial-steps", type=int, default=400, help="steps of a trial, which pays for compiling"
    )


def run(arguments: argparse.Namespace) -> Iterator[Figure]:
    """Every network in turn; ratios are of the sums."""
    if arguments.tiny:
        arguments.points, arguments.rounds = 1, 1
    data = prepare(DataSpec(in_channels=3, source_px=BASE_PX))
    options = {"folder": "digits", "n_train": BATCH, "epochs": 1, "batch_size": BATCH}
    space = sweep_spec({**options, "norm_images": 0, "seed": 0}).space
    plan = spread(make_plan(space, classes=len(data.class_names)), arguments.points)
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    seconds: dict[str, float] = {}
    compiling = 0.0
    for candidate in plan.candidates:
        ways = _ways(candidate, data, arguments.rounds + 1)
        if arguments.compile:
            ways[COMPILED], spent = _compiled(candidate)
            compiling += spent
        least = _least(ways, arguments.rounds)
        seconds = {name: seconds.get(name, 0.0) + least[name] for name in least}
        c = candidate.representative
        speeds = (f"{name} {BATCH / taken:.0f}" for name, taken in least.items())
        print(
            f"({c.alpha:g}, {c.beta:g}, {c.gamma:g}) at {candidate.spec.resolution_px} px, "
            f"images/s: {'; '.join(speeds)}",
            flush=True,
        )
    torch.set_num_threads(threads)
    points = len(plan.candidates)
    if arguments.compile:
        per_trial = compiling / arguments.trial_steps
        included = f"{COMPILED}, compiling included ({arguments.trial_steps} steps)"
        seconds[included] = seconds[COMPILED] + per_trial
        yield Figure("torch.compile, CPU seconds to compile a network", compiling / points, "s")
    for name, total in seconds.items():
        yield Figure(f"{name}, images per CPU second", BATCH * points / total, "images/s")
    for name, total in seconds.items():
        if name != PLAIN:
            yield Figure(f"{name} : plain, training steps alone", seconds[PLAIN] / total, "×")


def _ways(candidate: Candidate, data: PreparedDataset, steps: int) -> dict[str, Step]:
    return {
        PLAIN: _plain(candidate),
        LAST: _plain(candidate, channels_last=True),
        "ours on PyTorch's layers": _ours(candidate, data, steps, "float32", compiled="0"),
        "ours in float32": _ours(candidate, data, steps, "float32"),
        "ours in bfloat16": _ours(candidate, data, steps, "bfloat16"),
    }


def _plain(candidate: Candidate, *, channels_last: bool = False, compiled: bool = False) -> Step:
    c, side = candidate.representative, candidate.spec.resolution_px
    torch.manual_seed(0)
    blocks, options = efficientnet(
        c.beta, c.alpha, side, dropout_rate=0.0, drop_connect_rate=0.0, num_classes=10
    )
    model = EfficientNet(blocks, options).train()
    images, labels = torch.randn(BATCH, 3, side, side), torch.randint(0, 10, (BATCH,))
    if channels_last:
        model.to(memory_format=torch.channels_last)
        images = images.contiguous(memory_format=torch.channels_last)
    optimizer = torch.optim.SGD(
        model.parameters(), lr=0.05, momentum=0.9, nesterov=True, weight_decay=5e-4
    )
    forward: Callable[..., torch.Tensor] = model
    if compiled:
        model.set_swish(memory_efficient=False)  # a plain operation, which can be fused
        forward = torch.compile(model, dynamic=False)

    def step() -> None:
        optimizer.zero_grad()
        torch.autograd.backward(F.cross_entropy(forward(images), labels))
        optimizer.step()

    return step


def _compiled(candidate: Candidate) -> tuple[Step, float]:
    """A step of the compiled plain stack, and the CPU seconds that its first call took."""
    import torch._dynamo
    import torch._inductor.config as inductor

    torch._dynamo.reset()
    # In this process, and nothing of it from an earlier run: all of the time is seen.
    inductor.compile_threads, inductor.force_disable_caches = 1, True
    step = _plain(candidate, channels_last=True, compiled=True)
    began = sum(os.times()[:4])  # compilers that this process waits for included
    step()
    return step, sum(os.times()[:4]) - began


def _ours(
    candidate: Candidate, data: PreparedDataset, steps: int, dtype: Dtype, compiled: str = "1"
) -> Step:
    proxy = ProxySpec(steps=steps, batch_size=BATCH, reports=1, norm_images=0, dtype=dtype)
    with _variable(COMPILED_VARIABLE, compiled):
        training = Training(candidate.spec, proxy, data, 0)
    numbers = iter(range(1, steps + 1))

    def step() -> None:
        training.train_until(next(numbers))

    return step


@contextmanager
def _variable(name: str, value: str) -> Iterator[None]:
    before = os.environ.get(name)
    os.environ[name] = value
    try:
        yield
    finally:
        del os.environ[name]
        if before is not None:
            os.environ[name] = before


def _least(ways: dict[str, Step], rounds: int) -> dict[str, float]:
    """The least CPU seconds of each way, taking turns, after one round that does not count."""
    taken: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(rounds + 1):
        for name, step in ways.items():
            started = time.process_time()
            step()
            taken[name].append(time.process_time() - started)
    return {name: min(seconds[1:]) for name, seconds in taken.items()}
