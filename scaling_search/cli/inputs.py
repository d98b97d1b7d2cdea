"""From what the user typed to specs, images, plans and stores."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from results.database import Database
from results.errors import NotFoundError
from results.store import Store
from results.values import Sweep
from scaling_search.cli import user_code
from scaling_search.cli.overrides import merged, parse_overrides
from scaling_search.data import PreparedDataset, built_ins
from scaling_search.data.parallel import Progress
from scaling_search.data.prepare import prepare
from scaling_search.environment import machine_name, usable_cores
from scaling_search.networks.user_baselines.checked import usable_baseline
from scaling_search.networks.user_baselines.counting import remember
from scaling_search.sweeps.estimates import ROUGH, Estimate, Rate, estimate, stored_rate
from scaling_search.uses.edge.timer import telling
from search_spaces.baselines import Baseline, get_baseline, is_built_in
from search_spaces.errors import InputError, WorkError
from search_spaces.names import is_text, printable
from search_spaces.networks.complexity import Complexity
from search_spaces.networks.spec import NetworkSpec
from search_spaces.planning import Plan, make_plan
from search_spaces.specs.data import DataSpec
from search_spaces.specs.reading import parse
from search_spaces.specs.sweep import SweepSpec, load_sweep

if TYPE_CHECKING:
    from scaling_search.sweeps.forecasting import Foretold


def dataset_name(name: str) -> str:
    """A data set's name as it is stored: paths absolute, so that any folder can resume.

    Raises:
        InputError: the path cannot be stored.
    """
    known = {entry.name for entry in built_ins()}
    if name in known or name.startswith("hub:"):
        return name
    try:
        path = Path(name).expanduser()
        stored = str(path.absolute()) if path.exists() else name
    except (OSError, RuntimeError, ValueError):
        return name  # said where it is looked for
    if not is_text(stored):
        raise InputError(
            f"the path {printable(stored)} is not UTF-8: paths of images are stored as UTF-8; "
            "rename the folder, or name it by a symbolic link"
        )
    return stored


def located(spec: DataSpec, database: str | None) -> DataSpec:
    """The images that a spec names, by where they are: a path, or what is registered under a name.

    A folder or file of that name comes before a registered one.
    """
    name = dataset_name(spec.name)
    bare = name == spec.name and "/" not in name and not name.startswith(("hub:", "~"))
    if bare and name not in {entry.name for entry in built_ins()}:
        try:
            with existing_store(database) as store:
                row = store.dataset(name)
        except (FileNotFoundError, NotFoundError):
            return spec  # there is none: said where it is looked for
        return spec.registered_as(row.source, row.choices)
    # Only where it differs, so that what a file left out still counts as left out.
    return spec if name == spec.name else spec.model_copy(update={"name": name})


def is_known(name: str, database: str | None) -> bool:
    """Whether a data set comes with the installation, was registered, or was used by a sweep."""
    if name in {entry.name for entry in built_ins()}:
        return True
    try:
        with existing_store(database) as store:
            return name in {entry.name for entry in store.datasets()}
    except FileNotFoundError:
        return False


def data_spec(
    name: str, settings: Iterable[str] = (), database: str | None = None, **given: Any
) -> DataSpec:
    """The images of a command that is not about a sweep, with its `--set data.KEY=VALUE`.

    Raises:
        InputError: a key is not one of data, or a value breaks a rule.
    """
    changes = parse_overrides(settings)
    chosen = changes.pop("data", {})
    if changes or not isinstance(chosen, dict):
        wrong = next(iter(changes), "data")
        raise InputError(
            f"--set {wrong}: this command reads images alone; set keys of data, for example --set "
            "data.layout=classes"
        )
    if "name" in chosen:
        raise InputError("--set data.name: the images are named by the command; leave it out")
    dataset_name(name)  # refuses what no spec can hold
    return located(parse(DataSpec, {"name": name, **given, **chosen}, "data set"), database)


def read_sweep(
    space: str,
    settings: Iterable[str] = (),
    *,
    dataset: str | None = None,
    images: int | None = None,
    seeds: int | None = None,
    strategy: str | None = None,
    name: str | None = None,
    skip_corrupt: bool = False,
    strict: bool = False,
    keep_checkpoints: str | None = None,
    data_is_here: bool = True,
    baseline: str | None = None,
    compare: dict[str, Any] | None = None,
    database: str | None = None,
) -> SweepSpec:
    """The sweep of a preset or file, with what the options change.

    `compare` replaces where the space looks by a comparison with these of its keys; what it leaves
    out is that of a comparison in the file, else the default. With `data_is_here` a path of this
    machine becomes absolute, a name that is registered in the database becomes what it stands for,
    and latencies are this machine's; without, the name is a server's.

    Raises:
        InputError: it cannot be read, or a value breaks a rule.
    """
    changes: dict[str, Any] = {}
    if images is not None:
        changes["proxy"] = {"images": images}
    if strategy is not None:
        changes["strategy"] = {"name": strategy}
    of_data = {"name": dataset, "skip_corrupt": skip_corrupt or None, "strict": strict or None}
    if of_data := {key: value for key, value in of_data.items() if value is not None}:
        changes["data"] = of_data
    given = (("seeds", seeds), ("name", name), ("keep_checkpoints", keep_checkpoints))
    changes |= {key: value for key, value in given if value is not None}
    if baseline is not None:
        changes["space"] = {"baseline": baseline}
    if compare is not None:
        changes["space"] = changes.get("space", {}) | {
            "axes": None,
            "lattice": None,
            "compare": compare,
        }
    typed = parse_overrides(settings)
    if data_is_here and isinstance(typed.get("space"), dict):
        user_code.allow(typed["space"].get("baseline"))
    spec = load_sweep(space, merged(typed, changes))
    if not data_is_here:
        return spec
    if spec.space.target.timed:
        target = spec.space.target.on(machine_name())
        held = spec.space.model_copy(update={"target": target})
        spec = spec.model_copy(update={"space": held})
    data = located(spec.data, database)
    return spec if data == spec.data else spec.model_copy(update={"data": data})


def data_of(spec: SweepSpec, progress: Progress) -> PreparedDataset:
    """The images of a sweep, prepared."""
    return prepare(spec.data, progress=progress)


def plan_of(
    spec: SweepSpec,
    data: PreparedDataset | None,
    database: str | None,
    tell: Callable[[int, str], None] = lambda count, how: None,
) -> Plan:
    """The plan of a sweep for its images, or for the baseline's own channels and classes.

    A baseline of the user is checked first. Where it has no closed form, networks are measured, as
    far as the database does not know them, and under a constraint on latency they are run; `tell`
    hears how many were, and what was done to them.
    """
    frame: dict[str, int] = {}
    if data is not None:
        frame = {"in_channels": data.channels, "classes": len(data.class_names)}
    with (
        checking(spec.space.baseline, database, lambda count: tell(count, "measured with fvcore")),
        telling(lambda count: tell(count, "run to know their latency")),
    ):
        return make_plan(spec.space, **frame)


@contextmanager
def checking(
    baseline: str, database: str | None, tell: Callable[[int], None] = lambda count: None
) -> Iterator[Baseline]:
    """A baseline, checked if it is the user's own, whose networks are measured as they are needed.

    Raises:
        InputError: it is unknown, or fails a check; the message says which, and the remedy.
    """
    if is_built_in(baseline):
        yield get_baseline(baseline)
        return
    with remember(_measured_before(database), tell):
        yield usable_baseline(baseline)


def _measured_before(database: str | None) -> Callable[[NetworkSpec], Complexity | None]:
    """What the database knows of a network, if there is one."""
    from scaling_search.sweeps.creation import measured_before

    def recall(spec: NetworkSpec) -> Complexity | None:
        try:
            with existing_store(database) as store:
                return measured_before(store, spec)
        except FileNotFoundError:
            return None

    return recall


def data_bytes(data: PreparedDataset) -> int:
    """What the decoded images take on disk."""
    image = data.source_px**2 * data.channels + 40  # and its label and content hash
    return (data.n_train + data.n_validation) * image


def known_rate(database: str | None) -> Rate:
    """This machine's training rate: from the database if that is there, else rough."""
    try:
        with existing_store(database) as store:
            return stored_rate(store) or ROUGH
    except (FileNotFoundError, InputError, WorkError):
        return ROUGH  # an estimate is not worth an error; commands that need the database say it


