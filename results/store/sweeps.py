"""Sweeps and their plans: stored whole, listed, and looked up."""

import json
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, Select, func, insert, literal, select, update

from results.columns import database_clock
from results.database import to_json
from results.errors import ConflictError, NotFoundError
from results.schema import CandidateRow, SweepRow, TrialRow
from results.states import SweepState, TrialState
from results.store.events import append
from results.store.fencing import hold, leased, no_such_sweep
from results.store.rows import (
    Part,
    columns,
    fetch,
    in_chunks,
    insert_unless_present,
    to_record,
    values,
)
from results.values import Candidate, Lease, NewCandidate, NewSweep, Progress, Sweep
from search_spaces.errors import InputError


class SweepPart(Part):
    """Storing and reading sweeps and candidates."""

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
            connection.execute(
                insert(CandidateRow),
                [{"sweep_id": sweep_id, **values(candidate)} for candidate in candidates],
            )
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
        """Say with what, and on what, a submitted sweep is trained, which its creator cannot know.

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

    def sweep(self, sweep_id: int) -> Sweep:
        """One sweep.

        Raises:
            NotFoundError: if there is no such sweep.
        """
        with self._database.read() as connection:
            return one_sweep(connection, sweep_id)

    def sweep_under_key(self, idempotency_key: str) -> int | None:
        """The id of the sweep that was stored under this key, or None."""
        statement = select(SweepRow.id).where(SweepRow.idempotency_key == idempotency_key)
        with self._database.read() as connection:
            return connection.scalar(statement)

    def sweep_state(self, sweep_id: int) -> SweepState:
        """Where a sweep stands.

        Raises:
            NotFoundError: if there is no such sweep.
        """
        with self._database.read() as connection:
            state = connection.scalar(select(SweepRow.state).where(SweepRow.id == sweep_id))
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
        limit: int | None = 100,
        after: int | None = None,
    ) -> list[Sweep]:
        """Sweeps that match every filter given, newest first.

        At most `limit` (None: all), continuing after the one with the id `after`, the last of the
        page before.
        """
        statement = _stored().order_by(SweepRow.id.desc()).limit(limit)
        if states is not None:
            statement = statement.where(SweepRow.state.in_(list(states)))
        if baseline is not None:
            statement = statement.where(SweepRow.baseline == baseline)
        if dataset is not None:
            statement = statement.where(SweepRow.dataset == dataset)
        if protocol is not None:
            statement = statement.where(SweepRow.protocol == protocol)
        if after is not None:
            statement = statement.where(SweepRow.id < after)
        with self._database.read() as connection:
            return fetch(connection, Sweep, statement)

    def progress(self, sweep_ids: Sequence[int]) -> dict[int, Progress]:
        """How many trials of each sweep are in which state."""
        with self._database.read() as connection:
            return count_trials(connection, sweep_ids)

    def candidates(self, sweep_id: int) -> list[Candidate]:
        """The plan of a sweep, in its order.

        Raises:
            NotFoundError: if there is no such sweep.
        """
        statement = (
            select(*columns(CandidateRow, Candidate))
            .where(CandidateRow.sweep_id == sweep_id)
            .order_by(CandidateRow.index)
        )
        with self._database.read() as connection:
            found = fetch(connection, Candidate, statement)
        if not found:
            raise no_such_sweep(sweep_id)  # a stored sweep has candidates
        return found

    def candidate(self, candidate_id: int) -> Candidate:
        """One candidate, by its id.

        Raises:
            NotFoundError: if there is no such candidate.
        """
        statement = select(*columns(CandidateRow, Candidate)).where(CandidateRow.id == candidate_id)
        with self._database.read() as connection:
            row = connection.execute(statement).one_or_none()
        if row is None:
            raise NotFoundError(f"candidate {candidate_id} does not exist")
        return to_record(Candidate, row)


def _stored() -> Select[*tuple[Any, ...]]:
    """Sweeps as records."""
    return select(*columns(SweepRow, Sweep, without=["leased"]), leased())


def one_sweep(connection: Connection, sweep_id: int) -> Sweep:
    """A sweep, or `NotFoundError`."""
    row = connection.execute(_stored().where(SweepRow.id == sweep_id)).one_or_none()
    if row is None:
        raise no_such_sweep(sweep_id)
    return to_record(Sweep, row)


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


_TRIAL = ("sweep_id", "candidate_id", "seed", "state", "attempts")


def _pending(sweep_id: int, seed: int) -> Select[*tuple[Any, ...]]:
    """A pending trial of each candidate, as rows that the database makes of its candidates."""
    return select(
        CandidateRow.sweep_id,
        CandidateRow.id,
        literal(seed, TrialRow.seed.type),
        literal(TrialState.PENDING, TrialRow.state.type),
        literal(0, TrialRow.attempts.type),
    ).where(CandidateRow.sweep_id == sweep_id)
