"""The plan of a sweep, and estimates of its cost."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from scaling_search.cli.inputs import existing_store
from scaling_search.cli.views.progress import Display
from scaling_search.data import PreparedDataset
from scaling_search.environment import cuda_devices, usable_cores
from scaling_search.networks.user_baselines.flop_counter import remember
from scaling_search.networks.user_baselines.usable import usable_baseline
from scaling_search.sweeps.estimates import ROUGH, Estimate, Rate, estimate, stored_rate
from scaling_search.uses.edge.timer import telling
from search_spaces.baselines import Baseline, get_baseline, is_built_in
from search_spaces.errors import InputError, WorkError
from search_spaces.networks.complexity import Complexity
from search_spaces.networks.spec import NetworkSpec
from search_spaces.planning import Plan, make_plan
from search_spaces.specs.sweep import SweepSpec

if TYPE_CHECKING:
    from scaling_search.sweeps.forecasting import EarlierForecast


def plan_of(
    spec: SweepSpec, data: PreparedDataset | None, database: str | None, display: Display
) -> Plan:
    """The plan of a sweep for its images, or for the baseline's own channels and classes.

    A baseline of the user is checked first. Networks without a closed form that the database does
    not know are measured; under a constraint on latency they are run.
    """
    frame: dict[str, int] = {}
    if data is not None:
        frame = {"in_channels": data.channels, "classes": len(data.class_names)}
    baseline = spec.space.baseline
    with (
        display.planning() as show,
        checked_baseline(baseline, database, lambda count: show(count, "measured with fvcore")),
        telling(lambda count: show(count, "run to know their latency")),
    ):
        return make_plan(spec.space, **frame)


@contextmanager
def checked_baseline(
    baseline: str, database: str | None, tell: Callable[[int], None] = lambda count: None
) -> Iterator[Baseline]:
    """A baseline, checked if it is the user's own, whose networks are measured as they are needed.

    Raises:
        InputError: it is unknown, or fails a check; the message names the check and the remedy.
    """
    if is_built_in(baseline):
        yield get_baseline(baseline)
        return
    with remember(_stored_complexity(database), tell):
        yield usable_baseline(baseline)


def _stored_complexity(database: str | None) -> Callable[[NetworkSpec], Complexity | None]:
    """Looks up networks in the database, if there is one."""
    from scaling_search.sweeps.creation import measured_before

    def recall(spec: NetworkSpec) -> Complexity | None:
        try:
            with existing_store(database) as store:
                return measured_before(store, spec)
        except FileNotFoundError:
            return None

    return recall


def data_bytes(data: PreparedDataset) -> int:
    """Size of the decoded images on disk."""
    image = data.source_px**2 * data.channels + 40  # and its label and content hash
    return (data.n_train + data.n_validation) * image


def default_workers(cpus_per_trial: int, gpus_per_trial: float) -> int:
    """As many trials at once as the machine's cores, or its CUDA devices, can take."""
    if gpus_per_trial > 0:
        return max(1, int(len(cuda_devices()) / gpus_per_trial + 1e-9))
    return max(1, usable_cores() // max(1, cpus_per_trial))


def cost_of(
    spec: SweepSpec, plan: Plan, data: PreparedDataset | None, database: str | None, *, workers: int
) -> Estimate:
    """The cost of training the plan, at this machine's stored training rate or a rough one."""
    try:
        with existing_store(database) as store:
            rate = stored_rate(store) or ROUGH
    except (FileNotFoundError, InputError, WorkError):
        rate = ROUGH  # commands that need the database report the error
    return _cost(spec, plan, data, workers, rate)


def _cost(
    spec: SweepSpec, plan: Plan, data: PreparedDataset | None, workers: int, rate: Rate
) -> Estimate:
    return estimate(
        [candidate.complexity.flops for candidate in plan.candidates],
        spec.proxy,
        spec.most_trials(len(plan.candidates), sum(one.eligible for one in plan.candidates)),
        workers=workers,
        rate=rate,
        validation_images=data.n_validation if data else 0,
        data_bytes=data_bytes(data) if data else 0,
    )


def forecast(
    spec: SweepSpec, plan: Plan, data: PreparedDataset, database: str | None, cost: Estimate
) -> EarlierForecast | None:
    """The likely cost of a conclusive answer, if the database has trials to learn it from."""
    from scaling_search.sweeps.forecasting import forecast_plan

    # It is of every candidate with every seed, whatever the strategy makes of it.
    whole = _cost(spec.whole_grid(), plan, data, cost.workers, cost.rate)
    try:
        with existing_store(database) as store:
            return forecast_plan(store, spec, data.fingerprint, plan, whole)
    except (FileNotFoundError, InputError, WorkError):
        return None  # as for the rate


def upsampled(plan: Plan, data: PreparedDataset) -> dict[int, str]:
    """Candidate index → the caution that its resolution exceeds that of the images."""
    notes = {c.index: data.upsampling_note(c.spec.resolution_px) for c in plan.candidates}
    return {index: note for index, note in notes.items() if note}
