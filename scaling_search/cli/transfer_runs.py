"""Transfers: their options as specs, and the training of their runs."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from results.store import Store
from scaling_search.cli.checkpoints import find
from scaling_search.cli.failures import complain
from scaling_search.cli.inputs import located
from scaling_search.cli.network_files import spec_of
from scaling_search.cli.parsing import merge, parse_numbers, parse_settings
from scaling_search.cli.training import refuse_changes, resumable
from scaling_search.cli.views.progress import Display
from scaling_search.data.parallel import Progress
from scaling_search.training.isolation import Isolation
from scaling_search.uses.transfer.hub import PREFIX
from scaling_search.uses.transfer.running import Running, Snapshot, check_unchanged, create_transfer
from scaling_search.uses.transfer.sources import Source, read_source
from scaling_search.uses.transfer.targets import Prepared, prepare_targets
from search_spaces.errors import InputError
from search_spaces.human import plural
from search_spaces.specs.data import DataSpec
from search_spaces.specs.reading import parse
from search_spaces.specs.transfer import RECIPE, TransferSpec

if TYPE_CHECKING:
    from scaling_search.cli.commands.transfer import DeviceOptions, TargetOptions, TransferOptions


_DEVICE: Final = re.compile(r"cpu|cuda(:\d+)?")


def read(options: TransferOptions, images: TargetOptions, database: str | None) -> TransferSpec:
    """The transfer that the options describe.

    Raises:
        InputError: a value breaks a rule.
    """
    if not options.weights:
        raise InputError(
            "no weights: name a checkpoint or a state dict, for example `scaling-search "
            "transfer best.safetensors --dataset ~/photos`"
        )
    if not images.datasets:
        raise InputError("no data set: name one with --dataset, for example --dataset digits")
    changes = parse_settings(options.settings)
    limit = {} if images.train_images is None else {"max_train_images": images.train_images}
    common = merge(changes.pop("data", {}), limit | images.changes())
    of_weights = changes.pop("weights", {})
    budget = {} if options.images is None else {"images": options.images, "steps": None}
    recipe = merge(RECIPE.model_dump(), changes.pop("recipe", {}), budget)
    if recipe["steps"] is not None and options.images is None:
        recipe["images"] = None
    methods, rates = options.methods, options.rates
    given = {
        "methods": None if methods is None else _names(methods),
        "seeds": options.seeds,
        "learning_rates": None if rates is None else _rates(rates),
        "resolution_px": options.resolution_px,
        "keep": options.keep,
        "name": options.name,
    }
    values = {
        "weights": [_weights(text, options) | of_weights for text in options.weights],
        "data": [
            located(parse(DataSpec, common | {"name": name}, "transfer: data"), database)
            for name in images.datasets
        ],
        "recipe": recipe,
        **{key: value for key, value in given.items() if value is not None},
    }
    return parse(TransferSpec, merge(values, changes), "transfer")


def _names(text: str) -> list[str]:
    return [word.strip().replace("-", "_") for word in text.split(",")]


def _rates(text: str) -> list[float]:
    return parse_numbers(text, "--rates", "0.001,0.004,0.016")


def _weights(text: str, options: TransferOptions) -> dict[str, Any]:
    name, sign, source = text.partition("=")
    source = source if sign else text
    if not source.startswith(PREFIX):
        source = str(find(Path(source).expanduser()).absolute())
    own = Path(source).stem if not source.startswith(PREFIX) else source.rpartition("/")[2]
    network = None if options.network is None else spec_of(options.network, None).to_dict()
    return {
        "name": name if sign else own,
        "source": source,
        "network": network,
        "library": options.library,
    }


def read_stored(
    store: Store, number: int, options: TransferOptions, images: TargetOptions
) -> TransferSpec:
    """The stored transfer that `--resume` names.

    Raises:
        InputError: there is none, or another option is given beside it.
    """
    refuse_changes("transfer", number, options, images)
    return parse(TransferSpec, store.transfer(number).spec, f"transfer {number}")


@dataclass(frozen=True)
class Ready:
    """A transfer whose weights and images are read."""

    spec: TransferSpec
    sources: Sequence[Source]
    targets: Prepared


def ready(spec: TransferSpec, device: str, progress: Progress) -> Ready:
    """Read the weights, then the images.

    Raises:
        InputError: there is no such device, or as `read_source` and `prepare_targets`.
    """
    if not _DEVICE.fullmatch(device):
        raise InputError(f"--device is {device!r}: it must be cpu, cuda or cuda:N")
    Isolation(device, 1)
    sources = [read_source(one) for one in spec.weights]
    # What was found out about them is stored, so that the very same ones are resumed.
    spec = spec.model_copy(update={"weights": tuple(source.spec for source in sources)})
    return Ready(spec, sources, prepare_targets(spec.data, sources, progress))


def begin(store: Store, transfer: Ready, resume: int | None, display: Display) -> int:
    """Store the transfer unless it is there already; print what will be trained."""
    if resume is None:
        number = create_transfer(store, transfer.spec, transfer.sources, transfer.targets)
    else:
        check_unchanged(store.transfer(resume), transfer.targets)
        number = resume
    spec = transfer.spec
    display.note(
        f"transfer {number} in {store.location}: {len(spec.weights)} weights × "
        f"{plural(len(spec.data), 'data set')} × {plural(len(spec.methods), 'method')}, "
        f"{plural(len(spec.seeds), 'seed')} each: {plural(spec.runs, 'run')}, each on "
        f"{spec.recipe.total_images:,} images"
    )
    for data in transfer.targets.values():
        side = spec.resolution_px or max(one.network.resolution_px for one in transfer.sources)
        for note in filter(None, (*data.notes, data.upsampling_note(side))):
            display.note(f"{data.name}: {note}")
    return number


def train(
    store: Store, number: int, transfer: Ready, device: DeviceOptions, display: Display
) -> None:
    """Train what is missing, and conclude.

    Raises:
        typer.Exit: it was interrupted; stderr says how to go on.
        WorkError: it failed; the message says how to go on.
    """
    with resumable(f"transfer --resume {number}"), display.saying() as show:

        def observe(now: Snapshot) -> None:
            if now.problem is not None:
                complain(now.problem, label="Warning")
            show(_progress(now), (now.done + now.within) / now.total)

        Running(
            store,
            number,
            transfer.spec,
            transfer.sources,
            transfer.targets,
            device=device.device,
            threads=device.threads,
            observe=observe,
        ).run()


def _progress(now: Snapshot) -> str:
    task = now.task
    what = "choosing a learning rate" if task.role == "rate" else f"seed {task.seed}"
    data = Path(task.dataset).name
    return (
        f"{now.done:,} of {plural(now.total, 'run')} done; {task.weights} to {data}, "
        f"{task.method}, {what}, at {task.learning_rate:g}"
    )
