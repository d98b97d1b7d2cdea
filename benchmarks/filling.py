"""A database as a team's service has it after years: many finished sweeps, a million trials.

One sweep goes in through the store; SQL multiplies its rows.
"""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Table, create_engine, func, insert, select, update

from results.plans import new_candidates
from results.schema import (
    Base,
    CandidateRow,
    CoefficientsRow,
    EventRow,
    FamilyMemberRow,
    SweepRow,
    TrialRow,
)
from results.states import SweepState, TrialState, Verdict
from results.store import Store
from results.values import (
    Lease,
    NewCoefficients,
    NewDataset,
    NewSweep,
    Outcome,
)
from search_spaces.baselines import get_baseline
from search_spaces.baselines.frame import Frame
from search_spaces.coefficients import Coefficients
from search_spaces.families import family
from search_spaces.planning import Plan, make_plan
from search_spaces.specs.sweep import SweepSpec

CANDIDATES = 20
N_VALIDATION = 287


def _axes(step: float) -> dict[str, dict[str, float]]:
    return {
        axis: {"min": 1.0, "max": most, "step": step}
        for axis, most in (("alpha", 2.0), ("beta", 1.4), ("gamma", 1.4))
    }


_SPEC: dict[str, Any] = {
    "name": "filled",
    "space": {
        "baseline": "efficientnet_b0",
        "resolution_px": 224,
        "target": {"flops_ratio": 2.0, "by": "nominal", "tolerance": 0.1},
        "axes": _axes(0.1),
    },
    "proxy": {"images": 640, "batch_size": 32, "reports": 2},
    "data": {"name": "digits"},
}
_DATA = NewDataset(
    name="digits",
    fingerprint="d" * 64,
    source="digits",
    classes=10,
    images=1797,
    channels=1,
    native_px=8,
    details={},
)
_NOW = datetime(2026, 1, 1, tzinfo=UTC)


def fill(
    url: str, *, sweeps: int, trials_per_sweep: int, candidates: int = CANDIDATES, step: float = 0.1
) -> int:
    """Fill an empty SQLite database; returns how many trials it holds.

    A finer `step` of the grid makes room for more candidates.
    """
    seeds = tuple(range(-(-trials_per_sweep // candidates)))
    spec = {**_SPEC, "space": {**_SPEC["space"], "axes": _axes(step)}, "seeds": seeds}
    with Store.open(url) as store:
        _one_sweep(store, SweepSpec.model_validate(spec), candidates)
    engine = create_engine(url)
    with engine.begin() as connection:
        _finish_trials(connection)
        _multiply(connection, sweeps)
    with engine.connect() as connection:
        connection.exec_driver_sql("ANALYZE")
        trials = connection.scalar(select(func.count()).select_from(TrialRow))
    engine.dispose()
    return int(trials or 0)


def _plan(spec: SweepSpec, candidates: int) -> Plan:
    plan = make_plan(spec.space, in_channels=1, classes=10)
    few = plan.candidates[:candidates]
    return dataclasses.replace(plan, candidates=few)


def claimed_sweep(
    store: Store, spec: SweepSpec | None = None, candidates: int = CANDIDATES
) -> Lease:
    """A new sweep of untrained candidates, with a lease on it."""
    spec = spec or SweepSpec.model_validate(_SPEC)
    sweep = store.create_sweep(
        NewSweep(
            name=spec.name,
            spec=spec.model_dump(mode="json"),
            protocol=spec.protocol(_DATA.fingerprint),
            baseline=spec.space.baseline,
            dataset=_DATA.name,
            dataset_fingerprint=_DATA.fingerprint,
            target_ratio=spec.space.target.ratio,
            target_quantity=spec.space.target.quantity,
            seeds=spec.seeds,
            versions={},
            hardware={},
        ),
        new_candidates(_plan(spec, candidates), lambda candidate: ()),
    )
    return store.claim(sweep, "benchmark", ttl_seconds=3600)


def _one_sweep(store: Store, spec: SweepSpec, candidates: int) -> None:
    store.put_dataset(_DATA)
    lease = claimed_sweep(store, spec, candidates)
    _conclude(store, lease)
    store.set_state(lease, SweepState.FINISHED)
    store.release(lease)


def _conclude(store: Store, lease: Lease) -> None:
    leader = store.candidates(lease.sweep_id)[3]
    coefficients = Coefficients(leader.alpha, leader.beta, leader.gamma)
    outcome = Outcome(
        verdict=Verdict.CHOSEN,
        leader=leader.index,
        why=("every rival is clearly worse",),
        seeds=len(store.sweep(lease.sweep_id).seeds),
        regret_bound=0.003,
    )
    members = family(Frame.of(get_baseline("efficientnet_b0")), coefficients)
    store.set_outcome(
        lease,
        outcome,
        coefficients=NewCoefficients(
            candidate_id=leader.id,
            coefficients=coefficients,
            intervals=leader.intervals or {},
            shares=leader.shares,
            verdict=Verdict.CHOSEN,
            accuracy=0.9,
        ),
        family=members,
    )


def _finish_trials(connection: Connection) -> None:
    trials = _table(TrialRow)
    spread = (trials.c.id * 7919) % 1000  # accuracies that differ, the same in every run
    connection.execute(
        update(trials).values(
            state=TrialState.FINISHED,
            attempts=1,
            worker="host:1",
            started_at=_NOW,
            finished_at=_NOW,
            accuracy=0.8 + spread / 10_000.0,
            loss=0.5,
            images=640,
            steps=20,
            train_seconds=2.0,
            images_per_second=320.0,
            peak_memory_bytes=10**9,
            n_validation=N_VALIDATION,
            correct=bytes(-(-N_VALIDATION // 8)),
        )
    )


def _multiply(connection: Connection, sweeps: int) -> None:
    """Give every further sweep a copy of what the first one has, ids moved on."""
    sweep = _table(SweepRow)
    columns = [column for column in sweep.c if column.name != "id"]
    have = 1
    while have < sweeps:
        more = min(have, sweeps - have)
        chosen = select(*columns).where(sweep.c.id <= more)
        connection.execute(insert(sweep).from_select([c.name for c in columns], chosen))
        have += more
    counts = {row: connection.scalar(select(func.count()).select_from(row)) for row in _COPIED}
    counts[SweepRow] = 1
    for row, owners in _COPIED.items():
        table, number = _table(row), sweep.c.id - 1
        moved = {"id": row, **owners}
        values = [
            column + number * counts[moved[column.name]] if column.name in moved else column
            for column in table.c
        ]
        first = table.c[next(iter(owners))] == 1
        every = table.join(sweep, sweep.c.id > 1)
        chosen = select(*values).select_from(every).where(first)
        connection.execute(insert(table).from_select([c.name for c in table.c], chosen))
    coefficients = _table(CoefficientsRow)
    accuracy = 0.85 + coefficients.c.id % 97 / 2000.0
    connection.execute(update(coefficients).values(accuracy=accuracy))


_COPIED: dict[type[Base], dict[str, type[Base]]] = {
    CandidateRow: {"sweep_id": SweepRow},
    TrialRow: {"sweep_id": SweepRow, "candidate_id": CandidateRow},
    CoefficientsRow: {"sweep_id": SweepRow, "candidate_id": CandidateRow},
    FamilyMemberRow: {"coefficients_id": CoefficientsRow},
    EventRow: {"sweep_id": SweepRow},
}
"""Tables, and the columns that name rows of others; the first one names the owner."""


def _table(row: type[Base]) -> Table:
    table = row.__table__
    assert isinstance(table, Table)
    return table
