"""What `validate-proxy` does: reads what was asked, trains it, and shows what came of it."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import typer

from results.store import Store
from scaling_search.cli.failures import INTERRUPTED, complain
from scaling_search.cli.inputs import read_sweep
from scaling_search.cli.training import say
from scaling_search.cli.views.progress import Display
from scaling_search.data import PreparedDataset
from scaling_search.sweeps import Execution, Interrupted, drive
from scaling_search.sweeps.validation.report import conclude_validation
from scaling_search.sweeps.validation.running import (
    Turn,
    create_validation,
    left_out,
    sample,
    train_validation,
)
from search_spaces.errors import InputError, WorkError
from search_spaces.human import plural
from search_spaces.specs.reading import parse
from search_spaces.specs.validation import ValidationSpec


def _numbers(text: str | None, option: str, kind: type[int] | type[float]) -> list[float]:
    """The numbers of a list with commas; none where nothing was given."""
    if text is None:
        return []
    try:
        return [kind(part) for part in text.split(",")]
    except ValueError:
        example = "6400,25600,256000" if kind is int else "0.00125,0.0025,0.005,0.01"
        raise InputError(
            f"{option} is {text!r}: write numbers with commas between them, for example {example}"
        ) from None


@dataclass(frozen=True, kw_only=True)
class Asked:
    """The options that decide what a validation finds."""

    space: str
    settings: tuple[str, ...]
    dataset: str | None
    budgets: str | None
    rates: str | None
    all_rates: bool
    seeds: int | None
    name: str | None
    skip_corrupt: bool
    strict: bool
    baseline: str | None = None

    def read(self, database: str | None) -> ValidationSpec:
        """The validation that they ask for.

        Raises:
            InputError: a value breaks a rule.
        """
        sweep = read_sweep(
            self.space,
            self.settings,
            dataset=self.dataset,
            seeds=self.seeds,
            name=self.name,
            skip_corrupt=self.skip_corrupt,
            strict=self.strict,
            database=database,
            baseline=self.baseline,
        )
        values = {
            "sweep": sweep,
            "budgets": _numbers(self.budgets, "--budgets", int),
            "learning_rates": _numbers(self.rates, "--rates", float),
            "long_rates": "all" if self.all_rates else "shared",
        }
        return parse(ValidationSpec, values, "validate-proxy")

    def resumed(self, store: Store, number: int) -> ValidationSpec:
        """The validation with this number, which was asked for before.

        Raises:
            InputError: there is none, or something else is asked for beside it.
        """
        untouched = Asked(
            space="quickstart",
            settings=(),
            dataset=None,
            budgets=None,
            rates=None,
            all_rates=False,
            seeds=None,
            name=None,
            skip_corrupt=False,
            strict=False,
        )
        changed = [
            name
            for name, value in dataclasses.asdict(self).items()
            if name != "baseline" and value != getattr(untouched, name)
        ]
        if changed:
            raise InputError(
                f"--resume {number} goes on with what validation {number} began with, and "
                f"{', '.join(changed)} cannot be changed: leave them out, or begin a new one "
                "without --resume"
            )
        spec = parse(ValidationSpec, store.validation(number).spec, f"validation {number}")
        if self.baseline not in (None, spec.sweep.space.baseline):
            raise InputError(
                f"--baseline is {self.baseline}, but validation {number} is of "
                f"{spec.sweep.space.baseline}: leave it out, or begin a new one without --resume"
            )
        return spec


def begin(
    store: Store, spec: ValidationSpec, data: PreparedDataset, resume: int | None, *, quiet: bool
) -> int:
    """Store the validation unless it is there already; say what will be trained."""
    plan = sample(spec, data)
    for missed in left_out(plan):
        say(f"left out, because no network there has the target's FLOPs: {missed}", quiet)
    number = resume if resume is not None else create_validation(store, spec, data)
    protocols = len(list(spec.variants()))
    trials = len(plan.candidates) * len(spec.sweep.seeds)
    images = sum(variant.images for variant in spec.variants()) * trials
    say(
        f"validation {number} in {store.location}: {plural(len(plan.candidates), 'candidate')} × "
        f"{plural(len(spec.sweep.seeds), 'seed')} at {protocols} budgets and rates: "
        f"{protocols * trials:,} trials, {images:,} training images",
        quiet,
    )
    return number


def train(
    store: Store,
    number: int,
    spec: ValidationSpec,
    data: PreparedDataset,
    how: Execution,
    display: Display,
    *,
    quiet: bool,
) -> None:
    """Train what is missing, and weigh it.

    Raises:
        typer.Exit: it was interrupted or cancelled; stderr says how to go on.
        WorkError: a sweep of it failed; the message says how to go on.
    """

    def one(turn: Turn) -> None:
        say(
            f"{turn.number} of {turn.of}: {turn.variant.images:,} images at learning rate "
            f"{turn.variant.learning_rate:g} (sweep {turn.sweep_id})",
            quiet,
        )
        with display.training() as view:
            drive(store, turn.sweep_id, data, how, observe=view.observe)
        conclude_validation(store, number, spec)  # so that one that is stopped has said something

    again = f"`scaling-search validate-proxy --resume {number}` goes on"
    try:
        train_validation(store, number, spec, data, how, one)
    except (Interrupted, KeyboardInterrupt):
        complain(f"what was trained is stored; {again}", label="Interrupted")
        raise typer.Exit(INTERRUPTED) from None
    except WorkError as error:
        raise WorkError(f"{error}; what was trained is kept, {again}") from error
    conclude_validation(store, number, spec)


def check_whole(store: Store, number: int) -> None:
    """Return if no trial of the validation failed.

    Raises:
        WorkError: some failed.
    """
    sweeps = [row.sweep_id for row in store.validation_sweeps(number)]
    counts = store.progress(sweeps).values()
    if failed := sum(one.failed for one in counts):
        total = sum(one.total for one in counts)
        raise WorkError(
            f"validation {number} is incomplete: {failed:,} of {plural(total, 'trial')} failed; "
            f"`scaling-search validate-proxy --resume {number}` tries them again"
        )
