"""Which memory format is faster on this machine; the experiment is the same in both.

A sweep calibrates once and trains all of its trials alike, because the format changes how sums
round: trials that chose for themselves could not be repeated bit for bit.
"""

from __future__ import annotations

from dataclasses import dataclass

from scaling_search.data import PreparedDataset
from scaling_search.training.compiled import compiled_layers
from scaling_search.training.training import Training
from search_spaces.networks.spec import NetworkSpec
from search_spaces.specs.proxy import ProxySpec

WARM_STEPS, TIMED_STEPS = 2, 3


@dataclass(frozen=True, slots=True)
class Calibration:
    """The memory format of trials on this machine, and the training images per second of each.

    No speeds where nothing had to be timed.
    """

    channels_last: bool
    images_per_second: dict[str, float]


def calibrate(
    spec: NetworkSpec,
    proxy: ProxySpec,
    data: PreparedDataset,
    *,
    device: str = "cpu",
    threads: int = 1,
) -> Calibration:
    """Time a few steps of `spec` in each memory format; the recipe is the trials' own.

    Takes a few seconds: do it once per sweep, on the candidate whose cost is typical. Nothing is
    timed where the compiled layers are used, which take channels last only.
    """
    if compiled_layers(device, threads):
        return Calibration(channels_last=True, images_per_second={})
    budget = {"images": None, "steps": WARM_STEPS + TIMED_STEPS, "reports": 1}
    short = ProxySpec(**{**proxy.model_dump(), **budget})
    speeds = {}
    for name, channels_last in (("channels_last", True), ("contiguous", False)):
        training = Training(
            spec, short, data, 0, device=device, threads=threads, channels_last=channels_last
        )
        training.train_until(WARM_STEPS)
        before = training.train_seconds
        training.train_until(WARM_STEPS + TIMED_STEPS)
        seconds = training.train_seconds - before
        speeds[name] = TIMED_STEPS * proxy.batch_size / seconds
    return Calibration(speeds["channels_last"] >= speeds["contiguous"], speeds)
