"""Sweeps: stored whole with their plan, listed, and looked up."""

import json
from collections.abc import Iterable, Sequence
from typing import Any, Final

from sqlalchemy import Connection, Row, Select, func, insert, literal, select, update

from results.columns import database_clock
from results.database import to_json
from results.errors import ConflictError
from results.schema import CandidateRow, CoefficientsRow, SweepRow, TrialRow
from results.states import SweepState, TrialState
from results.store.candidates import candidate_values
from results.store.events import append
from results.store.fencing import driven, hold, no_such_sweep, shown_state
from results.store.listing import Key, Listing
from results.store.rows import Section, columns, in_chunks, insert_unless_present, values
from results.values import After, Lease, NewCandidate, NewSweep, Progress, Sweep
from search_spaces.coefficients import Coefficients
from search_spaces.errors import InputError

_KEYS: Final = {
    "id": Key(SweepRow.id),
    "name": Key(SweepRow.name),
    "started_at": Key(SweepRow.started_at, nullable=True),
    "finished_at": Key(SweepRow.finished_at, nullable=True),
    "accuracy": Key(CoefficientsRow.accuracy, nullable=True),
}
SWEEP_ORDERS: Final = tuple(_KEYS)


class SweepSection(Section):
    """Storing and listing sweeps."""

    def create_sweep(
        self,
        new: NewSweep,
        candidates: Sequence[NewCandidate],
        *,
        enqueue: bool = False,
        first_seeds: Sequence[int] | None = None,
    ) -> int:
        """Store a sweep, its candidates, and a pending trial for each candidate and seed.

        With `first_seeds` only for those of the seeds; further trials are added later. All or
        nothing. Trials are numbered seed by seed in the plan's order. The sweep starts as
        `queued`; with `enqueue` it is handed to the runners (`claim_next`), without it waits for
        its creator to `claim` it. Event: `created`.

        Returns:
            The sweep's id; if one with the same `idempotency_key` is there already, that one's,
            and nothing is stored.

        Raises:
            InputError: if there are no candidates, or two share an index or a network.
            ConflictError: if the idempotency key was used for a different specification.
        """
        _check_plan(candidates)
        with self._database.write() as connection:
            sweep_id = connection.execute(
                insert_unless_present(connection, SweepRow)
                .values(
                    **values(new),
                    state=SweepState.QUEUED,
                    created_at=database_clock(),
                    queued_at=database_clock() if enqueue else None,
                    lease_epoch=0,
                    cancel_requested=False,
                )
                .returning(SweepRow.id)
            ).scalar_one_or_none()
            if sweep_id is None:
                return _submitted_before(connection, new)
            connection.execute(insert(CandidateRow), candidate_values(sweep_id, candidates))
            seeds = new.seeds if first_seeds is None else first_seeds
            trials = add_missing_trials(connection, sweep_id, seeds)
            append(
                connection,
                sweep_id,
                "created",
                {"name": new.name, "candidates": len(candidates), "trials": trials},
            )
            return sweep_id

    def record_environment(
        self, lease: Lease, versions: dict[str, Any], hardware: dict[str, Any]
    ) -> None:
        """Record with what, and on what, a submitted sweep is trained: its creator cannot know.

        Raises:
            LeaseLostError: if the sweep has another driver now.
        """
        with self._database.write() as connection:
            hold(connection, lease)
            connection.execute(
                update(SweepRow)
                .where(SweepRow.id == lease.sweep_id)
                .values(versions=versions, hardware=hardware)
            )

    def sweep_under_key(self, idempotency_key: str) -> int | None:
        """The id of the sweep that was stored under this key, or None."""
        statement = select(SweepRow.id).where(SweepRow.idempotency_key == idempotency_key)
        with self._database.read() as connection:
            return connection.scalar(statement)

    def sweep_state(self, sweep_id: int) -> SweepState:
        """The state of a sweep; `interrupted` where its driver is gone.

        Raises:
            NotFoundError: if there is no such sweep.
        """
        with self._database.read() as connection:
            statement = select(shown_state(driven(connection))).where(SweepRow.id == sweep_id)
            state = connection.scalar(statement)
        if state is None:
            raise no_such_sweep(sweep_id)
        return state

    def sweeps(
        self,
        *,
        states: Iterable[SweepState] | None = None,
        baseline: str | None = None,
        dataset: str | None = None,
        protocol: str | None = None,
        name: str | None = None,
        sort: str = "-id",
        after: After | None = None,
        limit: int | None = 100,
    ) -> list[Sweep]:
        """Sweeps that match every filter given, newest first; at most `limit` (None: all).

        `name` is a part of the name, in letters of any case.

        Raises:
            InputError: if `sort` names no key of the list.
        """
        with self._database.read() as connection:
            statement = select_sweeps(connection)
            if states is not None:
                state = shown_state(driven(connection))
                statement = statement.where(state.in_(list(states)))
            if baseline is not None:
                statement = statement.where(SweepRow.baseline == baseline)
            if dataset is not None:
                statement = statement.where(SweepRow.dataset == dataset)
            if protocol is not None:
                statement = statement.where(SweepRow.protocol == protocol)
            if name is not None:
                statement = statement.where(SweepRow.name.icontains(name, autoescape=True))
            page = Listing(statement, _KEYS).page(sort, after, limit)
            rows = connection.execute(page).all()
            progress = count_trials(connection, [row.id for row in rows])
        return [Sweep(**sweep_fields(row, progress[row.id])) for row in rows]

    def progress(self, sweep_ids: Sequence[int]) -> dict[int, Progress]:
        """How many trials of each sweep are in which state."""
        with self._database.read() as connection:
            return count_trials(connection, sweep_ids)


