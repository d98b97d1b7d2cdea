"""What training a plan will take: images, time and disk, before it is trained.

A training step costs about three forward passes (forward, and two of the same size backward), so
speed is measured in forward FLOPs per second: 3 × FLOPs × images / seconds. It depends on the
machine, and much less on the network, which is what makes an estimate possible.
"""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from results.states import TrialState
from results.store import Store
from scaling_search.environment import machine
from search_spaces.specs.proxy import ProxySpec

PASSES = 3
"""Forward passes that a training step is worth."""

ROUGH_RATE = 8.5e9
"""Forward FLOPs per second of one thread: 336 images/s of an 8.4 MFLOPs network (2-core machine,
torch 2.13, float32, channels_last, batches of 64 images of 32 px)."""

_EPOCH_BYTES, _TRIAL_BYTES, _CANDIDATE_BYTES = 600, 1_200, 6_000
"""Rows of an SQLite database, their events and indexes included, measured on stored sweeps."""

_RECENT_SWEEPS = 5


@dataclass(frozen=True, slots=True)
class Rate:
    """Forward FLOPs per second of one worker, and where the figure comes from.

    `trials` is how many trained trials it rests on, 0 for the rough constant.
    """

    flops_per_second: float
    trials: int

    @property
    def source(self) -> str:
        """For people."""
        if not self.trials:
            return "rough: 8.5 GFLOPs/s per worker, nothing was trained on this machine yet"
        return (
            f"{self.flops_per_second / 1e9:.3g} GFLOPs/s per worker, as {self.trials} trials on "
            "this machine had"
        )


ROUGH = Rate(ROUGH_RATE, 0)


@dataclass(frozen=True, slots=True)
class Estimate:
    """What a sweep will take.

    `images` counts training images of all trials; `seconds` is elapsed time with `workers` at once;
    `database_bytes` is what its rows take, `data_bytes` what its decoded images do.
    """

    trials: int
    images: int
    workers: int
    seconds: float
    rate: Rate
    database_bytes: int
    data_bytes: int

    def to_dict(self) -> dict[str, Any]:
        """JSON values."""
        return asdict(self) | {"rate": asdict(self.rate) | {"source": self.rate.source}}


def training_rate(trained: Iterable[tuple[int, int, float]]) -> Rate | None:
    """The rate of trials given as (FLOPs of the network, images, training seconds)."""
    work = seconds = 0.0
    count = 0
    for flops, images, took in trained:
        if took > 0:
            work += PASSES * flops * images
            seconds += took
            count += 1
    return Rate(work / seconds, count) if count else None


def stored_rate(store: Store) -> Rate | None:
    """The rate of this machine in its latest sweeps, or None before there are any."""
    here = machine()
    trained: list[tuple[int, int, float]] = []
    seen = 0
    for sweep in store.sweeps():
        hardware = store.sweep(sweep.id).hardware
        if any(hardware.get(key) != here[key] for key in ("processor", "cores")):
            continue
        flops = {candidate.id: candidate.flops for candidate in store.candidates(sweep.id)}
        finished = [
            (flops[trial.candidate_id], trial.images, trial.train_seconds)
            for trial in store.trials(sweep.id, states=[TrialState.FINISHED])
            if trial.images and trial.train_seconds
        ]
        trained += finished
        seen += bool(finished)
        if seen == _RECENT_SWEEPS:
            break
    return training_rate(trained)


def _elapsed(work: list[float], workers: int) -> float:
    """Time until all is done, longest first, on equal workers (work in seconds of one)."""
    free = [0.0] * min(workers, len(work))
    for took in sorted(work, reverse=True):
        heapq.heapreplace(free, free[0] + took)
    return max(free)


def estimate(
    flops: Iterable[int],
    proxy: ProxySpec,
    trials: int,
    *,
    workers: int,
    rate: Rate,
    validation_images: int = 0,
    data_bytes: int = 0,
) -> Estimate:
    """What so many trials of the candidates take, one after the other and from the first again.

    Args:
        flops: of each candidate.
        proxy: budget and evaluations of a trial.
        trials: of all candidates together.
        workers: trials at once.
        rate: speed of a worker.
        validation_images: of the validation split, which every report goes through.
        data_bytes: of the decoded images.
    """
    candidates = list(flops)
    trained = PASSES * proxy.total_images
    evaluated = proxy.reports * (validation_images + proxy.norm_images)
    each = [one * (trained + evaluated) / rate.flops_per_second for one in candidates]
    work = list(itertools.islice(itertools.cycle(each), trials))
    per_trial = _TRIAL_BYTES + proxy.reports * _EPOCH_BYTES + validation_images // 8
    return Estimate(
        trials=trials,
        images=trials * proxy.total_images,
        workers=workers,
        seconds=_elapsed(work, workers),
        rate=rate,
        database_bytes=trials * per_trial + len(candidates) * _CANDIDATE_BYTES,
        data_bytes=data_bytes,
    )