def foretold(
    database: str | None, spec: SweepSpec, plan: Plan, data: PreparedDataset, cost: Estimate
) -> Foretold | None:
    """What a conclusive answer is likely to cost, if the database knows trials that tell."""
    from scaling_search.sweeps.forecasting import foretell

    # A forecast is of every candidate with every seed, whatever the strategy makes of it.
    whole = cost_of(spec.whole_grid(), plan, data, cost.workers, cost.rate)
    try:
        with existing_store(database) as store:
            return foretell(store, spec, data.fingerprint, plan, whole)
    except (FileNotFoundError, InputError, WorkError):
        return None  # as for the rate


def existing_store(database: str | None) -> Store:
    """The store, without creating an embedded one.

    Raises:
        FileNotFoundError: there is none yet.
    """
    target = Database(database)
    if target.is_sqlite and not Path(str(target.url.database)).exists():
        raise FileNotFoundError(str(target))
    return Store.open(database)


def cost_of(
    spec: SweepSpec, plan: Plan, data: PreparedDataset | None, workers: int, rate: Rate
) -> Estimate:
    """What training the plan takes."""
    return estimate(
        [candidate.complexity.flops for candidate in plan.candidates],
        spec.proxy,
        spec.most_trials(len(plan.candidates), sum(one.eligible for one in plan.candidates)),
        workers=workers,
        rate=rate,
        validation_images=data.n_validation if data else 0,
        data_bytes=data_bytes(data) if data else 0,
    )


def default_workers(cpus_per_trial: int, gpus_per_trial: float) -> int:
    """As many trials at once as the machine's cores, or its CUDA devices, can take."""
    if gpus_per_trial > 0:
        from scaling_search.environment import cuda_devices

        return max(1, int(len(cuda_devices()) / gpus_per_trial + 1e-9))
    return max(1, usable_cores() // max(1, cpus_per_trial))


def stored_spec(sweep: Sweep) -> SweepSpec:
    """The spec that a sweep was stored with.

    Raises:
        InputError: another version stored it, in a form that this one does not know.
    """
    return parse(SweepSpec, sweep.spec, f"sweep {sweep.id}")


def upsampled(plan: Plan, data: PreparedDataset) -> dict[int, str]:
    """Candidate index → the caution that its resolution exceeds that of the images."""
    notes = {c.index: data.upsampling_note(c.spec.resolution_px) for c in plan.candidates}
    return {index: note for index, note in notes.items() if note}
