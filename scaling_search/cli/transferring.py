"""What `transfer` does: reads what was asked, trains it, and shows what came of it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Final

import typer

from results.store import Store
from scaling_search.cli.checkpoints import find
from scaling_search.cli.failures import INTERRUPTED, complain
from scaling_search.cli.inputs import located
from scaling_search.cli.networks import spec_of
from scaling_search.cli.overrides import merged, parse_overrides
from scaling_search.cli.training import say
from scaling_search.cli.views.progress import Display
from scaling_search.data.parallel import Progress
from scaling_search.training.isolation import Isolation
from scaling_search.uses.transfer.hub import PREFIX
from scaling_search.uses.transfer.running import (
    Running,
    Snapshot,
    check_unchanged,
    create_transfer,
)
from scaling_search.uses.transfer.sources import Source, read_source
from scaling_search.uses.transfer.targets import Prepared, prepare_targets
from search_spaces.errors import InputError, WorkError
from search_spaces.human import plural
from search_spaces.specs.data import DataSpec
from search_spaces.specs.reading import parse
from search_spaces.specs.transfer import RECIPE, TransferSpec


@dataclass(frozen=True, kw_only=True)
class Asked:
    """The options that decide what a transfer finds."""

    weights: tuple[str, ...] = ()
    datasets: tuple[str, ...] = ()
    methods: str | None = None
    seeds: int | None = None
    images: int | None = None
    rates: str | None = None
    resolution_px: int | None = None
    train_images: int | None = None
    network: str | None = None
    library: str | None = None
    keep: str | None = None
    settings: tuple[str, ...] = ()
    name: str | None = None
    skip_corrupt: bool = False
    strict: bool = False

    def read(self, database: str | None) -> TransferSpec:
        """The transfer that they ask for.

        Raises:
            InputError: a value breaks a rule.
        """
        if not self.weights:
            raise InputError(
                "no weights: name a checkpoint or a state dict, for example `scaling-search "
                "transfer best.safetensors --dataset ~/photos`"
            )
        if not self.datasets:
            raise InputError("no data set: name one with --dataset, for example --dataset digits")
        changes = parse_overrides(self.settings)
        common = merged(changes.pop("data", {}), self._of_data())
        of_weights = changes.pop("weights", {})
        recipe = merged(RECIPE.model_dump(), changes.pop("recipe", {}), self._of_recipe())
        if recipe["steps"] is not None and self.images is None:
            recipe["images"] = None
        given = {
            "methods": None if self.methods is None else _words(self.methods),
            "seeds": self.seeds,
            "learning_rates": None if self.rates is None else _rates(self.rates),
            "resolution_px": self.resolution_px,
            "keep": self.keep,
            "name": self.name,
        }
        values = {
            "weights": [self._weights(text) | of_weights for text in self.weights],
            "data": [
                located(parse(DataSpec, common | {"name": name}, "transfer: data"), database)
                for name in self.datasets
            ],
            "recipe": recipe,
            **{key: value for key, value in given.items() if value is not None},
        }
        return parse(TransferSpec, merged(values, changes), "transfer")

    def _of_data(self) -> dict[str, Any]:
        given: dict[str, Any] = {}
        if self.train_images is not None:
            given["max_train_images"] = self.train_images
        if self.skip_corrupt:
            given["skip_corrupt"] = True
        if self.strict:
            given["strict"] = True
        return given

    def _of_recipe(self) -> dict[str, Any]:
        return {} if self.images is None else {"images": self.images, "steps": None}

    def _weights(self, text: str) -> dict[str, Any]:
        name, sign, source = text.partition("=")
        source = source if sign else text
        if not source.startswith(PREFIX):
            source = str(find(Path(source).expanduser()).absolute())
        own = Path(source).stem if not source.startswith(PREFIX) else source.rpartition("/")[2]
        network = None if self.network is None else spec_of(self.network, None).to_dict()
        return {
            "name": name if sign else own,
            "source": source,
            "network": network,
            "library": self.library,
        }

    def resumed(self, store: Store, number: int) -> TransferSpec:
        """The transfer with this number, which was asked for before.

        Raises:
            InputError: there is none, or something else is asked for beside it.
        """
        nothing = Asked()
        changed = [
            field.name
            for field in fields(self)
            if getattr(self, field.name) != getattr(nothing, field.name)
        ]
        if changed:
            raise InputError(
                f"--resume {number} goes on with what transfer {number} began with, and "
                f"{', '.join(changed)} cannot be changed: leave them out, or begin a new one "
                "without --resume"
            )
        return parse(TransferSpec, store.transfer(number).spec, f"transfer {number}")


_DEVICE: Final = re.compile(r"cpu|cuda(:\d+)?")


def _words(text: str) -> list[str]:
    return [word.strip().replace("-", "_") for word in text.split(",")]


def _rates(text: str) -> list[float]:
    try:
        return [float(part) for part in text.split(",")]
    except ValueError:
        raise InputError(
            f"--rates is {text!r}: write numbers with commas between them, for example "
            "0.001,0.004,0.016"
        ) from None


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


def begin(store: Store, asked: Ready, resume: int | None, *, quiet: bool) -> int:
    """Store the transfer unless it is there already; say what will be trained."""
    if resume is None:
        number = create_transfer(store, asked.spec, asked.sources, asked.targets)
    else:
        check_unchanged(store.transfer(resume), asked.targets)
        number = resume
    spec = asked.spec
    say(
        f"transfer {number} in {store.location}: {len(spec.weights)} weights × "
        f"{plural(len(spec.data), 'data set')} × {plural(len(spec.methods), 'method')}, "
        f"{plural(len(spec.seeds), 'seed')} each: {plural(spec.runs, 'run')}, each on "
        f"{spec.recipe.total_images:,} images",
        quiet,
    )
    for data in asked.targets.values():
        side = spec.resolution_px or max(one.network.resolution_px for one in asked.sources)
        for note in filter(None, (*data.notes, data.upsampling_note(side))):
            say(f"{data.name}: {note}", quiet)
    return number


def train(
    store: Store, number: int, asked: Ready, display: Display, *, device: str, threads: int
) -> None:
    """Train what is missing, and weigh it.

    Raises:
        typer.Exit: it was interrupted; stderr says how to go on.
        WorkError: it failed; the message says how to go on.
    """
    again = f"`scaling-search transfer --resume {number}` goes on"
    try:
        with display.saying() as told:

            def observe(now: Snapshot) -> None:
                if now.problem is not None:
                    complain(now.problem, label="Warning")
                told(_line(now), (now.done + now.within) / now.total)

            Running(
                store,
                number,
                asked.spec,
                asked.sources,
                asked.targets,
                device=device,
                threads=threads,
                observe=observe,
            ).run()
    except KeyboardInterrupt:
        complain(f"what was trained is stored; {again}", label="Interrupted")
        raise typer.Exit(INTERRUPTED) from None
    except WorkError as error:
        raise WorkError(f"{error}; what was trained is kept, {again}") from error


def _line(now: Snapshot) -> str:
    task = now.task
    what = "choosing a learning rate" if task.role == "rate" else f"seed {task.seed}"
    data = Path(task.dataset).name
    return (
        f"{now.done:,} of {plural(now.total, 'run')} done; {task.weights} to {data}, "
        f"{task.method}, {what}, at {task.learning_rate:g}"
    )
