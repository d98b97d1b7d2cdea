"""What is added to a sweep: trials that its strategy decides on, retries, and extensions."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import insert, select, update

from results.columns import database_clock
from results.errors import ConflictError, NotFoundError
from results.schema import CandidateRow, SweepRow, TrialRow
from results.states import SweepState, TrialState
from results.store.candidates import candidate_values
from results.store.events import append
from results.store.fencing import WAITING, hold, live_owner, lock_sweep
from results.store.rows import Section, fetch, in_chunks
from results.store.sweeps import add_missing_trials, count_trials
from results.store.trial_reads import select_trials
from results.values import Lease, NewCandidate, Trial


class GrowthSection(Section):
    """Adding trials and candidates to a sweep."""

    def extend(
        self,
        sweep_id: int,
        spec: dict[str, Any],
        *,
        seeds: Sequence[int],
        first_seeds: Sequence[int],
        candidates: Sequence[NewCandidate] = (),
        enqueue: bool = False,
    ) -> int:
        """Add to a sweep that has ended, or whose driver is gone; it is `queued` afterwards.

        Everything that it holds stays, its outcome too until the next one. Event: `extended`.

        Args:
            sweep_id: the sweep.
            spec: its specification from now on, of the same protocol.
            seeds: of a candidate's trials, the present ones among them.
            first_seeds: those with which every candidate gets a trial now.
            candidates: further ones, numbered after the present ones.
            enqueue: hand it to the runners; else its creator claims it.

        Returns:
            How many finished trials it goes on with.

        Raises:
            NotFoundError: if there is no such sweep.
            ConflictError: while it waits in the queue or is driven.
        """
        with self._database.write() as connection:
            sweep = lock_sweep(connection, sweep_id)
            driver = live_owner(connection, sweep)
            if sweep.state is SweepState.QUEUED or driver is not None:
                raise ConflictError(
                    f"sweep {sweep_id} is {sweep.state}: only one that has ended can be extended; "
                    "wait for it, or cancel it first"
                )
            if candidates:
                connection.execute(insert(CandidateRow), candidate_values(sweep_id, candidates))
            added = add_missing_trials(connection, sweep_id, first_seeds)
            connection.execute(
                update(SweepRow)
                .where(SweepRow.id == sweep_id)
                .values(
                    spec=spec,
                    seeds=tuple(seeds),
                    queued_at=database_clock() if enqueue else None,
                    **WAITING,
                )
            )
            reused = count_trials(connection, [sweep_id])[sweep_id].finished
            event = {"seeds": list(seeds), "candidates": len(candidates), "trials": added}
            append(connection, sweep_id, "extended", event | {"reused": reused})
            return reused

    def add_trials(self, lease: Lease, wanted: Sequence[tuple[int, int]]) -> list[Trial]:
        """Trials for (id of a candidate, seed), pending unless they are there already.

        One that a race stopped becomes pending, too: its attempt stays on record, and the next one
        trains it whole. Event: `trials_added`, if any is new or goes on.

        Returns:
            The trials as they stand, in the order asked for.

        Raises:
            LeaseLostError: if the sweep has another driver now.
            NotFoundError: if a candidate is not of this sweep.
        """
        sweep_id = lease.sweep_id
        stored = select_trials().where(TrialRow.sweep_id == sweep_id)
        with self._database.write() as connection:
            hold(connection, lease)
            ours = select(CandidateRow.id).where(CandidateRow.sweep_id == sweep_id)
            unknown = {candidate for candidate, _ in wanted} - set(connection.scalars(ours))
            if unknown:
                raise NotFoundError(f"sweep {sweep_id} has no candidate {min(unknown)}")
            there = {(one.candidate_id, one.seed): one for one in fetch(connection, Trial, stored)}
            asked = list(dict.fromkeys(wanted))
            new = [pick for pick in asked if pick not in there]
            held = [there[pick] for pick in asked if pick in there]
            stopped = [trial.id for trial in held if trial.state is TrialState.STOPPED]
            if new:
                connection.execute(
                    insert(TrialRow).values(
                        sweep_id=sweep_id, state=TrialState.PENDING, attempts=0
                    ),
                    [{"candidate_id": candidate, "seed": seed} for candidate, seed in new],
                )
            for chunk in in_chunks(stopped):
                connection.execute(
                    update(TrialRow)
                    .where(TrialRow.id.in_(chunk))
                    .values(
                        state=TrialState.PENDING,
                        finished_at=None,
                        images=None,
                        steps=None,
                        rung=None,
                    )
                )
            if new or stopped:
                counts = {"trials": len(new), "stopped": len(stopped)}
                append(connection, sweep_id, "trials_added", counts)
            now = {(one.candidate_id, one.seed): one for one in fetch(connection, Trial, stored)}
            return [now[pick] for pick in wanted]

    def retry_failed(self, lease: Lease) -> int:
        """Make the failed trials of the sweep pending again. Event: `retried`.

        Their failed attempts stay on record, and further attempts go on counting.

        Returns:
            How many trials it were.
        """
        with self._database.write() as connection:
            hold(connection, lease)
            count = connection.execute(
                update(TrialRow)
                .where(TrialRow.sweep_id == lease.sweep_id, TrialRow.state == TrialState.FAILED)
                .values(state=TrialState.PENDING, finished_at=None)
            ).rowcount
            if count:
                append(connection, lease.sweep_id, "retried", {"trials": count})
            return count
