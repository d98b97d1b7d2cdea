"""Sweeps, and what they consist of."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from results.states import ENDED, SweepState, TrialState
from results.values import (
    Candidate,
    CheckpointRecord,
    Checkpoints,
    Epoch,
    Event,
    Sweep,
    SweepDetail,
    Trial,
)
from scaling_search.client.requests import Requests, several
from scaling_search.client.stream import Stream
from search_spaces.errors import WorkError


class SweepRequests(Requests):
    """Reading and following sweeps."""

    def sweep(self, sweep_id: int) -> SweepDetail:
        """Everything of a sweep but its candidates, trials, epochs, events and log."""
        return self._connection.get(SweepDetail, f"/v1/sweeps/{sweep_id}")

    def iter_sweeps(
        self,
        *,
        states: Iterable[SweepState] | None = None,
        baseline: str | None = None,
        dataset: str | None = None,
        protocol: str | None = None,
        name: str | None = None,
        sort: str = "-id",
        limit: int | None = None,
    ) -> Iterator[Sweep]:
        """Sweeps that match every filter given, fetched as they are asked for, newest first."""
        params = {
            "state": several(states),
            "baseline": baseline,
            "dataset": dataset,
            "protocol": protocol,
            "name": name,
            "sort": sort,
        }
        return self._connection.rows(Sweep, "/v1/sweeps", params, limit)

    def sweeps(
        self,
        *,
        states: Iterable[SweepState] | None = None,
        baseline: str | None = None,
        dataset: str | None = None,
        protocol: str | None = None,
        name: str | None = None,
        sort: str = "-id",
        limit: int | None = 100,
    ) -> list[Sweep]:
        """Sweeps that match every filter given, newest first; at most `limit` (None: all)."""
        return list(
            self.iter_sweeps(
                states=states,
                baseline=baseline,
                dataset=dataset,
                protocol=protocol,
                name=name,
                sort=sort,
                limit=limit,
            )
        )

    def candidates(self, sweep_id: int) -> list[Candidate]:
        """The plan of a sweep, in its order, with what its trials reached."""
        return list(self._connection.rows(Candidate, f"/v1/sweeps/{sweep_id}/candidates", {}))

    def checkpoints(self, sweep_id: int) -> list[CheckpointRecord]:
        """The files that trials of a sweep left, by accuracy, best first."""
        path = f"/v1/sweeps/{sweep_id}/checkpoints"
        return self._connection.get(Checkpoints, path).checkpoints

    def iter_trials(
        self,
        sweep_id: int,
        *,
        states: Iterable[TrialState] | None = None,
        candidate: int | None = None,
        seed: int | None = None,
        sort: str = "id",
        limit: int | None = None,
    ) -> Iterator[Trial]:
        """Trials that match every filter given, fetched as they are asked for.

        `candidate` is an index in the plan; `sort` is a field such as `-accuracy`.
        """
        params = {
            "state": several(states),
            "candidate": candidate,
            "seed": seed,
            "sort": sort,
        }
        return self._connection.rows(Trial, f"/v1/sweeps/{sweep_id}/trials", params, limit)

    def trials(
        self,
        sweep_id: int,
        *,
        states: Iterable[TrialState] | None = None,
        candidate: int | None = None,
        seed: int | None = None,
        sort: str = "id",
        limit: int | None = None,
    ) -> list[Trial]:
        """Trials that match every filter given, by id; at most `limit` (None: all)."""
        return list(
            self.iter_trials(
                sweep_id, states=states, candidate=candidate, seed=seed, sort=sort, limit=limit
            )
        )

    def epochs(self, sweep_id: int, *, trial_ids: Collection[int] | None = None) -> list[Epoch]:
        """Epochs of a sweep, or of these of its trials, of every attempt, as they came in."""
        rows = self._connection.rows(Epoch, f"/v1/sweeps/{sweep_id}/epochs", {"sort": "id"})
        return [one for one in rows if trial_ids is None or one.trial in trial_ids]

    def events(self, sweep_id: int, *, after: int = 0) -> Iterator[Event]:
        """Events of a sweep with `seq` greater than `after`, then each as it happens, without end.

        Connections that break are made again; nothing is missed and nothing comes twice. When the
        sweep is deleted, `NotFoundError` is raised.
        """
        return (event for event in self.follow(sweep_id, after=after) if event is not None)

    def follow(self, sweep_id: int, *, after: int = 0) -> Iterator[Event | None]:
        """As `events`, with None now and then while nothing happens.

        A driver that was killed tells nothing any more: that is when to look.
        """
        return Stream(self._connection, sweep_id, after).events()

    def wait(self, sweep_id: int) -> SweepDetail:
        """The sweep once it has ended: finished, incomplete, failed or cancelled.

        Raises:
            WorkError: its driver is gone, and no runner will take it.
        """
        now = self.sweep(sweep_id)
        if now.state not in ENDED:
            for event in self.follow(sweep_id):
                if event is None:
                    self._check_driven(sweep_id)
                elif event.kind == "state" and event.data["after"] in ENDED:
                    now = self.sweep(sweep_id)
                    if now.state in ENDED:  # else it was resumed since
                        break
        return now

    def _check_driven(self, sweep_id: int) -> None:
        sweep = self.sweep(sweep_id)
        if sweep.abandoned and not sweep.queued_at:
            raise WorkError(
                f"the driver of sweep {sweep_id} is gone, and nobody trains it; what was trained "
                f"is kept, `scaling-search resume {sweep_id}` goes on"
            )
