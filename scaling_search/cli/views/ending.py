"""How a command about a sweep ends: what was found, what it is short of, and what to do next."""

from __future__ import annotations

from rich.console import Console

from results.reader import Reader
from results.states import SweepState, TrialState
from scaling_search.cli.documents import SweepRecord
from scaling_search.cli.output import console, print_json
from scaling_search.cli.views.outcome import show_outcome
from scaling_search.cli.views.sweep import show_heading
from search_spaces.errors import WorkError
from search_spaces.human import plural


def next_steps(record: SweepRecord) -> list[tuple[str, str]]:
    """Commands that follow, with what they do."""
    number = record.sweep.id
    if record.sweep.waits or record.sweep.driven:
        return [
            (f"scaling-search watch {number}", "follow it"),
            (f"scaling-search cancel {number}", "stop it; what it trained is kept"),
        ]
    again: list[tuple[str, str]] = []
    if record.sweep.state is SweepState.INCOMPLETE:
        failed = record.sweep.progress.failed
        purpose = f"try {plural(failed, 'failed trial')} again"
        again = [(f"scaling-search resume {number}", purpose)]
    elif record.sweep.state is not SweepState.FINISHED:
        again = [(f"scaling-search resume {number}", "train what is missing")]
    trials = (f"scaling-search show {number} --trials", "every trial of it")
    if record.sweep.outcome is None:
        return again or [trials]
    if record.sweep.outcome.methods:
        return [
            *again,
            (f"scaling-search plot methods {number} -o methods.html", "accuracy against FLOPs"),
            trials,
            (f"scaling-search export {number} -o sweep-{number}.json", "all of it as a file"),
        ]
    family = (f"scaling-search family {number} --resolution 160 --classes 37", "its family for you")
    return [
        *again,
        trials,
        *([family] if record.sweep.leader is not None else []),
        (f"scaling-search export {number} -o sweep-{number}.json", "all of it as a file"),
    ]


def report(reader: Reader, sweep_id: int, json: bool) -> None:
    """What the sweep found, on stdout.

    Raises:
        WorkError: trials failed, so that it is incomplete; or none finished, so that it found
            nothing.
    """
    record = SweepRecord.read(reader, sweep_id)
    if json:
        print_json(record.to_dict())
    else:
        out = console()
        out.print()
        show_heading(out, record)
        show_outcome(out, record)
        show_next(out, record)
    shortfall = shortfall_of(record)
    if shortfall is not None:
        raise WorkError(shortfall)


_SHOWN_ERRORS = 3


def shortfall_of(record: SweepRecord) -> str | None:
    """What a sweep that came to its end is short of, and what to do; None if of nothing."""
    sweep, trials = record.sweep, record.sweep.progress
    if sweep.state is SweepState.INCOMPLETE:
        failed = (trial.error for trial in record.trials if trial.state is TrialState.FAILED)
        errors = "; ".join(sorted({error for error in failed if error})[:_SHOWN_ERRORS])
        return (
            f"sweep {sweep.id} is incomplete: {trials.failed:,} of "
            f"{plural(trials.total, 'trial')} failed ({errors}); what was trained is kept, "
            f"`scaling-search resume {sweep.id}` tries the failed ones again"
        )
    if trials.total and trials.diverged == trials.total:
        why = "; ".join(sweep.outcome.why if sweep.outcome else ())
        return f"sweep {sweep.id} found nothing: {why}"
    return None


def show_next(out: Console, record: SweepRecord) -> None:
    """What to do now."""
    steps = next_steps(record)
    wide = max(len(command) for command, _ in steps)
    out.print()
    out.print("Next:")
    for command, purpose in steps:
        out.print(f"  {command:<{wide}}   {purpose}", markup=False)


def show_queued(record: SweepRecord, json: bool) -> None:
    """A sweep that waits for a runner, on stdout."""
    if json:
        print_json(record.to_dict())
        return
    out = console()
    show_heading(out, record)
    show_next(out, record)
