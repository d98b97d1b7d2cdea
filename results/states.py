"""The states of sweeps, trials and attempts, which may follow which, and other fixed choices."""

from enum import StrEnum

from results.errors import ConflictError


class SweepState(StrEnum):
    """Where a sweep stands. A `running` one that nobody drives any more reads as `interrupted`.

    `finished`: it has an outcome, and no trial failed. `incomplete`: it has an outcome, but
    some trials failed; resuming it tries these again. `failed`: it came to no outcome.
    """

    QUEUED = "queued"
    RUNNING = "running"
    FINISHED = "finished"
    INCOMPLETE = "incomplete"
    FAILED = "failed"
    CANCELLED = "cancelled"
    INTERRUPTED = "interrupted"


class TrialState(StrEnum):
    """Where a trial stands. `finished`, `diverged` and `stopped` are final.

    `diverged`: its loss was no longer finite, which the same seed would only repeat. `failed`:
    its worker died or raised; resuming the sweep tries it again.
    `stopped`: the sweep's strategy ended it before its budget. What it had reached is among its
    epochs, never beside accuracies of a full budget.
    """

    PENDING = "pending"
    RUNNING = "running"
    FINISHED = "finished"
    DIVERGED = "diverged"
    STOPPED = "stopped"
    FAILED = "failed"


class AttemptState(StrEnum):
    """How one attempt at a trial went; `interrupted` is no fault of the trial."""

    RUNNING = "running"
    FINISHED = "finished"
    DIVERGED = "diverged"
    STOPPED = "stopped"
    FAILED = "failed"
    INTERRUPTED = "interrupted"


class Verdict(StrEnum):
    """What the evidence of a sweep says about its leader."""

    CHOSEN = "chosen"
    EQUIVALENT = "equivalent"
    INCONCLUSIVE = "inconclusive"


class AccessScope(StrEnum):
    """What a token allows; each scope includes those before it."""

    READ = "read"
    SUBMIT = "submit"
    ADMIN = "admin"

    def includes(self, other: "AccessScope") -> bool:
        """Whether who has this scope may do what needs `other`."""
        order = list(AccessScope)
        return order.index(self) >= order.index(other)


CONCLUSIVE = (Verdict.CHOSEN, Verdict.EQUIVALENT)

CONCLUDED = (SweepState.FINISHED, SweepState.INCOMPLETE)
"""Sweeps that came to their outcome."""

ENDED = (*CONCLUDED, SweepState.FAILED, SweepState.CANCELLED)
"""Sweeps to which nothing more happens unless somebody asks for it."""


SWEEP_TRANSITIONS: dict[SweepState, frozenset[SweepState]] = {
    SweepState.QUEUED: frozenset({SweepState.RUNNING, SweepState.CANCELLED, SweepState.FAILED}),
    SweepState.RUNNING: frozenset(
        {
            SweepState.FINISHED,
            SweepState.INCOMPLETE,
            SweepState.FAILED,
            SweepState.CANCELLED,
            SweepState.INTERRUPTED,
            SweepState.QUEUED,
        }
    ),
    SweepState.INTERRUPTED: frozenset(
        {SweepState.RUNNING, SweepState.QUEUED, SweepState.CANCELLED}
    ),
    SweepState.INCOMPLETE: frozenset({SweepState.RUNNING, SweepState.QUEUED}),
    SweepState.FAILED: frozenset({SweepState.RUNNING, SweepState.QUEUED}),
    SweepState.CANCELLED: frozenset({SweepState.RUNNING, SweepState.QUEUED}),
    SweepState.FINISHED: frozenset(),
}


def check_transition(sweep_id: int, before: SweepState, after: SweepState) -> None:
    """Raise `ConflictError`, naming what may follow, unless `after` may follow `before`."""
    following = SWEEP_TRANSITIONS[before]
    if after in following:
        return
    allowed = (
        f"only {', '.join(sorted(following))} may follow {before}"
        if following
        else f"nothing may follow {before}; submit a new sweep instead"
    )
    raise ConflictError(f"sweep {sweep_id} is {before} and cannot become {after}: {allowed}")
