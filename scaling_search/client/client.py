"""`Client`: a service's sweeps as records."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Iterator
from types import TracebackType
from typing import Self

from results.documents.candidates import CandidateItem
from results.documents.catalog import BaselineItem, DatasetItem
from results.documents.coefficients import BestCoefficients, CoefficientsItem
from results.documents.common import Document
from results.documents.families import Family
from results.documents.sweeps import SweepDetail, SweepItem
from results.documents.trials import EpochItem, TrialItem
from results.errors import NotFoundError
from results.records import (
    Candidate,
    CandidateSummary,
    CoefficientsRecord,
    Epoch,
    Event,
    Standing,
    Sweep,
    SweepSummary,
    Trial,
    TrialSummary,
)
from results.states import SweepState, TrialState, Verdict
from scaling_search.client.connection import ALSO_POST, Connection
from scaling_search.client.stream import Stream
from search_spaces.families import Convention, FamilyMember
from search_spaces.sweep_spec import SweepSpec

_ENDED = (SweepState.FINISHED, SweepState.FAILED, SweepState.CANCELLED)


class _Datasets(Document):
    datasets: list[DatasetItem]


class _Baselines(Document):
    baselines: list[BaselineItem]


class Client:
    """A service, asked over HTTP; a `results.reader.Reader`, as a `Store` is.

    Its methods give the same records as the store's methods of the same names, and
    `results.frames` takes it as it takes a store. What is left out of the records is what the
    service does not tell: the key under which a sweep was submitted, and of the evidence in lists
    of coefficients everything but `seeds` and `why`.

    Reading is tried again for some seconds where the service is away or busy; so is submitting,
    which cannot happen twice. Threads may share a client.

    Args:
        url: the service's address, such as http://127.0.0.1:8321.
        token: what it lets us in by; by default what SCALING_SEARCH_TOKEN holds, if anything.
        timeout_seconds: how long an answer may take.

    Raises, like every method:
        InputError: what is asked is wrong (4xx), in the service's words: `NotFoundError` for 404,
            `ConflictError` for 409.
        WorkError: the service failed (5xx), does not answer, or is none.
    """

    def __init__(
        self, url: str, token: str | None = None, *, timeout_seconds: float = 30.0
    ) -> None:
        self._connection = Connection(url, token, timeout_seconds)

    def __repr__(self) -> str:
        return f"Client({self.location!r})"

    @property
    def location(self) -> str:
        """The service's address."""
        return self._connection.place

    # Sweeps

    def standing(self, sweep_id: int) -> Standing:
        """Everything of a sweep but its candidates, trials, epochs, events and log."""
        return self._connection.get(SweepDetail, f"/v1/sweeps/{sweep_id}").to_standing()

    def sweep(self, sweep_id: int) -> Sweep:
        """One sweep."""
        return self.standing(sweep_id).sweep

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
    ) -> Iterator[SweepSummary]:
        """Sweeps that match every filter given, fetched as they are asked for, newest first."""
        params = {
            "state": _several(states),
            "baseline": baseline,
            "dataset": dataset,
            "protocol": protocol,
            "name": name,
            "sort": sort,
        }
        rows = self._connection.rows(SweepItem, "/v1/sweeps", params, limit)
        return (row.to_summary() for row in rows)

    def newest_sweeps(
        self,
        *,
        states: Iterable[SweepState] | None = None,
        baseline: str | None = None,
        dataset: str | None = None,
        protocol: str | None = None,
        name: str | None = None,
        limit: int | None = 100,
    ) -> list[SweepSummary]:
        """Sweeps that match every filter given, newest first; at most `limit` (None: all)."""
        return list(
            self.iter_sweeps(
                states=states,
                baseline=baseline,
                dataset=dataset,
                protocol=protocol,
                name=name,
                limit=limit,
            )
        )

    # What they consist of

    def candidates(self, sweep_id: int) -> list[Candidate]:
        """The plan of a sweep, in its order."""
        return [row.to_record(sweep_id) for row in self._candidates(sweep_id)]

    def candidate_summaries(self, sweep_id: int) -> list[CandidateSummary]:
        """The plan of a sweep, in its order, with what its trials reached."""
        return [row.to_summary(sweep_id) for row in self._candidates(sweep_id)]

    def _candidates(self, sweep_id: int) -> Iterator[CandidateItem]:
        return self._connection.rows(CandidateItem, f"/v1/sweeps/{sweep_id}/candidates", {})

    def trials(self, sweep_id: int, *, states: Iterable[TrialState] | None = None) -> list[Trial]:
        """Trials of a sweep, of all states or these, by id."""
        params = {"state": _several(states)}
        rows = self._connection.rows(TrialItem, f"/v1/sweeps/{sweep_id}/trials", params)
        return [row.to_record(sweep_id) for row in rows]

    def iter_trials(
        self,
        sweep_id: int,
        *,
        states: Iterable[TrialState] | None = None,
        candidate: int | None = None,
        seed: int | None = None,
        sort: str = "id",
        limit: int | None = None,
    ) -> Iterator[TrialSummary]:
        """Trials with what their candidates are, fetched as they are asked for.

        `candidate` is an index in the plan; `sort` is a field such as `-accuracy`.
        """
        params = {
            "state": _several(states),
            "candidate": candidate,
            "seed": seed,
            "sort": sort,
        }
        rows = self._connection.rows(TrialItem, f"/v1/sweeps/{sweep_id}/trials", params, limit)
        return (row.to_summary(sweep_id) for row in rows)

    def epochs(self, sweep_id: int, *, trial_ids: Collection[int] | None = None) -> list[Epoch]:
        """Epochs of a sweep, or of these of its trials, of every attempt, as they came in."""
        rows = self._connection.rows(EpochItem, f"/v1/sweeps/{sweep_id}/epochs", {"sort": "id"})
        epochs = (row.to_record() for row in rows)
        return [one for one in epochs if trial_ids is None or one.trial_id in trial_ids]

    def events(self, sweep_id: int, *, after: int = 0) -> Iterator[Event]:
        """Events of a sweep with `seq` greater than `after`, then each as it happens, without end.

        Connections that break are made again; nothing is missed and nothing comes twice. When the
        sweep is deleted, `NotFoundError` is raised.
        """
        return Stream(self._connection, sweep_id, after).events()

    def wait(self, sweep_id: int) -> Standing:
        """The sweep once it is finished, failed or cancelled."""
        now = self.standing(sweep_id)
        if now.sweep.state not in _ENDED:
            for event in self.events(sweep_id):
                if event.kind == "state" and event.data["after"] in _ENDED:
                    now = self.standing(sweep_id)
                    if now.sweep.state in _ENDED:  # else it was resumed since
                        break
        return now

    # What they found

    def coefficients(
        self,
        *,
        sweep_id: int | None = None,
        baseline: str | None = None,
        dataset: str | None = None,
        target_ratio: float | None = None,
        protocol: str | None = None,
        verdicts: Iterable[Verdict] | None = None,
        limit: int | None = 100,
    ) -> list[CoefficientsRecord]:
        """Coefficients that match every filter given, newest first; at most `limit` (None: all).

        Their evidence holds `seeds` and `why`; `best` has all of it.
        """
        params = {
            "sweep": sweep_id,
            "baseline": baseline,
            "dataset": dataset,
            "target": target_ratio,
            "protocol": protocol,
            "verdict": _several(verdicts),
        }
        rows = self._connection.rows(CoefficientsItem, "/v1/coefficients", params, limit)
        return [row.to_record() for row in rows]

    def best(
        self,
        baseline: str | None = None,
        dataset: str | None = None,
        target_ratio: float | None = None,
        *,
        protocol: str | None = None,
    ) -> CoefficientsRecord | None:
        """The best conclusive coefficients for these filters, or None."""
        params = {
            "baseline": baseline,
            "dataset": dataset,
            "target": target_ratio,
            "protocol": protocol,
        }
        try:
            found = self._connection.get(BestCoefficients, "/v1/coefficients/best", params)
        except NotFoundError:
            return None
        return found.to_record()

    def family(
        self,
        coefficients_id: int,
        *,
        convention: Convention = "fitted",
        resolution_px: int | None = None,
        classes: int | None = None,
        members: int = 8,
    ) -> tuple[FamilyMember, ...]:
        """Members b0, b1, … that stored coefficients imply, as `search_spaces.families.family`."""
        params = {
            "convention": convention,
            "resolution_px": resolution_px,
            "classes": classes,
            "members": members,
        }
        found = self._connection.get(Family, f"/v1/families/{coefficients_id}", params)
        return tuple(member.to_member() for member in found.members)

    def datasets(self) -> list[DatasetItem]:
        """The data sets that a submitted sweep may name."""
        return self._connection.get(_Datasets, "/v1/datasets").datasets

    def baselines(self) -> list[BaselineItem]:
        """The networks that the service can scale."""
        return self._connection.get(_Baselines, "/v1/baselines").baselines

    # What changes them

    def submit(self, spec: SweepSpec, *, key: str | None = None) -> Standing:
        """Put a sweep at the end of the queue.

        Args:
            spec: the sweep; `data.name` is a data set that is registered on the server.
            key: a second submission under it makes no second sweep; by default a new one.
        """
        response = self._connection.request(
            "POST",
            "/v1/sweeps",
            json=spec.model_dump(mode="json"),
            headers={"Idempotency-Key": key or str(uuid.uuid4())},
            retry=ALSO_POST,
        )
        return self._connection.read(SweepDetail, response).to_standing()

    def request_cancel(self, sweep_id: int) -> SweepState:
        """Ask for a sweep to be cancelled; its state, `running` until its driver has stopped."""
        return self._change(sweep_id, "cancel")

    def requeue(self, sweep_id: int) -> SweepState:
        """Hand a sweep that stopped back to the runners; its state, `queued`."""
        return self._change(sweep_id, "resume")

    def _change(self, sweep_id: int, how: str) -> SweepState:
        response = self._connection.request("POST", f"/v1/sweeps/{sweep_id}/{how}")
        return self._connection.read(SweepDetail, response).state

    def delete_sweep(self, sweep_id: int) -> None:
        """Delete a sweep that has ended, with everything that it holds."""
        self._connection.request("DELETE", f"/v1/sweeps/{sweep_id}")

    # The connection

    def close(self) -> None:
        """Close every connection; the client can no longer be used."""
        self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()


def _several(values: Iterable[str] | None) -> list[str] | None:
    return None if values is None else [str(value) for value in values]
