"""One training step of the same network: the plain stack's beside ours, on one thread.

Forward, backward and optimizer on a batch of 64; decoding, evaluation, processes and Ray play no
part. They take turns and the least CPU time counts, so that the ratio holds on a machine that is
not quite idle.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterator
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
from search_spaces.planning import Candidate, make_plan
from search_spaces.specs.data import DataSpec
from search_spaces.specs.proxy import ProxySpec

Dtype = Literal["float32", "bfloat16"]
BATCH = 64
DTYPES: tuple[Dtype, ...] = ("float32", "bfloat16")
NAMES = ("plain", *(f"ours in {dtype}" for dtype in DTYPES))


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The sizes."""
    parser.add_argument("--points", type=int, default=5, help=f"networks, up to {MAX_POINTS}")
    parser.add_argument("--rounds", type=int, default=5, help="steps of each")


def run(arguments: argparse.Namespace) -> Iterator[Figure]:
    """Every network in turn; the ratio is of the sums."""
    if arguments.tiny:
        arguments.points, arguments.rounds = 1, 1
    data = prepare(DataSpec(in_channels=3, source_px=BASE_PX))
    options = {"folder": "digits", "n_train": BATCH, "epochs": 1, "batch_size": BATCH}
    space = sweep_spec({**options, "norm_images": 0, "seed": 0}).space
    plan = spread(make_plan(space, classes=len(data.class_names)), arguments.points)
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    sums = [0.0] * (1 + len(DTYPES))
    for candidate in plan.candidates:
        ours = (_ours(candidate, data, arguments.rounds + 1, dtype) for dtype in DTYPES)
        seconds = _least((_plain(candidate), *ours), arguments.rounds)
        sums = [total + least for total, least in zip(sums, seconds, strict=True)]
        c = candidate.representative
        speeds = (f"{name} {BATCH / least:.0f}" for name, least in zip(NAMES, seconds, strict=True))
        print(
            f"({c.alpha:g}, {c.beta:g}, {c.gamma:g}) at {candidate.spec.resolution_px} px, "
            f"images/s: {', '.join(speeds)}",
            flush=True,
        )
    torch.set_num_threads(threads)
    images = BATCH * len(plan.candidates)
    for name, total in zip(NAMES, sums, strict=True):
        yield Figure(f"{name}, images a CPU second", images / total, "images/s")
    for name, total in zip(NAMES[1:], sums[1:], strict=True):
        yield Figure(f"{name} : plain, training steps alone", sums[0] / total, "×")


def _plain(candidate: Candidate) -> Callable[[], None]:
    c, side = candidate.representative, candidate.spec.resolution_px
    torch.manual_seed(0)
    blocks, options = efficientnet(
        c.beta, c.alpha, side, dropout_rate=0.0, drop_connect_rate=0.0, num_classes=10
    )
    model = EfficientNet(blocks, options).train()
    optimizer = torch.optim.SGD(
        model.parameters(), lr=0.05, momentum=0.9, nesterov=True, weight_decay=5e-4
    )
    images, labels = torch.randn(BATCH, 3, side, side), torch.randint(0, 10, (BATCH,))

    def step() -> None:
        optimizer.zero_grad()
        torch.autograd.backward(F.cross_entropy(model(images), labels))
        optimizer.step()

    return step


def _ours(
    candidate: Candidate, data: PreparedDataset, steps: int, dtype: Dtype
) -> Callable[[], None]:
    proxy = ProxySpec(steps=steps, batch_size=BATCH, reports=1, norm_images=0, dtype=dtype)
    training = Training(candidate.spec, proxy, data, 0)
    numbers = iter(range(1, steps + 1))

    def step() -> None:
        training.train_until(next(numbers))

    return step


def _least(ways: tuple[Callable[[], None], ...], rounds: int) -> list[float]:
    """The least CPU seconds of each way, taking turns, after one round that does not count."""
    found: list[list[float]] = [[] for _ in ways]
    for _ in range(rounds + 1):
        for way, seconds in zip(ways, found, strict=True):
            started = time.process_time()
            way()
            seconds.append(time.process_time() - started)
    return [min(seconds[1:]) for seconds in found]