_COMPUTED: Final = ("state", "driven", "progress", "verdict", "leader", "leader_accuracy")


def select_sweeps(connection: Connection, *further: Any) -> Select[Any]:
    """The columns of `Sweep`, and further ones of the sweep or its coefficients."""
    is_driven = driven(connection)
    return select(
        *columns(SweepRow, Sweep, without=_COMPUTED),
        shown_state(is_driven).label("state"),
        is_driven.label("driven"),
        CoefficientsRow.verdict,
        CoefficientsRow.alpha,
        CoefficientsRow.beta,
        CoefficientsRow.gamma,
        CoefficientsRow.accuracy.label("leader_accuracy"),
        *further,
    ).outerjoin(CoefficientsRow, CoefficientsRow.sweep_id == SweepRow.id)


def sweep_fields(row: Row[Any], progress: Progress) -> dict[str, Any]:
    """The fields of `Sweep`, and the further ones, of a row of `select_sweeps`."""
    found = {**row._mapping, "progress": progress}
    triple = (found.pop("alpha"), found.pop("beta"), found.pop("gamma"))
    return found | {"leader": None if triple[0] is None else Coefficients(*triple)}


def count_trials(connection: Connection, sweep_ids: Sequence[int]) -> dict[int, Progress]:
    """How many trials of each sweep are in which state."""
    counts: dict[int, dict[str, int]] = {sweep_id: {} for sweep_id in sweep_ids}
    for chunk in in_chunks(sweep_ids):
        statement = (
            select(TrialRow.sweep_id, TrialRow.state, func.count())
            .where(TrialRow.sweep_id.in_(chunk))
            .group_by(TrialRow.sweep_id, TrialRow.state)
        )
        for sweep_id, state, count in connection.execute(statement):
            counts[sweep_id][state.value] = count
    return {sweep_id: Progress(**by_state) for sweep_id, by_state in counts.items()}


def _check_plan(candidates: Sequence[NewCandidate]) -> None:
    if not candidates:
        raise InputError("the plan has no candidates: a sweep needs at least one network to train")
    by_index: dict[int, NewCandidate] = {}
    by_key: dict[str, NewCandidate] = {}
    for candidate in candidates:
        if candidate.index in by_index:
            raise InputError(f"two candidates have index {candidate.index}: number them from 0")
        if (twin := by_key.get(candidate.spec_key)) is not None:
            raise InputError(
                f"candidates {twin.index} and {candidate.index} are the same network "
                f"({candidate.spec_key}): merge them into one candidate with both coefficients"
            )
        by_index[candidate.index] = by_key[candidate.spec_key] = candidate


def _submitted_before(connection: Connection, new: NewSweep) -> int:
    first = connection.execute(
        select(SweepRow.id, SweepRow.spec, SweepRow.protocol, SweepRow.dataset_fingerprint).where(
            SweepRow.idempotency_key == new.idempotency_key
        )
    ).one()
    if (first.spec, first.protocol, first.dataset_fingerprint) != (
        json.loads(to_json(new.spec)),  # as it reads back: with lists for tuples
        new.protocol,
        new.dataset_fingerprint,
    ):
        raise ConflictError(
            f"idempotency key {new.idempotency_key!r} was used for sweep {first.id}, which has "
            "another specification: use a new key for a new sweep"
        )
    sweep_id: int = first.id
    return sweep_id


def add_missing_trials(connection: Connection, sweep_id: int, seeds: Iterable[int]) -> int:
    """A pending trial for each candidate and seed that has none; returns how many."""
    there = select(TrialRow.id).where(TrialRow.candidate_id == CandidateRow.id)
    held = select(func.count()).where(TrialRow.sweep_id == sweep_id)
    before = connection.execute(held).scalar_one()
    for seed in seeds:
        trials = (
            _pending(sweep_id, seed)
            .where(~there.where(TrialRow.seed == seed).exists())
            .order_by(CandidateRow.index)
        )
        connection.execute(insert(TrialRow).from_select(_TRIAL, trials))
    return connection.execute(held).scalar_one() - before


_TRIAL: Final = ("sweep_id", "candidate_id", "seed", "state", "attempts")


def _pending(sweep_id: int, seed: int) -> Select[*tuple[Any, ...]]:
    """A pending trial of each candidate, as rows that the database makes of its candidates."""
    return select(
        CandidateRow.sweep_id,
        CandidateRow.id,
        literal(seed, TrialRow.seed.type),
        literal(TrialState.PENDING, TrialRow.state.type),
        literal(0, TrialRow.attempts.type),
    ).where(CandidateRow.sweep_id == sweep_id)
