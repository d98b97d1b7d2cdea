"""Validations of the short budget: their options as specs, and their training."""

from __future__ import annotations

from typing import TYPE_CHECKING

from results.store import Store
from scaling_search.cli import options
from scaling_search.cli.inputs import read_sweep
from scaling_search.cli.parsing import parse_numbers
from scaling_search.cli.training import refuse_changes, resumable
from scaling_search.cli.views.progress import Display
from scaling_search.data import PreparedDataset
from scaling_search.sweeps import Execution, drive
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

if TYPE_CHECKING:
    from scaling_search.cli.commands.validate_proxy import ValidationOptions


def read(
    options: ValidationOptions, search: options.Search, images: options.Images, database: str | None
) -> ValidationSpec:
    """The validation that the options describe.

    Raises:
        InputError: a value breaks a rule.
    """
    values = {
        "sweep": read_sweep(options.space, search, images, database),
        "budgets": parse_numbers(options.budgets, "--budgets", "6400,25600,256000", int),
        "learning_rates": parse_numbers(options.rates, "--rates", "0.00125,0.0025,0.005,0.01"),
        "long_rates": "all" if options.all_rates else "shared",
    }
    return parse(ValidationSpec, values, "validate-proxy")


def read_stored(
    store: Store, options: ValidationOptions, search: options.Search, images: options.Images
) -> ValidationSpec:
    """The stored validation that `--resume` names.

    Raises:
        InputError: there is none, or another option is given beside it.
    """
    number = options.resume
    assert number is not None, "called to resume"
    refuse_changes("validation", number, options, images, search, allowed=("resume", "baseline"))
    spec = parse(ValidationSpec, store.validation(number).spec, f"validation {number}")
    if search.baseline not in (None, spec.sweep.space.baseline):
        raise InputError(
            f"--baseline is {search.baseline}, but validation {number} is of "
            f"{spec.sweep.space.baseline}: leave it out, or begin a new one without --resume"
        )
    return spec


def begin(
    store: Store, spec: ValidationSpec, data: PreparedDataset, resume: int | None, display: Display
) -> int:
    """Store the validation unless it is there already; print what will be trained."""
    plan = sample(spec, data)
    for missed in left_out(plan):
        display.note(f"left out, because no network there has the target's FLOPs: {missed}")
    number = resume if resume is not None else create_validation(store, spec, data)
    protocols = len(list(spec.variants()))
    trials = len(plan.candidates) * len(spec.sweep.seeds)
    images = sum(variant.images for variant in spec.variants()) * trials
    display.note(
        f"validation {number} in {store.location}: {plural(len(plan.candidates), 'candidate')} × "
        f"{plural(len(spec.sweep.seeds), 'seed')} at {protocols} budgets and rates: "
        f"{protocols * trials:,} trials, {images:,} training images"
    )
    return number


def train(
    store: Store,
    number: int,
    spec: ValidationSpec,
    data: PreparedDataset,
    how: Execution,
    display: Display,
) -> None:
    """Train what is missing, and conclude.

    Raises:
        typer.Exit: it was interrupted or cancelled; stderr says how to go on.
        WorkError: a sweep of it failed; the message says how to go on.
    """

    def train_one(turn: Turn) -> None:
        display.note(
            f"{turn.number} of {turn.of}: {turn.variant.images:,} images at learning rate "
            f"{turn.variant.learning_rate:g} (sweep {turn.sweep_id})"
        )
        with display.training() as view:
            drive(store, turn.sweep_id, data, how, observe=view.observe)
        conclude_validation(store, number, spec)  # one that is stopped later has a report too

    with resumable(f"validate-proxy --resume {number}"):
        train_validation(store, number, spec, data, how, train_one)
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
